import type { LedgerEntry } from "../ledger.ts";

/** What a fault may look at before it strikes. */
export interface FaultTarget {
  /** The batch, from 1. */
  readonly post: number;
  /** The address of the mailbox. */
  readonly mailbox: string;
  /** All operations of the batch. */
  readonly entries: readonly LedgerEntry[];
  /** The operation in question, for a fault on a part. */
  readonly entry: LedgerEntry | undefined;
}

/** When a fault strikes. */
export interface FaultRule {
  /**
   * Drawn by the server's seed for each batch (or part).
   *
   * @default 1
   */
  readonly probability?: number | undefined;
  /**
   * How often at most.
   *
   * @default Infinity
   */
  readonly times?: number | undefined;
  /**
   * Strikes only where this says so.
   *
   * @default everywhere
   */
  readonly when?: ((target: FaultTarget) => boolean) | undefined;
}

/** A fault that strikes the batch, or single operations in it. */
export interface FaultPlace extends FaultRule {
  /**
   * The whole batch, or each part for itself.
   *
   * @default "batch"
   */
  readonly on?: "batch" | "part" | undefined;
  /**
   * With `on: "part"`: only the operation at this place of the batch, from 0.
   *
   * @default every operation
   */
  readonly index?: number | undefined;
  /**
   * Are the operations carried out nevertheless?
   *
   * @default false
   */
  readonly carriedOut?: boolean | undefined;
}

/**
 * Waits: before the operations are carried out, or (`carriedOut`) between that and the answer; on a part before that
 * part alone.
 */
export interface LatencyFault extends FaultPlace {
  /** The name of the fault. */
  readonly name: "latency";
  /** How long, or between which bounds; `Infinity`: no answer ever comes. Milliseconds. */
  readonly ms: number | readonly [min: number, max: number];
}

/** Answers with this status: 401, 408, 413, 429, 500, 502, 503, 504, or any other. */
export interface StatusFault extends FaultPlace {
  /** The name of the fault. */
  readonly name: "status";
  /** The status, 200 to 599. */
  readonly status: number;
  /**
   * The `Retry-After` header: a number of seconds (fractions too), a date, a date so many milliseconds from now, or any
   * text however absurd.
   *
   * @default no such header
   */
  readonly retryAfter?: number | string | Date | { readonly inMs: number } | undefined;
  /**
   * The OData error code.
   *
   * @default one that fits the status
   */
  readonly code?: string | undefined;
}

/** Answers with the HTML page of a gateway. */
export interface HtmlFault extends FaultPlace {
  /** The name of the fault. */
  readonly name: "html";
  /**
   * The status that goes with it.
   *
   * @default 502
   */
  readonly status?: number | undefined;
}

/** Breaks the connection. */
export interface ResetFault extends FaultRule {
  /** The name of the fault. */
  readonly name: "reset";
  /**
   * Before the head of the answer, or amid its body.
   *
   * @default "before"
   */
  readonly at?: "before" | "after" | undefined;
  /**
   * How many bytes of the body go out, for `at: "after"`.
   *
   * @default drawn by the seed
   */
  readonly afterBytes?: number | undefined;
}

/** Cuts the body short and ends it as if that were all. */
export interface CutFault extends FaultRule {
  /** The name of the fault. */
  readonly name: "cut";
  /**
   * How many bytes of the body go out.
   *
   * @default drawn by the seed
   */
  readonly afterBytes?: number | undefined;
}

/** Lets the body out in small pieces. */
export interface DripFault extends FaultRule {
  /** The name of the fault. */
  readonly name: "drip";
  /**
   * The size of a piece.
   *
   * @default 1 (byte)
   */
  readonly bytes?: number | undefined;
  /**
   * The wait before each piece.
   *
   * @default 0 (milliseconds)
   */
  readonly everyMs?: number | undefined;
}

/**
 * Changes which parts come back. `fewer`: some are left out. `more`: some are added that nobody asked for. `duplicate`:
 * some come twice. `foreign`: some carry a Content-ID that was never sent.
 */
export interface PartsFault extends FaultRule {
  /** The name of the fault. */
  readonly name: "fewer" | "more" | "duplicate" | "foreign";
  /**
   * How many parts; which ones is drawn by the seed.
   *
   * @default 1
   */
  readonly count?: number | undefined;
}

/**
 * Faults without parameters.
 *
 * - `refuse`: the connection is refused, and nothing was sent (`listen()` can only reset it).
 * - `lost`: everything is carried out, then the connection breaks before the head of the answer.
 * - `stop`: stops at the first error whatever `Prefer` says.
 * - `shuffle`: runs the operations in a drawn order, also where the server runs them as requested.
 * - `reorder`: the parts of the answer come in a drawn order.
 * - `boundary`: the head names another boundary than the body uses.
 * - `json`: answers in JSON, whatever was asked for.
 * - `gzip`: compresses the answer.
 */
export interface PlainFault extends FaultRule {
  /** The name of the fault. */
  readonly name:
    | "refuse"
    | "lost"
    | "stop"
    | "shuffle"
    | "reorder"
    | "boundary"
    | "json"
    | "gzip";
}

/** Something that goes wrong, by name. */
export type Fault =
  | LatencyFault
  | StatusFault
  | HtmlFault
  | ResetFault
  | CutFault
  | DripFault
  | PartsFault
  | PlainFault;

/** What strikes one batch: a fault, several, or none. */
export type ScriptedFaults = Fault | readonly Fault[] | undefined;
