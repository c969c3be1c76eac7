import type { Entry } from "./entry.ts";

/** Everything submitted and not settled: a linked list, for a Set would cost more than the rest of the bookkeeping. */
export class InHand {
  #first: Entry | undefined = undefined;
  #last: Entry | undefined = undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** The oldest. */
  get first(): Entry | undefined {
    return this.#first;
  }

  add(entry: Entry): void {
    entry.before = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.after = entry;
    this.#last = entry;
  }

  remove(entry: Entry): void {
    const { before, after } = entry;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    entry.before = undefined;
    entry.after = undefined;
  }
}
