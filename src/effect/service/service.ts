import {
  type Context,
  Effect,
  Function,
  Pipeable,
  type RequestResolver,
  type Scope,
  Stream,
} from "effect";
import type {
  AnyOperation,
  Batcher,
  BatchEvent,
  BatchOptions,
  Operation,
  OperationResponse,
  ResultOf,
  SendAllOptions,
  Transport,
} from "../../../mod.ts";
import { Observable, Subject } from "rxjs";
import { defaultTransport } from "../../transport/default.ts";
import { Callers } from "../observe/callers.ts";
import { Counts } from "../observe/metrics.ts";
import type { EffectError } from "../send/errors.ts";
import { type Page, pageReader } from "../send/pages.ts";
import { type OperationRequest, operationRequest } from "../send/request.ts";
import { operationResolver } from "../send/resolver.ts";
import { effectScheduler } from "../program/scheduler.ts";
import { sender, submitter } from "../send/send.ts";
import { Spans } from "../observe/spans.ts";
import { streamOf, streamSender } from "../send/stream.ts";
import { tokenSource } from "../program/token.ts";
import { type EffectOptions, type Lent, plainOptions } from "./options.ts";

/**
 * Tells a {@link BatchService} from other values.
 *
 * @since 0.2.0
 * @category type IDs
 */
export const TypeId = "~@rxbatch/rxbatch/BatchService" as const;

/**
 * Sends operations, from anywhere in an Effect program; all of them share batches. None of its members needs `this`.
 *
 * @since 0.2.0
 * @category models
 */
export interface BatchService extends Pipeable.Pipeable {
  /** Tells it from other values. */
  readonly [TypeId]: typeof TypeId;
  /**
   * Sends one operation, in a span of its own. Interrupting it withdraws the operation, or drops its answer; when nobody in
   * its batch waits any more, the batch is aborted.
   *
   * @param operation what to send
   * @returns the answer, or one of the `BatchError`s, each of which has a `_tag`
   */
  readonly send: <T>(
    operation: AnyOperation<T>,
  ) => Effect.Effect<OperationResponse<T>, EffectError>;
  /**
   * Sends one operation as a request of Effect: all that are asked for in one go are submitted in one go, without a fiber
   * for each. Interrupting it does what it does to `send`.
   *
   * @param operation what to send
   * @returns the answer, or one of the `BatchError`s
   */
  readonly request: <T>(
    operation: AnyOperation<T>,
  ) => Effect.Effect<OperationResponse<T>, EffectError>;
  /** Behind `request`; for `RequestResolver.batchN`, `setDelay`, `withCache` and whatever else wraps resolvers. */
  readonly resolver: RequestResolver.RequestResolver<OperationRequest>;
  /** Sends a stream of operations, pulling no faster than batches leave and results are taken. */
  readonly stream: SendStream;
  /**
   * Reads a collection page by page, for as long as the server says where the next one is. A page is asked for when it is
   * pulled.
   *
   * @param operation the first page
   * @returns the pages, or the `BatchError` of one after those before it
   */
  readonly pages: <T>(operation: Operation<T>) => Stream.Stream<Page<T>, EffectError>;
  /** What happens, from now on: for progress and logs. */
  readonly events: Stream.Stream<BatchEvent>;
  /** Does not wait for count or time: whatever waits now leaves as soon as a slot is free. */
  readonly flush: Effect.Effect<void>;
}

/**
 * Stream in, stream of results out: one result each, in the order of completion, and a failed operation does not end it. If
 * the stream of operations fails, what is in hand is left.
 *
 * @since 0.2.0
 * @category models
 */
export interface SendStream<Service = never> {
  /**
   * @param operations where they come from
   * @param options how many may be in hand
   */
  <O extends AnyOperation, E, R>(
    operations: Stream.Stream<O, E, R>,
    options?: SendAllOptions,
  ): Stream.Stream<ResultOf<O>, E, R | Service>;
  /** @param options how many may be in hand */
  (options?: SendAllOptions): <O extends AnyOperation, E, R>(
    operations: Stream.Stream<O, E, R>,
  ) => Stream.Stream<ResultOf<O>, E, R | Service>;
}

/**
 * Makes a service of any batcher; `OutlookBatch` and its kin are made with it. It is for dialects of your own.
 *
 * @param create makes the batcher
 * @param options what it is made with
 * @returns the service; closing the scope flushes it, refuses new operations, waits for what is in hand, and ends its spans
 *
 * @since 0.2.0
 * @category constructors
 *
 * @example
 * ```ts
 * import { Effect } from "effect";
 * import { createBatcher, get, type Wire } from "@rxbatch/rxbatch";
 * import { makeBatchService } from "@rxbatch/rxbatch/effect";
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
    const context = yield* Effect.context<R>();
    const callers = new Callers();
    const spans = new Spans(context, callers);
    const counts = new Counts(context, callers);
    const fallbacks = new Subject<BatchEvent>();
    const lent = lentTo(options, context, fallbacks);
    const batcher = yield* Effect.acquireRelease(
      Effect.sync(() =>
        create(plainOptions(options, { ...lent, transport: spans.traced(lent.transport) }))
      ),
      (batcher) =>
        Effect.ensuring(
          Effect.promise(() => batcher.close()),
          Effect.sync(() => spans.close()),
        ),
    );
    const events = new Observable<BatchEvent>((subscriber) => {
      subscriber.add(fallbacks.subscribe((event) => subscriber.next(event)));
      subscriber.add(batcher.events.subscribe(subscriber));
    });
    batcher.events.subscribe((event) => {
      spans.heard(event);
      counts.heard(event);
      if (event.type === "settled") callers.leave(event.operation);
    });
    return serviceOf(batcher, events, callers);
  });
}

/** What the program lends to the batcher, in the batcher's words. */
function lentTo<Options extends BatchOptions, R>(
  options: EffectOptions<Options, R> | undefined,
  context: Context.Context<R>,
  fallbacks: Subject<BatchEvent>,
): Lent & { readonly transport: Transport } {
  return {
    token: tokenSource(options?.token, context),
    scheduler: effectScheduler(context),
    transport: options?.transport === undefined
      ? defaultTransport((fallback) => fallbacks.next({ type: "transport", ...fallback }))
      : options.transport,
  };
}

const prototype: Pick<BatchService, typeof TypeId | "pipe"> = {
  [TypeId]: TypeId,
  pipe() {
    return Pipeable.pipeArguments(this, arguments);
  },
};

function serviceOf(
  batcher: Batcher,
  events: Observable<BatchEvent>,
  callers: Callers,
): BatchService {
  const submit = submitter(batcher);
  const resolver = operationResolver(submit, callers);
  const members: Omit<BatchService, keyof typeof prototype> = {
    send: sender(submit, callers),
    request: (operation) => Effect.request(operationRequest(operation, resolver), resolver),
    resolver,
    stream: pipeable(streamSender(batcher, callers)),
    pages: pageReader(batcher, callers),
    events: streamOf(events),
    flush: Effect.sync(() => batcher.flush()),
  };
  return Object.assign(Object.create(prototype), members);
}

/** With the stream in front, or with the stream to come. */
export function pipeable<Service>(
  send: <O extends AnyOperation, E, R>(
    operations: Stream.Stream<O, E, R>,
    options?: SendAllOptions,
  ) => Stream.Stream<ResultOf<O>, E, R | Service>,
): SendStream<Service> {
  return Function.dual((args) => Stream.isStream(args[0]), send);
}
