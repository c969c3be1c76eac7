import { membersOf, type SentOperation } from "../../../operation/atomic.ts";
import type { Operation } from "../../../operation/operation.ts";
import type { Entry } from "../../entry.ts";
import type { Part } from "../../../wire/wire.ts";
import type { Unread } from "../../send/exchange.ts";

/** The same error so often in place of a whole batch is that of each operation. */
const MAX_TIMES = 3;

/**
 * One error in place of a whole batch (design rule 16): that of the first operation, at which the server stopped, or a
 * refusal of all. If it comes again the last operation goes first, so that a third time proves that it is no operation's
 * own, and nobody has to find out by a POST for each.
 */
export class Bars {
  /** What its error keeps. */
  readonly unread: Unread;
  readonly #text: string;

  /** `sent`: what it stood for. */
  constructor(part: Part, sent: SentOperation) {
    const operation = membersOf(sent)[0]!;
    const { status, headers } = part;
    this.unread = { head: { status, headers }, detail: part.detail?.() ?? bodyOf(part, operation) };
    this.#text = `${status} ${this.unread.detail}`;
  }

  /** Those whose error it is now, and the others in the order in which they go again. */
  sort(entries: readonly Entry[]): { barred: readonly Entry[]; others: readonly Entry[] } {
    const barred: Entry[] = [];
    const others: Entry[] = [];
    let isSecond = false;
    for (const entry of entries) {
      const before = entry.barredBy?.text === this.#text ? entry.barredBy.times : 0;
      entry.barredBy = { text: this.#text, times: before + 1 };
      if (before + 1 === MAX_TIMES) barred.push(entry);
      else others.push(entry);
      isSecond ||= before + 1 === MAX_TIMES - 1;
    }
    if (isSecond) others.unshift(others.pop()!);
    return { barred, others };
  }
}

/** For a wire that keeps no text. */
function bodyOf(part: Part, operation: Operation): string {
  try {
    return JSON.stringify(part.readBody(operation)) ?? "";
  } catch {
    return "";
  }
}
