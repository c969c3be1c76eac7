import { builtFrom } from "../../operation/after.ts";
import type { BatchError } from "../../operation/errors.ts";
import type { DerivedOperation } from "../../operation/operation.ts";
import type { Entry } from "../entry.ts";
import { type Gate, refused } from "../gate.ts";
import { Fifo } from "../time/fifo.ts";

/** What deriving calls. */
export interface DeriveCalls {
  /** It is built, and goes the way of all others. */
  release(entry: Entry): void;
  /** What was built cannot be sent. */
  fail(entry: Entry, error: BatchError): void;
}

/**
 * Makes operations out of the answers that they waited for (design rule 32), once for each submission.
 *
 * `build` is code of the user's: it is called in a turn of the loop, when the parent's own subscriber has been told, so
 * that a chain of any length costs no stack.
 */
export class Derive {
  readonly #gate: Pick<Gate, "place">;
  readonly #calls: DeriveCalls;
  readonly #unbuilt = new Fifo<Entry>();

  constructor(gate: Pick<Gate, "place">, calls: DeriveCalls) {
    this.#gate = gate;
    this.#calls = calls;
  }

  /** All that it waits for has succeeded. */
  add(entry: Entry): void {
    this.#unbuilt.push(entry);
  }

  /** Builds one: a piece of work for the loop. */
  turn(): boolean {
    const entry = this.#unbuilt.shift();
    if (entry === undefined) return false;
    // It may have left since.
    if (!entry.isSettled) this.#build(entry);
    return true;
  }

  #build(entry: Entry): void {
    const ties = entry.ties!;
    try {
      const answers = ties.parents.map(({ response }) => response!);
      entry.built = builtFrom(entry.operation as DerivedOperation, answers);
    } catch (cause) {
      return this.#calls.fail(entry, refused(entry, cause));
    }
    ties.parents = [];
    const error = this.#gate.place(entry, entry.built);
    if (error !== undefined) this.#calls.fail(entry, error);
    else if (!entry.isSettled) this.#calls.release(entry);
  }
}
