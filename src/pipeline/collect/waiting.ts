import type { Entry } from "../entry.ts";

/**
 * Entries in the order in which they came; whoever has left stays as a husk until it is passed over. It may come back
 * before that: then only its latest place counts, for whoever stood here twice would be taken, or taken out, twice.
 */
export class Waiting {
  #entries: Entry[] = [];
  /** Which coming of its entry each place is of. */
  #comings: number[] = [];
  #head = 0;

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#comings.push(++entry.comings);
  }

  /** The first one that still waits. */
  get first(): Entry | undefined {
    while (this.#head < this.#entries.length) {
      if (this.#waitsAt(this.#head)) return this.#entries[this.#head];
      this.#head++;
    }
    return undefined;
  }

  /** Those who wait, first come first. */
  *[Symbol.iterator](): IterableIterator<Entry> {
    for (let at = this.#head; at < this.#entries.length; at++) {
      if (this.#waitsAt(at)) yield this.#entries[at]!;
    }
  }

  /** Passes the first one over. */
  shift(): void {
    this.#head++;
  }

  /** Puts some of those that were passed over back to the front: each of them has left a place behind itself. */
  unshift(entries: readonly Entry[]): void {
    for (let at = entries.length - 1; at >= 0; at--) {
      const entry = entries[at]!;
      this.#entries[--this.#head] = entry;
      this.#comings[this.#head] = entry.comings;
    }
  }

  /** Frees the room of those who are gone. */
  tidy(): void {
    this.#entries = [...this];
    this.#comings = this.#entries.map(({ comings }) => comings);
    this.#head = 0;
  }

  /** How much room it takes, and how much of that those who were passed over have left. */
  get length(): number {
    return this.#entries.length;
  }

  get passedOver(): number {
    return this.#head;
  }

  #waitsAt(place: number): boolean {
    const { state, comings } = this.#entries[place]!;
    return state === "queued" && comings === this.#comings[place];
  }
}
