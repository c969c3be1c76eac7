import { Fifo } from "../../pipeline/time/fifo.ts";

interface Turn {
  /** What is to be done, once it can be. */
  work: (() => void) | undefined;
  /** It has come: what is said of it afterwards counts for nothing. */
  hasCome: boolean;
}

/** Lets calls go in the order in which they were made, though some must be made ready first. */
export class Turns {
  readonly #line = new Fifo<Turn>();
  /** The oldest, out of the line but not ready. */
  #first: Turn | undefined = undefined;

  /** Does `work` now if nobody is in front; otherwise when its turn comes. */
  go(work: () => void): void {
    if (this.#first === undefined) work();
    else this.#line.push({ work, hasCome: false });
  }

  /**
   * Takes a place in the line.
   *
   * @returns to be called with what to do when the turn comes; after that it does nothing
   */
  wait(): (work: () => void) => void {
    const turn: Turn = { work: undefined, hasCome: false };
    if (this.#first === undefined) this.#first = turn;
    else this.#line.push(turn);
    return (work) => {
      if (turn.hasCome) return;
      turn.work = work;
      if (turn === this.#first) this.#drain();
    };
  }

  #drain(): void {
    while (this.#first?.work !== undefined) {
      const { work } = this.#first;
      this.#first.hasCome = true;
      // Whoever comes while it works stands behind those in the line.
      work();
      this.#first = this.#line.shift();
    }
  }
}
