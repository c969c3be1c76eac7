import type { Pipeline } from "../pipeline/pipeline.ts";
import type { BatchError } from "../operation/errors.ts";
import { checkKnownNames } from "../operation/check/known_names.ts";
import { isOperation } from "../operation/identity.ts";
import type { AnyOperation } from "../operation/operation.ts";
import { Puller, type Taker } from "./puller.ts";
import {
  checkedMaxInHand,
  checkSource,
  SEND_ALL_NAMES,
  type SendAllOptions,
} from "./send_all_arguments.ts";
import { noOperation } from "./given.ts";
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
  checkKnownNames("options of sendAll", options, SEND_ALL_NAMES);
  const maxInHand = checkedMaxInHand(options.maxInHand, defaultMaxInHand);
  return {
    [Symbol.asyncIterator]: () => new SendAllRun<O>(pipeline, operations, maxInHand).iterator(),
  };
}

/** One run over the source: what is in hand, and the results that the loop has not taken yet. */
class SendAllRun<O extends AnyOperation> implements Sink, Taker<O> {
  readonly #pipeline: Pipeline;
  readonly #operations: Iterable<O> | AsyncIterable<O>;
  readonly #maxInHand: number;
  readonly #entries = new Set<Entry>();
  readonly #results = new Fifo<ResultOf<O>>();
  #isStopped = false;
  #failure: { readonly reason: unknown } | undefined = undefined;
  #wake: () => void = () => {};

  constructor(
    pipeline: Pipeline,
    operations: Iterable<O> | AsyncIterable<O>,
    maxInHand: number,
  ) {
    this.#pipeline = pipeline;
    this.#operations = operations;
    this.#maxInHand = maxInHand;
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

  get hasRoom(): boolean {
    return this.#failure === undefined && this.#entries.size + this.#results.size < this.#maxInHand;
  }

  take(value: O): void {
    if (!isOperation(value)) return this.sourceFailed(noOperation(value));
    const entry = new Entry(value, this.#pipeline, this);
    this.#entries.add(entry);
    this.#pipeline.submit(entry);
  }

  sourceEnded(): void {
    this.#pipeline.flush("complete");
    this.#wake();
  }

  /** What is in hand leaves at once (design rule 20); answers that were there before are still given out. */
  sourceFailed(reason: unknown): void {
    this.#failure = { reason };
    this.#leave();
    this.#wake();
  }

  answered(entry: Entry, response: OperationResponse): void {
    this.#give(entry, { ok: true, operation: entry.operation, response });
  }

  failed(entry: Entry, error: BatchError): void {
    this.#give(entry, { ok: false, operation: entry.operation, error });
  }

  async *#run(): AsyncGenerator<ResultOf<O>, undefined> {
    const puller = new Puller(this.#operations, this);
    try {
      while (!this.#isStopped) {
        puller.pull();
        const result = this.#results.shift();
        if (result !== undefined) yield result;
        else if (this.#failure !== undefined) throw this.#failure.reason;
        else if (puller.hasEnded && this.#entries.size === 0) return undefined;
        else await new Promise<void>((resolve) => this.#wake = resolve);
      }
      return undefined;
    } finally {
      this.#leave();
      const left = puller.leave();
      // What the loop ends by counts more than how the source takes that.
      await (this.#failure === undefined ? left : left.catch(() => {}));
    }
  }

  #leave(): void {
    for (const entry of this.#entries) entry.unsubscribe();
    this.#entries.clear();
  }

  #give(entry: Entry, result: ResultOf<AnyOperation>): void {
    this.#entries.delete(entry);
    this.#results.push(result as ResultOf<O>);
    this.#wake();
  }
}
