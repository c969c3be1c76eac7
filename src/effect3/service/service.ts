import { Effect, type RequestResolver, type Scope, Stream } from "effect3";
import { Observable, Subject } from "rxjs";
import type {
  Batcher,
  BatchEvent,
  BatchOptions,
  Operation,
  OperationResponse,
  ResultOf,
  SendAllOptions,
} from "../../../mod.ts";
import { defaultTransport } from "../../transport/default.ts";
import { Counts } from "../observe/metrics.ts";
import type { EffectError } from "../send/errors.ts";
import { type OperationRequest, operationRequest } from "../send/request.ts";
import { operationResolver } from "../send/resolver.ts";
import { effectScheduler } from "../program/scheduler.ts";
import { sender, submitter } from "../send/send.ts";
import { streamSender } from "../send/stream.ts";
import { tokenSource } from "../program/token.ts";
import { type EffectOptions, plainOptions } from "./options.ts";
import { currentCaller } from "../observe/callers.ts";
import { Traces } from "../observe/spans.ts";

/**
 * Sends operations, from anywhere in an Effect program; all of them share batches.
 *
 * @since 0.2.0
 * @category models
 */
export interface BatchService {
  /**
   * Sends one operation. Interrupting it withdraws the operation, or drops its answer; when nobody in its batch waits any
   * more, the batch is aborted.
   *
   * @param operation what to send
   * @returns the answer, or one of the `BatchError`s, each of which has a `_tag`
   */
  readonly send: <T>(operation: Operation<T>) => Effect.Effect<OperationResponse<T>, EffectError>;
  /**
   * Sends one operation as a request of Effect: with `{ batching: true }` all requests of an `Effect.forEach` leave in one
   * go, and with `Effect.withRequestCaching(true)` equal reads are asked once and kept. Interrupting it does what it does
   * to `send`, except that effect 3 lets an `Effect.forEach` with batching go only when its requests are answered.
   *
   * @param operation what to send
   * @returns the answer, or one of the `BatchError`s
   */
  readonly request: <T>(
    operation: Operation<T>,
  ) => Effect.Effect<OperationResponse<T>, EffectError>;
  /** Behind `request`; for `Effect.request` with requests of your own making, and for what wraps resolvers. */
  readonly resolver: RequestResolver.RequestResolver<OperationRequest>;
  /**
   * Sends a stream of operations, pulling no faster than batches leave and results are taken.
   *
   * @param operations where they come from; if that fails, what is in hand is left
   * @param options how many may be in hand
   * @returns one result each, in the order of completion: a failed operation does not end the stream
   */
  readonly sendAll: <O extends Operation, E, R>(
    operations: Stream.Stream<O, E, R>,
    options?: SendAllOptions,
  ) => Stream.Stream<ResultOf<O>, E, R>;
  /** What happens, from now on: for progress and logs. */
  readonly events: Stream.Stream<BatchEvent>;
  /** Does not wait for count or time: whatever waits now leaves as soon as a slot is free. */
  readonly flush: Effect.Effect<void>;
}

/**
 * Makes a service of any batcher; `OutlookBatch` and `GraphBatch` are made with it. It is for dialects of your own.
 *
 * @param create makes the batcher
 * @param options what it is made with
 * @returns the service; closing the scope flushes it, refuses new operations, and waits for what is in hand
 *
 * @since 0.2.0
 * @category constructors
 *
 * @example
 * ```ts
 * import { Effect } from "effect";
 * import { createBatcher, get, type Wire } from "@rxbatch/rxbatch";
 * import { makeBatchService } from "@rxbatch/rxbatch/effect3";
 *
 * const program = (wire: Wire) =>
 *   Effect.scoped(Effect.gen(function* () {
 *     const service = yield* makeBatchService((options) => createBatcher(wire, options));
 *     return yield* service.send(get("messages"));
 *   }));
 * ```
 */
export function makeBatchService<Options extends BatchOptions, R = never>(
  create: (options: Options) => Batcher,
  options?: EffectOptions<Options, R>,
): Effect.Effect<BatchService, never, R | Scope.Scope> {
  return Effect.gen(function* () {
    const runtime = yield* Effect.runtime<R>();
    const traces = new Traces(yield* Effect.clock, yield* currentCaller());
    const fallbacks = new Subject<BatchEvent>();
    const transport = options?.transport === undefined
      ? defaultTransport((fallback) => fallbacks.next({ type: "transport", ...fallback }))
      : options.transport;
    const batcher = yield* Effect.acquireRelease(
      Effect.sync(() =>
        create(plainOptions(options, {
          token: tokenSource(options?.token, runtime),
          scheduler: effectScheduler(runtime),
          transport: traces.traced(transport),
        }))
      ),
      (batcher) =>
        Effect.ensuring(
          Effect.promise(() => batcher.close()),
          Effect.sync(() => traces.close()),
        ),
    );
    const counts = new Counts(traces.owner.labels, (operation) => traces.labelsOf(operation));
    batcher.events.subscribe((event) => {
      // The end of an operation is its end for the traces, which know where it counts.
      counts.heard(event);
      traces.heard(event);
    });
    const events = new Observable<BatchEvent>((subscriber) => {
      subscriber.add(fallbacks.subscribe((event) => subscriber.next(event)));
      subscriber.add(batcher.events.subscribe(subscriber));
    });
    return serviceOf(batcher, events, traces);
  });
}

/** Functions that need no `this`, so that a program may take the service apart. */
function serviceOf(
  batcher: Batcher,
  events: Observable<BatchEvent>,
  traces: Traces,
): BatchService {
  const submit = submitter(batcher);
  const resolver = operationResolver(submit, traces);
  return {
    send: sender(submit, traces),
    request: (operation) => Effect.request(operationRequest(operation, resolver), resolver),
    resolver,
    sendAll: streamSender(batcher, traces),
    events: streamOf(events),
    flush: Effect.sync(() => batcher.flush()),
  };
}

function streamOf<T>(values: Observable<T>): Stream.Stream<T> {
  return Stream.asyncPush((emit) =>
    Effect.acquireRelease(
      Effect.sync(() =>
        values.subscribe({
          next: (value) => emit.single(value),
          complete: () => emit.end(),
        })
      ),
      (subscription) => Effect.sync(() => subscription.unsubscribe()),
    )
  );
}
