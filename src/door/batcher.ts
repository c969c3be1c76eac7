import type { Observable } from "rxjs";
import { Pipeline } from "../pipeline/pipeline.ts";
import type { BatchEvent } from "../options/events.ts";
import { GROUPS, type Groups } from "../pipeline/groups.ts";
import type { AnyOperation } from "../operation/operation.ts";
import type { BatchOptions } from "../options/options.ts";
import type { OperationResponse } from "../operation/response.ts";
import type { ResultOf } from "../operation/result.ts";
import { sendAll } from "./send_all.ts";
import type { SendAllOptions } from "./send_all_arguments.ts";
import { Sending } from "./sending.ts";
import { checkNoFixedHeaders } from "../options/headers.ts";
import { BATCH_NAMES, checkOptionNames } from "../options/names.ts";
import { checkedSettings, type Settings } from "../options/settings.ts";
import { defaultTransport } from "../transport/default.ts";
import type { Wire } from "../wire/wire.ts";
import { checkWire } from "./given.ts";

/**
 * Sends operations one by one, from anywhere in a program; all of them share batches. Its methods may be handed on as they
 * are: `mergeMap(batcher.send)`.
 */
export interface Batcher extends AsyncDisposable {
  /**
   * Sends one operation: a cold observable with its own subscriber. Subscribing submits it, subscribing again submits it
   * again, unsubscribing withdraws it or drops its answer.
   *
   * @param operation what to send
   * @returns the answer and completion, or a `BatchError`
   */
  send<T>(operation: AnyOperation<T>): Observable<OperationResponse<T>>;
  /** What happens: for progress, logs and traces. While nobody listens, it costs nothing. */
  readonly events: Observable<BatchEvent>;
  /**
   * Sends many, pulling no faster than batches leave; leaving the loop leaves what is in hand. So does a source that
   * fails: the loop ends by that, after the answers that were there before.
   *
   * @param operations where they come from
   * @param options how many may be in hand
   * @returns one result each, in the order of completion
   * @throws {RangeError} when `maxInHand` is out of range
   * @throws {TypeError} when the source cannot be iterated, or an option has a name that nobody reads
   */
  sendAll<O extends AnyOperation>(
    operations: Iterable<O> | AsyncIterable<O>,
    options?: SendAllOptions,
  ): AsyncIterable<ResultOf<O>>;
  /** Does not wait for count or time: whatever waits now leaves as soon as a slot is free. */
  flush(): void;
  /**
   * Flushes, and refuses new operations with `ClosedError`. Dependents, retries and pauses run out; what has never been
   * sent and would have to wait for the server for longer than `retry.maxTotalMs` fails as not executed. A `pace` of your
   * own is kept to the end.
   *
   * @returns a promise that resolves, and never rejects, when everything in hand is settled and the last POST has ended,
   * also one that nobody waits for any more (after `timeoutMs` at the latest): then `events` completes; a second call
   * gives the same promise
   */
  close(): Promise<void>;
}

/**
 * The batcher for a dialect of your own; `createOutlookBatcher` and its kin are made with it.
 *
 * @param wire the dialect
 * @param options how to batch
 * @returns a batcher; nothing is sent, and no timer runs, before the first operation
 * @throws {TypeError} when `wire` is no Wire, or an option is of the wrong type, or has a name that nobody reads
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { createBatcher, fetchTransport, get, odataWire } from "@rxbatch/rxbatch";
 * import { fakeOData } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const odata = fakeOData();
 * const wire = odataWire({ baseUrl: odata.baseUrl }); // or one of your own
 * await using batcher = createBatcher(wire, {
 *   token: odata.token,
 *   transport: fetchTransport(odata.fetch),
 * });
 * const { status } = await firstValueFrom(batcher.send(get("Customers?$top=2")));
 * console.log(status, odata.posts); // 200 1
 * ```
 */
export function createBatcher(wire: Wire, options: BatchOptions = {}): Batcher {
  checkWire(wire);
  checkOptionNames(options, BATCH_NAMES);
  checkNoFixedHeaders(options);
  const settings = checkedSettings(options, wire, { transport: defaultTransport });
  return batcherOf(wire, settings, GROUPS);
}

/** The batcher for settings that are checked. */
export function batcherOf(wire: Wire, settings: Settings, groups?: Groups): Batcher {
  return new PipelineBatcher(wire, settings, groups);
}

class PipelineBatcher implements Batcher {
  declare readonly events: Observable<BatchEvent>;
  readonly #settings: Settings;
  readonly #pipeline: Pipeline;
  #closed: Promise<void> | undefined = undefined;
  #resolveClosed: (() => void) | undefined = undefined;

  constructor(wire: Wire, settings: Settings, groups: Groups | undefined) {
    this.#settings = settings;
    this.#pipeline = new Pipeline(wire, settings, { atRest: () => this.#finish(), groups });
    this.events = this.#pipeline.events$;
  }

  // Fields, for a method that is handed on has lost its batcher.

  readonly send: Batcher["send"] = <T>(operation: AnyOperation<T>) =>
    new Sending(operation, this.#pipeline);

  readonly sendAll: Batcher["sendAll"] = (operations, options = {}) => {
    const { concurrency, maxBatchSize, maxQueued } = this.#settings;
    const inHand = Math.min(2 * concurrency * maxBatchSize, maxQueued);
    return sendAll(this.#pipeline, operations, options, inHand);
  };

  readonly flush: Batcher["flush"] = () => this.#pipeline.flush("flush");

  readonly close: Batcher["close"] = () => {
    if (this.#closed !== undefined) return this.#closed;
    this.#closed = new Promise((resolve) => this.#resolveClosed = resolve);
    this.#pipeline.close();
    this.#finish();
    return this.#closed;
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #finish(): void {
    if (this.#resolveClosed === undefined || !this.#pipeline.life.isIdle) return;
    this.#pipeline.life.finish();
    this.#resolveClosed();
  }
}
