import { Equal, Hash, Request } from "effect3";
import type { Operation, OperationResponse } from "../../../mod.ts";
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
  readonly operation: Operation<T>;
}

/**
 * Makes an operation a request of Effect. Two that read the same through the same resolver are equal, so that Effect may
 * ask once for both and keep the answer; what changes something equals itself alone.
 *
 * @param operation what to send
 * @param resolver the resolver that it is for: the same URL means something else with another token
 * @returns the request
 *
 * @since 0.2.0
 * @category constructors
 *
 * @example
 * ```ts
 * import { Effect } from "effect";
 * import { get } from "@rxbatch/rxbatch";
 * import { operationRequest, OutlookBatch } from "@rxbatch/rxbatch/effect3";
 *
 * const events = Effect.flatMap(
 *   OutlookBatch,
 *   ({ resolver }) => Effect.request(operationRequest(get("events"), resolver), resolver),
 * );
 * ```
 */
export function operationRequest<T>(
  operation: Operation<T>,
  resolver: object,
): OperationRequest<T> {
  return new Asked({ operation, resolver, key: keyOf(operation) });
}

interface Question<T> {
  readonly operation: Operation<T>;
  readonly resolver: object;
  /** What two that read the same have in common. */
  readonly key: string | undefined;
}

class Asked<T> extends Request.Class<OperationResponse<T>, EffectError, Question<T>> {
  [Equal.symbol](that: Equal.Equal): boolean {
    if (!(that instanceof Asked) || this.resolver !== that.resolver) return false;
    if (this.operation === that.operation) return true;
    return this.key !== undefined && this.key === that.key &&
      this.operation.schema === that.operation.schema;
  }

  [Hash.symbol](): number {
    return this.key === undefined ? Hash.number(this.operation.id) : Hash.string(this.key);
  }
}

/** Everything that decides what a read answers; `undefined` for what is more than a read. */
function keyOf(operation: Operation): string | undefined {
  const { method, url, dependsOn, orderingKey } = operation;
  if (method !== "GET" && method !== "HEAD") return undefined;
  if (dependsOn.length > 0 || orderingKey !== undefined) return undefined;
  const { context, account, headers, okStatuses, read } = operation;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return JSON.stringify([method, url, context ?? "me", account, named.sort(), okStatuses, read]);
}
