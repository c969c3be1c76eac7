import type { Entry } from "../entry.ts";

/** Entries in the order in which they came; whoever has left stays as a husk until it is passed over. */
export class Waiting {
  #entries: Entry[] = [];
  #head = 0;

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** The first one that still waits. */
  get first(): Entry | undefined {
    while (this.#head < this.#entries.length) {
      const entry = this.#entries[this.#head]!;
      if (entry.state === "queued") return entry;
      this.#head++;
    }
    return undefined;
  }

  /** Those who wait, first come first. */
  *[Symbol.iterator](): IterableIterator<Entry> {
    for (let at = this.#head; at < this.#entries.length; at++) {
      const entry = this.#entries[at]!;
      if (entry.state === "queued") yield entry;
    }
  }

  /** Passes the first one over. */
  shift(): void {
    this.#head++;
  }

  /** Puts some of those that were passed over back to the front: each of them has left a place behind itself. */
  unshift(entries: readonly Entry[]): void {
    for (let at = entries.length - 1; at >= 0; at--) this.#entries[--this.#head] = entries[at]!;
  }

  /** Frees the room of those who are gone. */
  tidy(): void {
    this.#entries = [...this];
    this.#head = 0;
  }

  /** How much room it takes, and how much of that those who were passed over have left. */
  get length(): number {
    return this.#entries.length;
  }

  get passedOver(): number {
    return this.#head;
  }
}
