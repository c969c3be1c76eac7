import type { Pipeline } from "../pipeline/pipeline.ts";
import type { BatchError } from "../operation/errors.ts";
import { isOperation } from "../operation/identity.ts";
import type { AnyOperation } from "../operation/operation.ts";
import { checkNames, checkSource, type SendAllOptions } from "./send_all_arguments.ts";
import { noOperation } from "./operator.ts";
import type { OperationResponse } from "../operation/response.ts";
import type { ResultOf } from "../operation/result.ts";
import { Entry, type Sink } from "../pipeline/entry.ts";
import { Fifo } from "../pipeline/time/fifo.ts";

/** One result each, in the order of completion; the source is pulled no faster than results are taken. */
export function sendAll<O extends AnyOperation>(
  pipeline: Pipeline,
  operations: Iterable<O> | AsyncIterable<O>,
  options: SendAllOptions,
  defaultMaxInHand: number,
): AsyncIterable<ResultOf<O>> {
  checkSource(operations);
  checkNames(options);
  const maxInHand = options.maxInHand ?? defaultMaxInHand;
  if (!Number.isInteger(maxInHand) || maxInHand < 1) {
    throw new RangeError(
      `Cannot use option maxInHand as it must be a whole number from 1: current value is ${maxInHand}`,
    );
  }
  return {
    [Symbol.asyncIterator]: () => new Sending<O>(pipeline, operations, maxInHand).iterator(),
  };
}

/** One run over the source: what is in hand, and the results that the loop has not taken yet. */
class Sending<O extends AnyOperation> implements Sink {
  readonly #pipeline: Pipeline;
  readonly #source: Iterator<O> | AsyncIterator<O>;
  readonly #maxInHand: number;
  readonly #entries = new Set<Entry>();
  readonly #results = new Fifo<ResultOf<O>>();
  #isPulling = false;
  #hasEnded = false;
  #isStopped = false;
  #failure: { readonly reason: unknown } | undefined = undefined;
  #wake: () => void = () => {};

  constructor(
    pipeline: Pipeline,
    operations: Iterable<O> | AsyncIterable<O>,
    maxInHand: number,
  ) {
    this.#pipeline = pipeline;
    this.#maxInHand = maxInHand;
    this.#source = Symbol.asyncIterator in operations
      ? operations[Symbol.asyncIterator]()
      : operations[Symbol.iterator]();
  }

  /** A generator alone would not hear of `return` while it waits for a result. */
  iterator(): AsyncIterator<ResultOf<O>, undefined> {
    const results = this.#run();
    return {
      next: () => results.next(),
      return: () => {
        this.#isStopped = true;
        this.#wake();
        return results.return(undefined);
      },
    };
  }

  answered(entry: Entry, response: OperationResponse): void {
    this.#give(entry, { ok: true, operation: entry.operation, response });
  }

  failed(entry: Entry, error: BatchError): void {
    this.#give(entry, { ok: false, operation: entry.operation, error });
  }

  async *#run(): AsyncGenerator<ResultOf<O>, undefined> {
    try {
      while (!this.#isStopped) {
        this.#pull();
        if (this.#failure !== undefined) throw this.#failure.reason;
        const result = this.#results.shift();
        if (result !== undefined) yield result;
        else if (this.#hasEnded && this.#entries.size === 0) return undefined;
        else await new Promise<void>((resolve) => this.#wake = resolve);
      }
      return undefined;
    } finally {
      for (const entry of this.#entries) entry.unsubscribe();
      if (!this.#hasEnded) {
        this.#hasEnded = true;
        const returned = this.#source.return?.();
        // A generator that is still making its next value answers only then, which may be never.
        if (!this.#isPulling) await returned;
        else Promise.resolve(returned).catch(() => {});
      }
    }
  }

  #pull(): void {
    while (
      !this.#isPulling && !this.#hasEnded && this.#failure === undefined &&
      this.#entries.size + this.#results.size < this.#maxInHand
    ) {
      try {
        const step = this.#source.next();
        if ("then" in step) this.#await(step);
        else this.#take(step);
      } catch (reason) {
        this.#fail(reason);
      }
    }
  }

  #await(step: Promise<IteratorResult<O>>): void {
    this.#isPulling = true;
    step.then(
      (result) => {
        this.#isPulling = false;
        if (this.#isStopped) return;
        this.#take(result);
        this.#pull();
      },
      (reason) => this.#fail(reason),
    );
  }

  #take(step: IteratorResult<O>): void {
    if (step.done === true) {
      this.#hasEnded = true;
      this.#pipeline.flush("complete");
      this.#wake();
    } else if (isOperation(step.value)) {
      const entry = new Entry(step.value, this.#pipeline, this);
      this.#entries.add(entry);
      this.#pipeline.submit(entry);
    } else {
      this.#failure = { reason: noOperation(step.value) };
      this.#wake();
    }
  }

  #fail(reason: unknown): void {
    this.#hasEnded = true;
    this.#failure = { reason };
    this.#wake();
  }

  #give(entry: Entry, result: ResultOf<AnyOperation>): void {
    this.#entries.delete(entry);
    this.#results.push(result as ResultOf<O>);
    this.#wake();
  }
}
