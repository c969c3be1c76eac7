import { catchError, map, type Observable, throwError } from "rxjs";
import {
  type AnyOperation,
  type Batcher,
  createBatcher,
  graphWire,
  type ResultOf,
} from "../../../mod.ts";
import { holdsNames } from "../../operation/check/known_names.ts";
import { Delivery } from "./delivery.ts";
import { type ClusterEvent, Events } from "./events.ts";
import { Attempts, restored, restoredResult } from "./failures.ts";
import { Keys } from "./keys.ts";
import { checkOptions, type ClusterOptions, durationOf } from "./options.ts";
import type { Command } from "../runner/entity.ts";
import type { MailboxHandle } from "./handle.ts";
import { mailboxId, MailboxWire } from "./wire.ts";

/** A {@link Batcher} whose batches are sent by whatever runner has the mailbox. */
export interface ClusterBatcher extends Batcher {
  /** What happens, here and on runners; what happened there is told when the answer comes. */
  readonly events: Observable<ClusterEvent>;
  /**
   * Looks after one mailbox, wherever it lives.
   *
   * @param name as the wire calls it (`me`, `users/rufus@contoso.com`)
   * @param account whose token opens it, where operations say so
   */
  mailbox(name: string, account?: string): MailboxHandle;
}

/**
 * The `Batcher` of a program whose mailboxes live in a fleet: operations that come together for one mailbox travel to its
 * runner as one message, and are batched there with those of all other clients.
 *
 * Order holds as it does in one process: `dependsOn` and `after` across mailboxes too, an `orderingKey` within a mailbox
 * also between clients. An operation that was left before its message went is never sent; later, its answer is dropped.
 *
 * @param options how this process belongs to the fleet, and how operations are named
 * @returns the batcher; nothing runs before the first operation, and `close()` ends what `layer` started
 * @throws {TypeError} when an option is of the wrong type
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { Layer } from "effect";
 * import { createGraphBatcher, fetchTransport, post } from "@rxbatch/rxbatch";
 * import { clusterBatcher, embedded, mailboxLayer } from "@rxbatch/rxbatch/cluster";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const graph = fakeGraph();
 * const mailboxes = mailboxLayer({
 *   create: createGraphBatcher,
 *   options: { token: graph.token, transport: fetchTransport(graph.fetch) },
 * });
 * await using batcher = clusterBatcher({
 *   layer: Layer.provideMerge(mailboxes, embedded()),
 *   keyOf: ({ label }) => label,
 * });
 * const order = () => post<{ id: string }>("me/messages", { subject: "Order 17" }, { label: "order-17" });
 * const first = await firstValueFrom(batcher.send(order()));
 * const second = await firstValueFrom(batcher.send(order())); // not sent again
 * console.log(first.body.id === second.body.id, graph.ledger.received()); // true 1
 * ```
 */
export function clusterBatcher<E>(options: ClusterOptions<E>): ClusterBatcher {
  return new MailboxBatcher(options);
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

class MailboxBatcher<E> implements ClusterBatcher {
  readonly events: Observable<ClusterEvent>;
  readonly #batcher: Batcher;
  readonly #delivery: Delivery<E>;
  readonly #attempts = new Attempts();
  readonly #maxInHand: number;
  #closed: Promise<void> | undefined = undefined;

  constructor(options: ClusterOptions<E>) {
    checkOptions(options);
    this.#maxInHand = Math.min(1600, options.maxQueued ?? Infinity);
    const keys = new Keys(options.keyOf);
    const events = new Events(() => this.#batcher.events);
    this.events = events.events$;
    const wire = new MailboxWire({
      lanes: options.wire ?? graphWire(),
      keys,
      told: {
        encoded: (operations) => events.encoded(operations),
        attempts: (headers, attempts) => this.#attempts.keep(headers, attempts),
        answered: (answer, operations) => events.answered(answer, operations),
      },
    });
    const delivery = new Delivery({
      layer: options.layer,
      keys,
      isPersisted: options.persisted,
      maxHoldMs: durationOf("maxHoldMs", options.maxHoldMs ?? Infinity),
      askAgainMs: durationOf("askAgainMs", options.askAgainMs ?? 30_000),
      seal: options.seal,
      wantsEvents: () => events.isHeard,
    });
    this.#delivery = delivery;
    this.#batcher = createBatcher(wire, {
      maxBatchSize: options.maxChunk ?? 100,
      maxWaitMs: options.maxWaitMs,
      maxQueued: options.maxQueued,
      concurrency: 10_000,
      concurrencyPerContext: options.concurrencyPerMailbox ?? 8,
      timeoutMs: options.timeoutMs ?? 600_000,
      // Runners have the tokens, those of accounts too.
      headers: () => NO_HEADERS,
      // Runners try again; a message that nobody waits for takes back what is not out.
      retry: false,
      abortUnsafe: true,
      transport: (request) => delivery.post(request),
    });
  }

  // Fields: a method that is handed on would have lost its batcher.
  readonly send: Batcher["send"] = <T>(operation: AnyOperation<T>) =>
    this.#batcher.send(operation).pipe(
      map((response) => this.#attempts.in(response)),
      catchError((error: unknown) => throwError(() => restored(error))),
    );

  readonly sendAll: Batcher["sendAll"] = (operations, options) => {
    // What cannot be meant is refused by the batcher.
    const given = options === undefined || holdsNames(options) && options.maxInHand === undefined
      ? { ...options, maxInHand: this.#maxInHand }
      : options;
    const results = this.#batcher.sendAll(operations, given);
    return { [Symbol.asyncIterator]: () => this.#restoring(results[Symbol.asyncIterator]()) };
  };

  readonly mailbox: ClusterBatcher["mailbox"] = (name, account) => {
    const id = mailboxId(name, account);
    const ask = (command: Command) => () => this.#delivery.operate(id, command);
    return { look: ask("look"), pause: ask("pause"), resume: ask("resume"), drain: ask("drain") };
  };

  readonly flush: Batcher["flush"] = () => this.#batcher.flush();

  readonly close: Batcher["close"] = () =>
    this.#closed ??= this.#batcher.close().then(() => this.#delivery.close());

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A generator would not hear of `return` while it waits. */
  #restoring<O extends AnyOperation>(
    results: AsyncIterator<ResultOf<O>>,
  ): AsyncIterator<ResultOf<O>> {
    const restore = (step: IteratorResult<ResultOf<O>>): IteratorResult<ResultOf<O>> =>
      step.done === true
        ? step
        : { done: false, value: restoredResult(step.value, this.#attempts) };
    return {
      next: () => results.next().then(restore),
      return: () => results.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    };
  }
}
