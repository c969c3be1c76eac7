import type { Observable, Observer, SchedulerLike } from "rxjs";
import type { TokenCredential } from "./credential.ts";
import type { Operation } from "../operation/operation.ts";
import type { BatchEvent } from "./events.ts";
import type { ResponseHead, Transport } from "../transport/transport.ts";

/**
 * Where tokens come from: a string, a credential (which is asked for `scopes`), or a function; both are asked before a
 * batch is sealed.
 *
 * `context` is the mailbox in the wire's spelling, `account` that of the operations, `refresh` is true when the last token
 * was refused with 401, and `signal` aborts when nobody waits for the answer any more. Of an Observable the first value
 * counts. Concurrent asks for one context and account share one call.
 *
 * **It runs outside the async context of whoever sent the operations.** One call serves operations of many callers, so
 * what an `AsyncLocalStorage` holds there is another caller's, or nobody's: never read from it whose token to give. That
 * is what `account` is for.
 */
export type TokenSource =
  | string
  | TokenCredential
  | ((
    context: string,
    options: {
      readonly refresh: boolean;
      readonly account: string | undefined;
      readonly signal: AbortSignal;
    },
  ) => string | PromiseLike<string> | Observable<string>);

/**
 * Gives the headers of a batch, as a function of `token` gives its token: asked before a batch is sealed, with `refresh`
 * when `refreshOn` said that the last ones are not good any more; concurrent asks for one context and account share one
 * call, and of an Observable the first value counts. It runs outside the async context of whoever sent the operations.
 */
export type HeaderFunction = (
  context: string,
  options: {
    readonly refresh: boolean;
    readonly account: string | undefined;
    readonly signal: AbortSignal;
  },
) =>
  | Readonly<Record<string, string>>
  | PromiseLike<Readonly<Record<string, string>>>
  | Observable<Readonly<Record<string, string>>>;

/** How fast a lane may send. */
export interface Pace {
  /** The most operations in any span of `perMs`, repeats counted. */
  readonly operations: number;
  /** The length of that span, in milliseconds. */
  readonly perMs: number;
}

/**
 * Is called with what a batch carries, when it is sealed and before anything of it is out, at each attempt: for journals,
 * approvals, shared limits. What it rejects is never sent; `signal` aborts when nobody waits for it any more.
 */
export type BeforeSend = (
  operations: readonly Operation[],
  options: {
    readonly context: string;
    readonly account: string | undefined;
    readonly signal: AbortSignal;
  },
) => void | PromiseLike<void>;

/** When and how often to try again. */
export interface RetryOptions {
  /**
   * How often one operation is sent again.
   *
   * @default 3
   */
  readonly maxRetries?: number | undefined;
  /**
   * The bound of the first wait; it doubles with each attempt, and the wait is drawn evenly below it (full jitter).
   *
   * @default 500 (milliseconds)
   */
  readonly baseDelayMs?: number | undefined;
  /**
   * What the bound grows to. A Retry-After of the server is never shortened, by whatever option, up to one hour.
   *
   * @default 30_000 (milliseconds)
   */
  readonly maxDelayMs?: number | undefined;
  /**
   * How long after its first POST an operation may still be sent again; a longer pause settles it at once. What was never
   * sent waits for as long as it takes, but after `close()` no longer than this.
   *
   * @default 120_000 (milliseconds)
   */
  readonly maxTotalMs?: number | undefined;
  /**
   * The statuses with which a server surely refuses without running anything, in place of the default ones; 408 counts on
   * a whole batch only. Add 503 for a server that you trust so far.
   *
   * @default [401, 408, 413, 424, 429]
   */
  readonly refusedStatuses?: readonly number[] | undefined;
}

/** What every dialect has in common. */
export interface BatchOptions {
  /**
   * Where tokens come from.
   *
   * @default none
   */
  readonly token?: TokenSource | undefined;
  /**
   * What a credential is asked for, such as `"https://graph.microsoft.com/.default"`.
   *
   * @default none; there must be some beside a credential
   */
  readonly scopes?: string | readonly string[] | undefined;
  /**
   * Apply to every operation, whose own header wins; or a function that gives them. `Prefer` goes to the operations: the
   * batch's own is continue-on-error alone. No `Content-*`, no `Host`, and no `Authorization` beside `token`. A wire of
   * your own has what stands for good itself, so `createBatcher` and `batch` take a function only.
   *
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>> | HeaderFunction | undefined;
  /**
   * Does an answer want fresh headers, and has nothing run? Is asked of each POST that was refused as a whole, and of each
   * part with an error; then the function in `headers` is asked with `refresh`, and what was refused goes again once, as no
   * attempt, whatever its method.
   *
   * @default none: headers are never refused
   */
  readonly refreshOn?: ((head: ResponseHead) => boolean) | undefined;
  /**
   * The most operations in one batch.
   *
   * @default the wire's limit, 20 of Graph and Outlook; 100 for OData, and 1000 for `odataWire()` by itself
   */
  readonly maxBatchSize?: number | undefined;
  /**
   * The longest that an operation waits for company; 0: it leaves after the current synchronous run.
   *
   * @default 10 (milliseconds)
   */
  readonly maxWaitMs?: number | undefined;
  /**
   * Soft limit of one batch request's body; an operation larger than that goes alone.
   *
   * @default 4_194_304 (bytes)
   */
  readonly maxBatchBytes?: number | undefined;
  /**
   * Batch POSTs in flight, all lanes together.
   *
   * @default 4
   */
  readonly concurrency?: number | undefined;
  /**
   * Batch POSTs in flight for one lane.
   *
   * @default 4; at the Graph doors 1
   */
  readonly concurrencyPerContext?: number | undefined;
  /**
   * Sends `Prefer: odata.continue-on-error` with a multipart batch; a JSON batch goes on by itself. Off is for servers
   * that refuse the header: what they then skip goes again, so it is no way to make one operation depend on another
   * (`dependsOn` is).
   *
   * @default true
   */
  readonly continueOnError?: boolean | undefined;
  /**
   * When and how often to try again; `false` turns it off.
   *
   * @default { maxRetries: 3, baseDelayMs: 500, maxDelayMs: 30_000, maxTotalMs: 120_000,
   * refusedStatuses: [401, 408, 413, 424, 429] }
   */
  readonly retry?: RetryOptions | false | undefined;
  /**
   * How fast each lane may send, whatever its slots allow. Graph and Outlook slow down by themselves when an answer says
   * that a limit is near.
   *
   * @default none
   */
  readonly pace?: Pace | undefined;
  /**
   * Reads that wait for their first POST and are the same to the server (lane, URL, headers, and what was said of their
   * answers) go as one; each subscriber gets an answer of his own, and the last one who leaves withdraws it. URLs are
   * compared as they are written.
   *
   * @default false
   */
  readonly shareReads?: boolean | undefined;
  /**
   * Is asked before each batch leaves; a rejection fails its operations with `NotExecutedError`, for good.
   *
   * @default none
   */
  readonly beforeSend?: BeforeSend | undefined;
  /**
   * One batch POST, from taking the slot to the last byte, token included; the same again for a schema's promise.
   *
   * @default 100_000 (milliseconds)
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The most bytes of one batch answer.
   *
   * @default 134_217_728 (bytes)
   */
  readonly maxResponseBytes?: number | undefined;
  /**
   * May a POST that carries unsafe operations be aborted when nobody waits for it any more?
   *
   * @default false
   */
  readonly abortUnsafe?: boolean | undefined;
  /**
   * Guard for servers: the most operations held or waiting, not in flight; one more fails at once with `LimitError`.
   *
   * @default none
   */
  readonly maxQueued?: number | undefined;
  /**
   * Is told what happens; for the operator form, which has no `events`. A batcher completes it when it is closed; an
   * operator never does, as each of its subscriptions tells it.
   *
   * @default none
   */
  readonly events?: Partial<Observer<BatchEvent>> | undefined;
  /**
   * How batches travel.
   *
   * @default undici in the npm package on Node, fetch everywhere else
   */
  readonly transport?: Transport | undefined;
  /**
   * The clock: a TestScheduler puts the whole pipeline into virtual time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
  /**
   * Aborting it fails everything in hand with `ClosedError`, and everything submitted later.
   *
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
}

/** What the dialects that speak HTTP to one service have in common. */
export interface ServiceOptions extends BatchOptions {
  /**
   * The URL by which the service calls itself in its links, when `baseUrl` is a proxy: such a link is rewritten onto
   * `baseUrl`, and nothing, least of all the token, ever goes there. Down to the same root as `baseUrl`, version included.
   *
   * @default none; for Graph its own links, in all of Microsoft's clouds
   */
  readonly linkBase?: string | undefined;
  /**
   * Makes a value of each body that is JSON, from its text as it stood: for Int64, Decimal and BigInt, which `JSON.parse`
   * rounds. `schema` sees what it returns. Errors' bodies go through it too; `read` does not.
   *
   * @default JSON.parse
   */
  readonly parseJson?: ((text: string) => unknown) | undefined;
  /**
   * Makes the JSON text of each body that was given as a value: for Int64, Decimal and BigInt, of which `JSON.stringify`
   * makes strings or nothing. It gets a copy of the value as it was when the operation was made (objects with a `toJSON`
   * by themselves, as those of decimal libraries) and is asked once for each operation. Bodies that are text or bytes go
   * as they are.
   *
   * @default JSON.stringify
   */
  readonly stringifyJson?: ((value: unknown) => string) | undefined;
  /**
   * The most bytes of one part's headers.
   *
   * @default 65_536 (bytes)
   */
  readonly maxPartHeaderBytes?: number | undefined;
  /**
   * The most parts of one answer.
   *
   * @default 1_000
   */
  readonly maxParts?: number | undefined;
  /**
   * How deep multipart may stand in multipart.
   *
   * @default 4
   */
  readonly maxNestingDepth?: number | undefined;
}
