import { Schema } from "@effect/schema";
import type {
  GraphOptions,
  HeaderFunction,
  OutlookOptions,
  RetryOptions,
  TokenCredential,
} from "../../mod.ts";

/** One schema for each option: none may be missing, and none may be too many. */
type Options<T> = { readonly [Name in keyof T]-?: Schema.Schema<NonNullable<T[Name]>> };

function described<T>(options: Options<T>): Schema.Schema<T> {
  const fields = Object.entries<Schema.Schema.AnyNoContext>(options)
    .map(([name, option]) => [name, Schema.optional(option)] as const);
  return known(Schema.Struct(Object.fromEntries(fields)) as Schema.Schema.AnyNoContext);
}

/** A name that nobody reads is refused, as the doors refuse it: whoever dropped it would drop a promise. */
function known<T>(options: Schema.Schema<T>): Schema.Schema<T> {
  return options.annotations({ parseOptions: { onExcessProperty: "error" } });
}

const whole = (min: number, max: number = Number.MAX_SAFE_INTEGER): Schema.Schema<number> =>
  Schema.Int.pipe(Schema.between(min, max));

/** Timers of every runtime hold a signed 32-bit number of milliseconds. */
const milliseconds = (min: number): Schema.Schema<number> =>
  Schema.Number.pipe(Schema.between(min, 2 ** 31 - 1));

/** What JSON cannot hold: a function, or an object with methods. */
function living<T>(name: string, method?: string): Schema.Schema<T> {
  return Schema.declare(
    (value: unknown): value is T =>
      method === undefined
        ? typeof value === "function"
        : typeof (value as Record<string, unknown> | null | undefined)?.[method] === "function",
    {
      identifier: name,
    },
  );
}

const retryOptions: Options<RetryOptions> = {
  maxRetries: whole(0),
  baseDelayMs: milliseconds(0),
  maxDelayMs: milliseconds(0),
  maxTotalMs: milliseconds(0),
  refusedStatuses: Schema.Array(whole(400, 599)),
};

const token: Options<OutlookOptions>["token"] = Schema.Union(
  Schema.String.pipe(Schema.pattern(/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/)),
  living<Exclude<OutlookOptions["token"], string | undefined>>("a token function"),
  living<TokenCredential>("a credential", "getToken"),
);

const serviceOptions: Options<
  Omit<OutlookOptions, "anchorMailbox" | "contentLength" | "continueOnError">
> = {
  baseUrl: Schema.String,
  token,
  headers: Schema.Union(
    Schema.Record({ key: Schema.String, value: Schema.String }),
    living<HeaderFunction>("a function"),
  ),
  refreshOn: living("a function"),
  linkBase: Schema.String,
  parseJson: living("a function"),
  stringifyJson: living("a function"),
  scopes: Schema.Union(Schema.String, Schema.Array(Schema.String)),
  maxBatchSize: whole(1, 20),
  maxWaitMs: milliseconds(0),
  maxBatchBytes: whole(1),
  concurrency: whole(1, 10_000),
  concurrencyPerContext: whole(1, 10_000),
  retry: Schema.Union(Schema.Literal(false), described(retryOptions)),
  pace: known(Schema.Struct({ operations: whole(1), perMs: milliseconds(1) })),
  shareReads: Schema.Boolean,
  beforeSend: living("a function"),
  timeoutMs: milliseconds(1),
  maxResponseBytes: whole(1),
  maxPartHeaderBytes: whole(1),
  maxParts: whole(1),
  maxNestingDepth: whole(1),
  abortUnsafe: Schema.Boolean,
  maxQueued: Schema.Union(whole(1), Schema.Literal(Infinity)),
  events: Schema.declare(
    (value): value is NonNullable<OutlookOptions["events"]> =>
      typeof value === "object" && value !== null,
    { identifier: "an observer" },
  ),
  transport: living("a transport"),
  scheduler: living("a scheduler", "schedule"),
  signal: living("an AbortSignal", "addEventListener"),
};

/**
 * The options of `batchOutlook` and `createOutlookBatcher`, to read them out of a file. A name that nobody reads does not
 * fit.
 *
 * @example
 * ```ts
 * import { Schema } from "@effect/schema";
 * import { batchOutlook } from "@rxbatch/rxbatch";
 * import { OutlookOptionsSchema } from "@rxbatch/rxbatch/schema";
 *
 * const file = `{ "concurrency": 8, "retry": { "maxRetries": 5 } }`;
 * const options = Schema.decodeSync(Schema.parseJson(OutlookOptionsSchema))(file);
 * const operator = batchOutlook(options);
 * ```
 */
export const OutlookOptionsSchema: Schema.Schema<OutlookOptions> = described<OutlookOptions>({
  ...serviceOptions,
  anchorMailbox: Schema.String,
  contentLength: Schema.Boolean,
  continueOnError: Schema.Boolean,
});

/** The options of `batchGraph` and `createGraphBatcher`, to read them out of a file. A name that nobody reads does not fit. */
export const GraphOptionsSchema: Schema.Schema<GraphOptions> = described<GraphOptions>({
  ...serviceOptions,
  laneOf: living("a function from operations to lanes"),
  mixContexts: Schema.Boolean,
});
