import { Effect, Equal, Hash, Request, RequestResolver } from "effect";
import type { BatchError, Operation, OperationResponse } from "../../mod.ts";

interface Asked<T> {
  readonly operation: Operation<T>;
  /** Through whom: the same URL means something else with another token. */
  readonly resolver: object;
  /** What two that read the same have in common. */
  readonly key: string | undefined;
}

/**
 * An operation as a request of Effect. Two that read the same through the same resolver are equal, so that Effect may ask
 * once for both and keep the answer; what changes something equals itself alone.
 */
export class OperationRequest<T = unknown>
  extends Request.Class<OperationResponse<T>, BatchError, Asked<T>> {
  /**
   * Makes the request.
   *
   * @param operation what to send
   * @param resolver the resolver that it is for
   */
  constructor(operation: Operation<T>, resolver: object) {
    super({ operation, resolver, key: keyOf(operation) });
  }

  /** Is it the same question? */
  [Equal.symbol](that: Equal.Equal): boolean {
    if (!(that instanceof OperationRequest)) return false;
    if (this.operation === that.operation) return this.resolver === that.resolver;
    return this.key !== undefined && this.key === that.key && this.resolver === that.resolver &&
      this.operation.schema === that.operation.schema;
  }

  /** Equal requests have equal hashes. */
  [Hash.symbol](): number {
    return this.key === undefined ? Hash.number(this.operation.id) : Hash.string(this.key);
  }
}

/** Everything that decides what a read answers; `undefined` for what is more than a read. */
function keyOf({ method, url, context, headers, dependsOn, orderingKey }: Operation) {
  if (method !== "GET" && method !== "HEAD") return undefined;
  if (dependsOn.length > 0 || orderingKey !== undefined) return undefined;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return JSON.stringify([method, url, context ?? "me", named.sort()]);
}

/** Hands all requests that Effect has collected to the batcher in one go, and gives each its own answer. */
export function operationResolver(
  send: <T>(operation: Operation<T>) => Effect.Effect<OperationResponse<T>, BatchError>,
): RequestResolver.RequestResolver<OperationRequest> {
  return RequestResolver.makeWithEntry((blocks) =>
    Effect.forEach(
      blocks,
      (block) =>
        Effect.forEach(block, (entry) => resolve(entry, send(entry.request.operation)), {
          concurrency: "unbounded",
          discard: true,
        }),
      { discard: true },
    )
  );
}

type Entry = Request.Entry<OperationRequest>;

function resolve(
  entry: Entry,
  answer: Effect.Effect<OperationResponse, BatchError>,
): Effect.Effect<void> {
  return Effect.raceFirst(answer, abandoned(entry)).pipe(
    Effect.exit,
    Effect.flatMap((exit) => Request.complete(entry.request, exit)),
  );
}

/** Interrupts when nobody waits for this one any more, though others of its block may. */
function abandoned({ listeners }: Entry): Effect.Effect<never> {
  return Effect.async((resume) => {
    const observe = (count: number) => {
      if (count > 0) return;
      // a cache must not keep what was never answered
      listeners.interrupted = true;
      resume(Effect.interrupt);
    };
    listeners.addObserver(observe);
    observe(listeners.count);
    return Effect.sync(() => listeners.removeObserver(observe));
  });
}
