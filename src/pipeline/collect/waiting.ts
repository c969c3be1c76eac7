import type { Entry } from "../entry.ts";

/** Entries in the order in which they came: a linked list, as whoever leaves may stand anywhere. */
export class Waiting {
  #first: Entry | undefined = undefined;
  #last: Entry | undefined = undefined;

  get first(): Entry | undefined {
    return this.#first;
  }

  push(entry: Entry): void {
    entry.ahead = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.behind = entry;
    this.#last = entry;
  }

  remove(entry: Entry): void {
    const { ahead, behind } = entry;
    if (ahead === undefined) this.#first = behind;
    else ahead.behind = behind;
    if (behind === undefined) this.#last = ahead;
    else behind.ahead = ahead;
    entry.ahead = undefined;
    entry.behind = undefined;
  }

  /** First come first. */
  *[Symbol.iterator](): IterableIterator<Entry> {
    for (let entry = this.#first; entry !== undefined; entry = entry.behind) yield entry;
  }
}
