import { Effect, Effectable } from "effect3";
import type { BatchError } from "../../../mod.ts";

/**
 * An error that is an effect, too: `yield* error` fails with it.
 *
 * @since 0.2.0
 * @category models
 */
export interface Failing<E> extends Effect.Effect<never, E & Failing<E>> {}

/**
 * What effects of this entry fail with: a `BatchError`, which `Effect.gen` can yield as it can any error of Effect.
 *
 * @since 0.2.0
 * @category models
 */
export type EffectError<E extends BatchError = BatchError> = E extends unknown ? E & Failing<E>
  : never;

/**
 * Makes an effect of an error, as those of the service are: for a stand-in of the service that fails, and for what
 * `sendAll` tells as a value. The core knows nothing of Effect, so errors are made so where they leave it.
 *
 * @param error belongs to the caller alone
 * @returns the same object
 *
 * @since 0.2.0
 * @category constructors
 *
 * @example
 * ```ts
 * import { Effect } from "effect";
 * import { ClosedError } from "@rxbatch/rxbatch";
 * import { yieldable } from "@rxbatch/rxbatch/effect3";
 *
 * const program = Effect.gen(function* () {
 *   yield* yieldable(new ClosedError("Cannot send"));
 * });
 * console.log((await Effect.runPromise(Effect.flip(program)))._tag); // ClosedError
 * ```
 */
export function yieldable<E extends BatchError>(error: E): EffectError<E> {
  return Object.defineProperties(error, members ??= failing()) as EffectError<E>;
}

let members: PropertyDescriptorMap | undefined;

function failing(): PropertyDescriptorMap {
  const effect = { ...Effectable.CommitPrototype, commit };
  const hidden: PropertyDescriptorMap = {};
  for (const key of Reflect.ownKeys(effect)) {
    hidden[key] = { value: Reflect.get(effect, key), configurable: true };
  }
  return hidden;
}

function commit(this: BatchError): Effect.Effect<never, BatchError> {
  return Effect.fail(this);
}
