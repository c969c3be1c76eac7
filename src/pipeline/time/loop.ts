/**
 * The one loop of a pipeline (design rule 29).
 *
 * Whatever comes from outside (a submission, a timer, bytes, somebody leaving) enters, writes its state, and exits. Only
 * the outermost exit runs what was added meanwhile, so a call from inside a subscriber adds work and returns, and a
 * cascade of any length costs no stack.
 */
export class Loop {
  #depth = 0;
  readonly #turn: () => boolean;

  /** @param turn does one piece of work; `false` when there is none */
  constructor(turn: () => boolean) {
    this.#turn = turn;
  }

  enter(): void {
    this.#depth++;
  }

  exit(): void {
    try {
      if (this.#depth === 1) { while (this.#turn()); }
    } finally {
      this.#depth--;
    }
  }

  run(work: () => void): void {
    this.enter();
    try {
      work();
    } finally {
      this.exit();
    }
  }
}
