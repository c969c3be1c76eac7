/** Why a batch left when it did. */
export type BatchReason = "count" | "bytes" | "time" | "flush" | "complete" | "slot";

/** Something that happened: operations, batches and lanes are named by number and label, never by URL or address. */
export type BatchEvent =
  | {
    /** An operation was submitted: told while whoever did that is still on the stack. */
    readonly type: "queued";
    /** The operation's id. */
    readonly operation: number;
    /** The operation's label, when it has one. */
    readonly label?: string | undefined;
    /** The wire's name: `graph`, `outlook`, `odata`, or that of your own. */
    readonly wire: string;
    /** The lane that it joined, or `undefined` while it is held back by its order. */
    readonly lane: number | undefined;
  }
  | {
    /** A batch POST left. */
    readonly type: "sent";
    /** The batch. */
    readonly batch: number;
    /** Its lane. */
    readonly lane: number;
    /** The wire's name: `graph`, `outlook`, `odata`, or that of your own. */
    readonly wire: string;
    /** The origin of `baseUrl`: configuration, and no more of the URL than that. */
    readonly origin: string;
    /** The ids of its operations, in the order of the body. */
    readonly operations: readonly number[];
    /** How many places it has: a group, and a read that several share, has one. */
    readonly size: number;
    /** The size of its body. */
    readonly bytes: number;
    /** Why it left. */
    readonly reason: BatchReason;
    /** How long its oldest operation had waited. */
    readonly waitedMs: number;
    /** The highest attempt among its operations, from 1. */
    readonly attempt: number;
  }
  | {
    /** A batch POST ended. */
    readonly type: "answered";
    /** The batch. */
    readonly batch: number;
    /** Its lane. */
    readonly lane: number;
    /** The outer status, or `undefined` when there was no answer. */
    readonly status: number | undefined;
    /** How many parts were read. */
    readonly parts: number;
    /** From leaving to the last byte. */
    readonly durationMs: number;
    /** The answer's `request-id`. */
    readonly requestId: string | undefined;
    /** The answer's `client-request-id`. */
    readonly clientRequestId: string | undefined;
  }
  | {
    /** An operation goes again. */
    readonly type: "retried";
    /** The operation's id. */
    readonly operation: number;
    /** The operation's label, when it has one. */
    readonly label?: string | undefined;
    /** Its lane. */
    readonly lane: number;
    /** The attempt that failed, from 1. */
    readonly attempt: number;
    /** How long it waits at least. */
    readonly delayMs: number;
    /** The status that it got, or `undefined` when it got none. */
    readonly status: number | undefined;
  }
  | {
    /** A lane pauses. */
    readonly type: "paused";
    /** The lane. */
    readonly lane: number;
    /** What of the lane pauses, when that is what is for one service alone (on Graph: `files`, `outlook`, …). */
    readonly service?: string | undefined;
    /** For how long from now. */
    readonly delayMs: number;
    /** The server asked for it, something failed and goes again, or a limit of the server is near. */
    readonly reason: "asked" | "backoff" | "near limit";
  }
  | {
    /** An operation is done. */
    readonly type: "settled";
    /** The operation's id. */
    readonly operation: number;
    /** The operation's label, when it has one. */
    readonly label?: string | undefined;
    /** How it ended. */
    readonly outcome: "answered" | "failed" | "left";
    /** The `_tag` of its error, when it failed. */
    readonly error: string | undefined;
    /** How many times it was sent. */
    readonly attempts: number;
  }
  | {
    /**
     * The platform's own transport cannot be loaded: told once, with the first batch. On Node that is a bundle in which
     * undici does not work: leave undici out of the bundle, or name a transport.
     */
    readonly type: "transport";
    /** What carries batches in its place. */
    readonly used: "fetch";
    /** What should have. */
    readonly wanted: "undici";
    /** Why it cannot be loaded. */
    readonly cause: unknown;
  };
