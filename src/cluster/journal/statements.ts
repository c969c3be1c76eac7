import { Effect } from "effect";
import type { SqlClient, SqlError, Statement } from "effect/sql";
import {
  type Journal,
  type JournalEntry,
  JournalError,
  type JournalKey,
  type Mark,
  type Outdated,
  type Report,
  type Settlement,
  SILENT_MS,
  type Taken,
} from "./journal.ts";
import { json } from "./json.ts";
import { entryOf, type JournalRow } from "./row.ts";

/** The statements of a journal in PostgreSQL, one for each thing that it does. */
export class SqlJournal implements Journal {
  readonly #sql: SqlClient.SqlClient;
  readonly #mailboxes: Statement.Fragment;
  readonly #marks: Statement.Fragment;
  readonly #loads: Statement.Fragment;
  readonly #now: () => number;

  constructor(sql: SqlClient.SqlClient, { prefix, now }: { prefix: string; now: () => number }) {
    this.#sql = sql;
    this.#mailboxes = sql.literal(`${prefix}_mailbox`);
    this.#marks = sql.literal(`${prefix}_mark`);
    this.#loads = sql.literal(`${prefix}_load`);
    this.#now = now;
  }

  take(mailbox: string): Effect.Effect<Taken, JournalError> {
    const rows = this.#sql<{ epoch: number | string; is_paused: boolean }>`
      INSERT INTO ${this.#mailboxes} AS held (mailbox, epoch) VALUES (${mailbox}, 1)
      ON CONFLICT (mailbox) DO UPDATE SET epoch = held.epoch + 1
      RETURNING epoch, is_paused`;
    return known(Effect.map(rows, ([row]) => ({
      epoch: Number(row!.epoch),
      isPaused: row!.is_paused,
    })));
  }

  pause(mailbox: string, isPaused: boolean): Effect.Effect<void, JournalError> {
    const rows = this.#sql`
      INSERT INTO ${this.#mailboxes} (mailbox, epoch, is_paused) VALUES (${mailbox}, 0, ${isPaused})
      ON CONFLICT (mailbox) DO UPDATE SET is_paused = excluded.is_paused`;
    return known(Effect.asVoid(rows));
  }

  find(
    mailbox: string,
    keys: readonly string[],
  ): Effect.Effect<readonly JournalEntry[], JournalError> {
    const rows = this.#sql<JournalRow>`
      SELECT * FROM ${this.#marks} WHERE mailbox = ${mailbox}
      AND key IN (SELECT jsonb_array_elements_text(${json(keys)}::jsonb))`;
    return known(Effect.map(rows, (found) => found.map(entryOf)));
  }

  /**
   * The rows of the mailboxes are locked until the marks are written: whoever takes one over meanwhile waits, and then
   * finds them.
   */
  mark(marks: readonly Mark[]): Effect.Effect<ReadonlySet<string>, JournalError> {
    const rows = this.#sql<{ mailbox: string }>`
      WITH given AS (
        SELECT * FROM jsonb_to_recordset(${json(marks)}::jsonb)
        AS g(mailbox text, epoch bigint, key text, message text, "isUnsafe" boolean, label text, digest text)
      ), held AS MATERIALIZED (
        SELECT m.mailbox, m.epoch FROM ${this.#mailboxes} m
        WHERE m.mailbox IN (SELECT mailbox FROM given) ORDER BY m.mailbox FOR SHARE
      ), written AS (
        INSERT INTO ${this.#marks}
        (mailbox, key, message, epoch, is_unsafe, label, digest, outcome, may_have_run,
          is_uncertain, at_ms)
        SELECT DISTINCT ON (g.mailbox, g.key)
          g.mailbox, g.key, g.message, g.epoch, g."isUnsafe", g.label, g.digest, NULL, true,
          false, ${this.#now()}::bigint
        FROM given g JOIN held h ON h.mailbox = g.mailbox AND h.epoch = g.epoch
        ON CONFLICT (mailbox, key) DO UPDATE SET message = excluded.message,
          epoch = excluded.epoch, is_unsafe = excluded.is_unsafe, digest = excluded.digest,
          outcome = NULL,
          may_have_run = true, is_uncertain = false, at_ms = excluded.at_ms
        RETURNING mailbox
      )
      SELECT DISTINCT mailbox FROM written`;
    return known(Effect.map(rows, (written) => {
      const fenced = new Set(marks.map(({ mailbox }) => mailbox));
      for (const { mailbox } of written) fenced.delete(mailbox);
      return fenced;
    }));
  }

  settle(settlements: readonly Settlement[]): Effect.Effect<void, JournalError> {
    const last = new Map(settlements.map((one) => [JSON.stringify([one.mailbox, one.key]), one]));
    const rows = this.#sql`
      INSERT INTO ${this.#marks}
      (mailbox, key, message, epoch, is_unsafe, label, outcome, may_have_run, is_uncertain, at_ms)
      SELECT g.mailbox, g.key, g.message, 0, false, g.label, g.outcome, g."mayHaveRun",
        g."isUncertain", ${this.#now()}::bigint
      FROM jsonb_to_recordset(${json([...last.values()])}::jsonb) AS g(mailbox text, key text,
        message text, label text, outcome text, "mayHaveRun" boolean, "isUncertain" boolean)
      ON CONFLICT (mailbox, key) DO UPDATE SET message = excluded.message,
        outcome = excluded.outcome, may_have_run = excluded.may_have_run,
        is_uncertain = excluded.is_uncertain, at_ms = excluded.at_ms`;
    return known(Effect.asVoid(rows));
  }

  clear(keys: readonly JournalKey[]): Effect.Effect<void, JournalError> {
    const rows = this.#sql`
      DELETE FROM ${this.#marks} m
      USING jsonb_to_recordset(${json(keys)}::jsonb) AS g(mailbox text, key text)
      WHERE m.mailbox = g.mailbox AND m.key = g.key AND m.outcome IS NULL`;
    return known(Effect.asVoid(rows));
  }

  uncertain(
    mailbox: string | undefined,
    limit: number,
  ): Effect.Effect<readonly JournalEntry[], JournalError> {
    const rows = this.#sql<JournalRow>`
      SELECT k.* FROM ${this.#marks} k JOIN ${this.#mailboxes} m ON m.mailbox = k.mailbox
      WHERE (${mailbox ?? null}::text IS NULL OR k.mailbox = ${mailbox ?? null}::text)
      AND (k.is_uncertain OR (k.is_unsafe AND k.outcome IS NULL AND k.epoch < m.epoch))
      ORDER BY k.at_ms LIMIT ${limit}`;
    return known(Effect.map(rows, (found) => found.map(entryOf)));
  }

  /** Who prunes at the same time takes others. */
  prune({ beforeMs, limit, except }: Outdated): Effect.Effect<number, JournalError> {
    const rows = this.#sql<{ count: number | string }>`
      WITH outdated AS (
        SELECT mailbox, key FROM ${this.#marks}
        WHERE at_ms < ${beforeMs}::bigint AND outcome IS NOT NULL
        AND mailbox NOT IN (SELECT jsonb_array_elements_text(${json(except)}::jsonb))
        ORDER BY at_ms LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), gone AS (
        DELETE FROM ${this.#marks} m USING outdated o
        WHERE m.mailbox = o.mailbox AND m.key = o.key RETURNING 1
      )
      SELECT count(*) AS count FROM gone`;
    return known(Effect.map(rows, ([row]) => Number(row!.count)));
  }

  /** By the clock of the database: those of runners differ. */
  report({ runner, queued }: Report): Effect.Effect<number, JournalError> {
    const rows = this.#sql<{ others: number | string }>`
      WITH mine AS (
        INSERT INTO ${this.#loads} (runner, queued, at) VALUES (${runner}, ${queued}, now())
        ON CONFLICT (runner) DO UPDATE SET queued = excluded.queued, at = excluded.at
      ), gone AS (
        DELETE FROM ${this.#loads} WHERE runner <> ${runner} AND at < now() - ${SILENT_MS}::int * interval '1 millisecond'
      )
      SELECT coalesce(sum(queued), 0) AS others FROM ${this.#loads}
      WHERE runner <> ${runner} AND at >= now() - ${SILENT_MS}::int * interval '1 millisecond'`;
    return known(Effect.map(rows, ([row]) => Number(row!.others)));
  }
}

/** What the database says, in our words. */
export function known<A>(
  effect: Effect.Effect<A, SqlError.SqlError>,
): Effect.Effect<A, JournalError> {
  return Effect.mapError(effect, (cause) => new JournalError(cause));
}
