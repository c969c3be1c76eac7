import { Context } from "effect";

/**
 * What an entry for effect 4 is; to the types of a program that has another effect, one sentence instead of its members.
 *
 * @since 0.2.0
 * @category models
 */
export type OnEffect4<T> = typeof Context extends { readonly Service: unknown } ? T
  : "@rxbatch/rxbatch/effect needs effect 4.1: with effect 3, import @rxbatch/rxbatch/effect3";

/**
 * Asked before anything else of effect is used. Whatever this entry imports at its load has to be there by name in effect 3
 * too, for a name that is missing would fail before this sentence could be said.
 */
export function checkEffectVersion(): void {
  if ("Service" in Context) return;
  throw new Error(
    "Cannot load @rxbatch/rxbatch/effect as it needs effect 4, from 4.1 on (./effect3 is for effect 3): current value is another version of effect",
  );
}
