import { membersOf, type SentOperation } from "../../../operation/atomic.ts";
import type { Operation } from "../../../operation/operation.ts";
import { type Entry, pastOf } from "../../entry.ts";
import type { Part } from "../../../wire/wire.ts";
import type { Unread } from "../../send/exchange.ts";
import { withoutStamps } from "./text.ts";

/** The same error so often in place of a whole batch is that of each operation. */
const MAX_TIMES = 3;
/** With the id of the operation that it stopped at, it may well be that one's own. */
const MAX_NAMED_TIMES = 6;

/**
 * One error in place of a whole batch (design rule 16): that of the first operation, at which the server stopped, or a
 * refusal of all. If it comes again the last operation goes first, so that a third time proves that it is no operation's
 * own, and nobody has to find out by a POST for each.
 */
export class Bars {
  /** What its error keeps. */
  declare readonly unread: Unread;
  readonly #text: string;
  readonly #maxTimes: number;

  /** `sent`: what it stood for. */
  constructor(part: Part, sent: SentOperation) {
    this.unread = unreadOf(part, sent);
    this.#maxTimes = maxTimesOf(part);
    this.#text = textOf(this.unread, sent);
  }

  /** The same has stood for its batch so often that it is no operation's own; what is kept of it then. */
  static asLast({ past, built }: Entry, part: Part): Unread | undefined {
    const barredBy = past?.barredBy;
    if (barredBy?.times !== maxTimesOf(part) - 1) return undefined;
    const unread = unreadOf(part, built!);
    return barredBy.text === textOf(unread, built!) ? unread : undefined;
  }

  /** Those whose error it is now, and the others in the order in which they go again. */
  sort(entries: readonly Entry[]): { barred: readonly Entry[]; others: readonly Entry[] } {
    const barred: Entry[] = [];
    const others: Entry[] = [];
    let isLast = false;
    for (const entry of entries) {
      const past = pastOf(entry);
      const before = past.barredBy?.text === this.#text ? past.barredBy.times : 0;
      past.barredBy = { text: this.#text, times: before + 1 };
      if (before + 1 === this.#maxTimes) barred.push(entry);
      else others.push(entry);
      isLast ||= before + 1 === this.#maxTimes - 1;
    }
    if (isLast) others.unshift(others.pop()!);
    return { barred, others };
  }
}

function maxTimesOf({ index }: Part): number {
  return index === undefined ? MAX_TIMES : MAX_NAMED_TIMES;
}

function unreadOf(part: Part, sent: SentOperation): Unread {
  const { status, headers } = part;
  const detail = part.detail?.() ?? bodyOf(part, membersOf(sent)[0]!);
  return { head: { status, headers }, detail };
}

function textOf({ head, detail }: Unread, sent: SentOperation): string {
  return `${head.status} ${withoutStamps(detail, membersOf(sent))}`;
}

/** For a wire that keeps no text. */
function bodyOf(part: Part, operation: Operation): string {
  try {
    return JSON.stringify(part.readBody(operation)) ?? "";
  } catch {
    return "";
  }
}
