import { Equal, Hash, Request } from "effect";
import type { AnyOperation, OperationResponse } from "../../../mod.ts";
import type { EffectError } from "./errors.ts";

/**
 * An operation as a request of Effect.
 *
 * @since 0.2.0
 * @category models
 */
export interface OperationRequest<out T = unknown>
  extends Request.Request<OperationResponse<T>, EffectError> {
  /** What to send. */
  readonly operation: AnyOperation<T>;
}

/**
 * Makes an operation a request of Effect, for a resolver that was wrapped (`RequestResolver.batchN`, `setDelay`,
 * `withCache`); `request` of the service does it for the plain one. Two that read the same through the same resolver are
 * equal, so that a cache asks once for both; what changes something equals itself alone.
 *
 * @param operation what to send
 * @param resolver the service's resolver: the same URL means something else with another token
 * @returns the request
 *
 * @since 0.2.0
 * @category constructors
 *
 * @example
 * ```ts
 * import { Effect, RequestResolver } from "effect";
 * import { get } from "@rxbatch/rxbatch";
 * import { operationRequest, OutlookBatch } from "@rxbatch/rxbatch/effect";
 *
 * const folders = Effect.gen(function* () {
 *   const { resolver } = yield* OutlookBatch;
 *   const cached = yield* RequestResolver.withCache(resolver, { capacity: 100 });
 *   const ask = Effect.request(operationRequest(get("mailfolders"), resolver), cached);
 *   return yield* Effect.all([ask, ask], { concurrency: "unbounded" });
 * });
 * ```
 */
export function operationRequest<T>(
  operation: AnyOperation<T>,
  resolver: object,
): OperationRequest<T> {
  return new Asked({ operation, resolver, key: keyOf(operation) });
}

interface Question<T> {
  readonly operation: AnyOperation<T>;
  readonly resolver: object;
  /** What two that read the same have in common. */
  readonly key: string | undefined;
}

class Asked<T> extends Request.Class<Question<T>, OperationResponse<T>, EffectError> {
  [Equal.symbol](that: Equal.Equal): boolean {
    if (!(that instanceof Asked) || this.resolver !== that.resolver) return false;
    if (this.operation === that.operation) return true;
    return this.key !== undefined && this.key === that.key &&
      schemaOf(this.operation) === schemaOf(that.operation);
  }

  [Hash.symbol](): number {
    return this.key === undefined ? Hash.number(this.operation.id) : Hash.string(this.key);
  }
}

function schemaOf(operation: AnyOperation): unknown {
  return operation.method === undefined ? undefined : operation.schema;
}

/** Everything that decides what a read answers; `undefined` for what is more than a read. */
function keyOf(operation: AnyOperation): string | undefined {
  const { method, url, dependsOn } = operation;
  if (method !== "GET" && method !== "HEAD") return undefined;
  const { context, account, headers, orderingKey, okStatuses, read } = operation;
  if (dependsOn.length > 0 || orderingKey !== undefined) return undefined;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return JSON.stringify([method, url, context ?? "me", account, named.sort(), okStatuses, read]);
}
