import { checkTransport } from "./given_transport.ts";
import type { Observer, SchedulerLike } from "rxjs";
import type { BatchEvent } from "./events.ts";
import { checkedHeaderFunctions } from "./headers.ts";
import type {
  BatchOptions,
  BeforeSend,
  HeaderFunction,
  Pace,
  RetryOptions,
  TokenSource,
} from "./options.ts";
import { checkedScopes, isCredential } from "./credential.ts";
import { kindOf } from "../operation/check/kind.ts";
import { tokenFault } from "./token.ts";
import type { MakeTransport } from "../transport/transport.ts";

/** Options, checked once, with every default in its place. */
export interface Settings {
  readonly token: TokenSource | undefined;
  /** What a credential is asked for. */
  readonly scopes: readonly string[];
  /** Those that do not stand in the wire for good. */
  readonly headers: HeaderFunction | undefined;
  readonly refreshOn: BatchOptions["refreshOn"];
  readonly maxBatchSize: number;
  readonly maxWaitMs: number;
  readonly maxBatchBytes: number;
  readonly concurrency: number;
  readonly concurrencyPerContext: number;
  readonly continueOnError: boolean;
  readonly retry: RetrySettings;
  readonly pace: Pace | undefined;
  readonly shareReads: boolean;
  readonly beforeSend: BeforeSend | undefined;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly abortUnsafe: boolean;
  readonly maxQueued: number;
  readonly events: Partial<Observer<BatchEvent>> | undefined;
  readonly transport: MakeTransport;
  /** `undefined`: the one of the runtime. */
  readonly scheduler: SchedulerLike | undefined;
  readonly signal: AbortSignal | undefined;
}

/** `retry`, checked. */
export interface RetrySettings {
  readonly isOn: boolean;
  readonly maxRetries: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxTotalMs: number;
  readonly refusedStatuses: ReadonlySet<number>;
}

/** Timers of every runtime hold a signed 32-bit number of milliseconds; a longer one would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Checks what all dialects have in common.
 *
 * @param options as the user gave them
 * @param wire its name, for messages, and its limit, which `maxBatchSize` is by default and may not pass
 * @param defaults the transport and the share of one lane where the user set nothing; without the latter it is 4
 * @returns the settings, frozen
 * @throws {TypeError} when an option is of the wrong type
 * @throws {RangeError} when a number is out of range
 */
export function checkedSettings(
  options: BatchOptions,
  wire: { readonly name: string; readonly maxBatchSize: number },
  defaults: { readonly transport: MakeTransport; readonly concurrencyPerContext?: number },
): Settings {
  const { beforeSend, token, events, transport, scheduler, signal } = options;
  if (token !== undefined && typeof token !== "function" && !isCredential(token)) {
    const fault = tokenFault(token, "option token");
    if (fault !== undefined) throw fault;
  }
  if (events !== undefined) {
    const isObserver = typeof events === "object" && events !== null && !Array.isArray(events);
    check("events", events, "an observer", isObserver);
  }
  if (transport !== undefined) checkTransport(transport);
  if (beforeSend !== undefined) {
    check("beforeSend", beforeSend, "a function", typeof beforeSend === "function");
  }
  if (scheduler !== undefined) {
    const isScheduler = typeof scheduler?.schedule === "function" &&
      typeof scheduler.now === "function";
    check("scheduler", scheduler, "a scheduler", isScheduler);
  }
  if (signal !== undefined) {
    check("signal", signal, "an AbortSignal", typeof signal?.addEventListener === "function");
  }
  const concurrency = integer("concurrency", options.concurrency, 4, 1, 10_000);
  return Object.freeze({
    token,
    scopes: checkedScopes(options.scopes, token),
    ...checkedHeaderFunctions(options),
    maxBatchSize: integer(
      "maxBatchSize",
      options.maxBatchSize,
      wire.maxBatchSize,
      1,
      wire.maxBatchSize,
    ),
    maxWaitMs: duration("maxWaitMs", options.maxWaitMs, 10, 0),
    maxBatchBytes: integer("maxBatchBytes", options.maxBatchBytes, 4 * 2 ** 20, 1),
    concurrency,
    concurrencyPerContext: integer(
      "concurrencyPerContext",
      options.concurrencyPerContext,
      defaults.concurrencyPerContext ?? 4,
      1,
      10_000,
    ),
    continueOnError: boolean("continueOnError", options.continueOnError, true),
    retry: retrySettings(options.retry),
    pace: paceSettings(options.pace),
    shareReads: boolean("shareReads", options.shareReads, false),
    beforeSend,
    timeoutMs: duration("timeoutMs", options.timeoutMs, 100_000, 1),
    maxResponseBytes: integer("maxResponseBytes", options.maxResponseBytes, 128 * 2 ** 20, 1),
    abortUnsafe: boolean("abortUnsafe", options.abortUnsafe, false),
    maxQueued: integer("maxQueued", options.maxQueued, Infinity, 1),
    events,
    transport: transport === undefined ? defaults.transport : () => transport,
    scheduler,
    signal,
  });
}

function paceSettings(pace: Pace | undefined): Pace | undefined {
  if (pace === undefined) return undefined;
  check("pace", pace, "an object", typeof pace === "object" && pace !== null);
  const { operations, perMs } = pace;
  check("pace.operations", operations, "a number", typeof operations === "number");
  check("pace.perMs", perMs, "a number", typeof perMs === "number");
  return Object.freeze({
    operations: integer("pace.operations", operations, 1, 1),
    perMs: duration("pace.perMs", perMs, 1, 1),
  });
}

function retrySettings(retry: RetryOptions | false | undefined): RetrySettings {
  if (retry !== undefined && retry !== false) {
    check("retry", retry, "an object or false", typeof retry === "object" && retry !== null);
  }
  const {
    maxRetries,
    baseDelayMs,
    maxDelayMs,
    maxTotalMs,
    refusedStatuses: statuses = [401, 408, 413, 424, 429],
  } = retry || {};
  check("retry.refusedStatuses", statuses, "an array", Array.isArray(statuses));
  for (const status of statuses) integer("retry.refusedStatuses", status, status, 400, 599);
  return Object.freeze({
    isOn: retry !== false,
    maxRetries: integer("retry.maxRetries", maxRetries, 3, 0),
    baseDelayMs: duration("retry.baseDelayMs", baseDelayMs, 500, 0),
    maxDelayMs: duration("retry.maxDelayMs", maxDelayMs, 30_000, 0),
    maxTotalMs: duration("retry.maxTotalMs", maxTotalMs, 120_000, 0),
    refusedStatuses: new Set(statuses),
  });
}

function integer(
  name: string,
  value: number | undefined,
  fallback: number,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (value === undefined) return fallback;
  check(name, value, "a number", typeof value === "number");
  if (value === Infinity && fallback === Infinity) return value;
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(
      `Cannot use option ${name} as it must be a whole number from ${min} to ${max}: current value is ${value}`,
    );
  }
  return value;
}

function duration(
  name: string,
  value: number | undefined,
  fallback: number,
  min: number,
): number {
  if (value === undefined) return fallback;
  check(name, value, "a number", typeof value === "number");
  if (!(value >= min && value <= MAX_TIMER_MS)) {
    throw new RangeError(
      `Cannot use option ${name} as it must be from ${min} to ${MAX_TIMER_MS} milliseconds: current value is ${value}`,
    );
  }
  return value;
}

function boolean(name: string, value: boolean | undefined, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  check(name, value, "a boolean", typeof value === "boolean");
  return value;
}

function check(name: string, value: unknown, expected: string, isRight: boolean): void {
  if (isRight) return;
  throw new TypeError(
    `Cannot use option ${name} as it must be ${expected}: current value is ${kindOf(value)}`,
  );
}
