import { kindOf } from "../operation/check/kind.ts";
import { checkKnownNames, holdsNames, type KnownNames } from "../operation/check/known_names.ts";
import type { BatchOptions, Pace, RetryOptions, ServiceOptions } from "./options.ts";

/** The options of every dialect. */
export const BATCH_NAMES: KnownNames<BatchOptions> = {
  token: true,
  scopes: true,
  headers: true,
  refreshOn: true,
  maxBatchSize: true,
  maxWaitMs: true,
  maxBatchBytes: true,
  concurrency: true,
  concurrencyPerContext: true,
  continueOnError: true,
  retry: true,
  pace: true,
  shareReads: true,
  beforeSend: true,
  timeoutMs: true,
  maxResponseBytes: true,
  abortUnsafe: true,
  maxQueued: true,
  events: true,
  transport: true,
  scheduler: true,
  signal: true,
};

/** The options of the dialects that speak HTTP to one service; made when asked for, as bundlers keep what is spread. */
export const serviceNames = (): KnownNames<ServiceOptions> => ({
  ...BATCH_NAMES,
  linkBase: true,
  parseJson: true,
  stringifyJson: true,
  maxPartHeaderBytes: true,
  maxParts: true,
  maxNestingDepth: true,
});

const RETRY_NAMES: KnownNames<RetryOptions> = {
  maxRetries: true,
  baseDelayMs: true,
  maxDelayMs: true,
  maxTotalMs: true,
  refusedStatuses: true,
};

const PACE_NAMES: KnownNames<Pace> = { operations: true, perMs: true };

/**
 * Checks that options are an object in which every name is read by somebody.
 *
 * @param options as the user gave them
 * @param known the names of this door's options
 * @throws {TypeError} when they are no object, an Observable, or have a name that is not known
 */
export function checkOptionNames(
  options: object,
  known: Readonly<Record<string, true>>,
): void {
  if (typeof options === "object" && options !== null && "subscribe" in options) {
    throw new TypeError(
      "Cannot make a batcher as options must be an object: current value is an Observable (call the operator: pipe(batchGraph()) and not pipe(batchGraph))",
    );
  }
  if (!holdsNames(options)) {
    throw new TypeError(
      `Cannot make a batcher as options must be an object: current value is ${kindOf(options)}`,
    );
  }
  const retryMembers = Object.keys(RETRY_NAMES).map((name) => `retry.${name}`);
  checkKnownNames("options", options, known, retryMembers);
  const { pace, retry }: { pace?: unknown; retry?: unknown } = options;
  if (typeof retry === "object" && retry !== null) {
    checkKnownNames("option retry", retry, RETRY_NAMES);
  }
  if (typeof pace === "object" && pace !== null) {
    checkKnownNames("option pace", pace, PACE_NAMES);
  }
}
