import { Context } from "effect3";

/**
 * What an entry for effect 3 is; to the types of a program that has another effect, one sentence instead of its members.
 *
 * @since 0.2.0
 * @category models
 */
export type OnEffect3<T> = typeof Context extends { readonly GenericTag: unknown } ? T
  : "@rxbatch/rxbatch/effect3 needs effect 3: with effect 4, import @rxbatch/rxbatch/effect";

/**
 * Asked before anything else of effect is used, which while the entry loads is little. Whatever it imports has to be there
 * by name in effect 4 too, for a name that is missing would fail before this sentence could be said.
 */
export function checkEffectVersion(): void {
  if ("GenericTag" in Context) return;
  throw new Error(
    "Cannot load @rxbatch/rxbatch/effect3 as it needs effect 3, from 3.9.2 on: current value is another version of effect",
  );
}
