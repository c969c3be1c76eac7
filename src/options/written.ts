import type { Pace, RetryOptions, ServiceOptions } from "./options.ts";

/** How an option is written where everything is text: in the environment, or in a file of settings. */
export type Written =
  | "text"
  | "secret"
  | "number"
  | "whole"
  | "flag"
  | readonly string[]
  | { readonly [Member: string]: "number" | "whole" };

type WrittenAs<Value> = [Value] extends [boolean] ? "flag"
  : [Value] extends [number] ? "number" | "whole"
  : [Value] extends [string] ? (string extends Value ? "text" : readonly Value[])
  : { readonly [Member in keyof Value]-?: WrittenAs<NonNullable<Value[Member]>> };

/** One way for each option: none may be missing, and none may be too many. */
export type WrittenOptions<Options> =
  & { readonly [Name in Exclude<keyof Options, "token">]-?: WrittenAs<NonNullable<Options[Name]>> }
  & { readonly token: "secret" };

/** Functions, objects with methods, and what stands beside them: no text says what they are. */
export const UNWRITTEN = [
  "scopes",
  "headers",
  "refreshOn",
  "beforeSend",
  "parseJson",
  "stringifyJson",
  "events",
  "transport",
  "scheduler",
  "signal",
] as const;
/** The name of one of them. */
export type UnwrittenName = (typeof UNWRITTEN)[number];

/** What text can say of when to try again. */
export type WrittenRetry = Omit<RetryOptions, "refusedStatuses">;

/** What every dialect that speaks HTTP to one service can be told in text. */
export const WRITTEN_SERVICE: WrittenOptions<
  & Omit<ServiceOptions, UnwrittenName | "retry">
  & { readonly baseUrl?: string; readonly retry?: WrittenRetry; readonly pace?: Pace }
> = {
  token: "secret",
  baseUrl: "text",
  linkBase: "text",
  maxBatchSize: "whole",
  maxWaitMs: "number",
  maxBatchBytes: "whole",
  concurrency: "whole",
  concurrencyPerContext: "whole",
  continueOnError: "flag",
  retry: {
    maxRetries: "whole",
    baseDelayMs: "number",
    maxDelayMs: "number",
    maxTotalMs: "number",
  },
  pace: { operations: "whole", perMs: "number" },
  shareReads: "flag",
  timeoutMs: "number",
  maxResponseBytes: "whole",
  maxPartHeaderBytes: "whole",
  maxParts: "whole",
  maxNestingDepth: "whole",
  abortUnsafe: "flag",
  maxQueued: "whole",
};

/** `maxWaitMs` is `MAX_WAIT_MS`. */
export function variableOf(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
