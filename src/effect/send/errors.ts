import { type Effect, Effectable, Exit } from "effect";
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
 * `stream` tells as a value. The core knows nothing of Effect, so errors are made so where they leave it.
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
 * import { yieldable } from "@rxbatch/rxbatch/effect";
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

/** What makes a value an effect; how an error is printed is its own affair. */
function failing(): PropertyDescriptorMap {
  const effect = Effectable.Prototype<BatchError & Failing<BatchError>>({
    label: "BatchError",
    evaluate() {
      return Exit.fail(this);
    },
  });
  const hidden: PropertyDescriptorMap = { toJSON: { value: asItIs, configurable: true } };
  for (const key of Reflect.ownKeys(effect)) {
    if (PRINTING.has(key)) continue;
    hidden[key] = { value: Reflect.get(effect, key), configurable: true };
  }
  return hidden;
}

const PRINTING: ReadonlySet<string | symbol> = new Set([
  "toJSON",
  "toString",
  Symbol.for("nodejs.util.inspect.custom"),
]);

function asItIs(this: object): object {
  return { ...this };
}
