import { IN_FLIGHT } from "./client.ts";

/** What every client is asked for. */
export interface Case {
  readonly operations: number;
  readonly mailboxes: number;
  readonly latencyMs: number;
  /** Of JSON in each answer. */
  readonly answerBytes: number;
  /** The process has done nothing before: what a script that runs once sees. */
  readonly isCold?: true;
}

/** A message in the few properties that a list shows, and one with most of them. */
const [FEW, MOST] = [324, 1000] as const;

export const CASES: readonly Case[] = [
  { operations: 2000, mailboxes: 1, latencyMs: 0, answerBytes: FEW },
  { operations: 2000, mailboxes: 1, latencyMs: 0, answerBytes: MOST },
  { operations: 2000, mailboxes: 1000, latencyMs: 0, answerBytes: FEW },
  { operations: 10_000, mailboxes: 1, latencyMs: 0, answerBytes: MOST, isCold: true },
  { operations: 2000, mailboxes: 1, latencyMs: 5, answerBytes: FEW },
  { operations: 2000, mailboxes: 1, latencyMs: 50, answerBytes: FEW },
  { operations: 2000, mailboxes: 1000, latencyMs: 5, answerBytes: FEW },
  { operations: 100_000, mailboxes: 1, latencyMs: 0, answerBytes: FEW },
  { operations: 100_000, mailboxes: 1000, latencyMs: 0, answerBytes: FEW },
  { operations: 100_000, mailboxes: 1, latencyMs: 5, answerBytes: FEW },
];

/** Of `--quick`: those without a latency that take seconds. */
export const QUICK_CASES: readonly Case[] = CASES.slice(0, 4);

export function titleOf(one: Case): string {
  const { operations, mailboxes, latencyMs, answerBytes, isCold } = one;
  const lanes = mailboxes === 1 ? "one mailbox" : "1,000 mailboxes";
  const limitMs = mailboxes === 1
    ? Math.ceil(operations / 20) / IN_FLIGHT * latencyMs
    : mailboxes * Math.ceil(operations / mailboxes / 20) / IN_FLIGHT * latencyMs;
  const limit = latencyMs === 0 ? "" : `, limit ${limitMs.toLocaleString("en-US")} ms`;
  const of = answerBytes === FEW ? "" : ` of ${answerBytes / 1000} kB`;
  const when = isCold === true ? ", the first of their process" : "";
  return `${
    operations.toLocaleString("en-US")
  } operations${of}, ${lanes}, ${latencyMs} ms${limit}${when}`;
}
