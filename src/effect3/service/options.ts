import { Runtime } from "effect3";
import type { BatchOptions } from "../../../mod.ts";
import { holdsNames } from "../../operation/check/known_names.ts";
import { type EffectToken, tokenSource } from "../program/token.ts";

/**
 * The options of a batcher, with the token in Effect's words. Time, interruption and events come from the program.
 *
 * @since 0.2.0
 * @category models
 */
export type EffectOptions<Options extends BatchOptions, R = never> =
  & Omit<Options, "token" | "scheduler" | "signal" | "events">
  & {
    /**
     * Where tokens come from.
     *
     * @default none
     */
    readonly token?: EffectToken<R> | undefined;
  };

/** What comes from the program, in the batcher's words. */
type Lent = { readonly [Name in "token" | "scheduler" | "transport"]: BatchOptions[Name] };

/**
 * The same options for the batcher.
 *
 * @param lent nothing, where they are only to be checked
 */
export function plainOptions<Options extends BatchOptions, R>(
  options: EffectOptions<Options, R> | undefined,
  lent: Lent = {
    token: tokenSource(options?.token, Runtime.defaultRuntime as Runtime.Runtime<R>),
    scheduler: undefined,
    transport: options?.transport,
  },
): Options {
  // The door says what is wrong with it; spread, it would be options without any.
  if (options !== undefined && !holdsNames(options)) return options;
  const plain: BatchOptions = { ...options, ...lent };
  return plain as Options;
}
