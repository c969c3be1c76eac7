import type { JournalEntry } from "./journal.ts";

/** A row of the table of marks; a driver may give large numbers as text. */
export interface JournalRow {
  readonly mailbox: string;
  readonly key: string;
  readonly message: string;
  readonly epoch: number | string;
  readonly is_unsafe: boolean;
  readonly label: string | null;
  readonly digest: string | null;
  readonly outcome: string | null;
  readonly may_have_run: boolean;
  readonly at_ms: number | string;
}

/** What the journal knows of an operation. */
export function entryOf(row: JournalRow): JournalEntry {
  return {
    mailbox: row.mailbox,
    key: row.key,
    message: row.message,
    epoch: Number(row.epoch),
    isUnsafe: row.is_unsafe,
    label: row.label ?? undefined,
    digest: row.digest ?? undefined,
    outcome: row.outcome ?? undefined,
    mayHaveRun: row.may_have_run,
    atMs: Number(row.at_ms),
  };
}
