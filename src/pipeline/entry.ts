import type { Unsubscribable } from "rxjs";
import type { BatchError } from "../operation/errors.ts";
import { isAtomic, type SentOperation } from "../operation/atomic.ts";
import type { AnyOperation } from "../operation/operation.ts";
import type { OperationResponse } from "../operation/response.ts";
import type { BatchContext, EncodedOperation } from "../wire/wire.ts";
import { type Company, Past } from "./past.ts";

/**
 * Where an entry stands. It moves held → queued → flying, from flying back to any of these or to parked, and once to one
 * of the settled states.
 *
 * - `held`: waits for other operations (order)
 * - `queued`: waits in its lane
 * - `parked`: waits alone for its next attempt
 * - `flying`: in a POST
 * - `checking`: answered; its schema's promise is awaited
 * - `answered`, `failed`, `left`: settled
 */
export type EntryState =
  | "held"
  | "queued"
  | "parked"
  | "flying"
  | "checking"
  | "answered"
  | "failed"
  | "left";

/** Who is told how an operation ended: one for all operations of an operator, or of all `send()` calls. */
export interface Sink {
  answered(entry: Entry, response: OperationResponse<unknown>): void;
  failed(entry: Entry, error: BatchError): void;
}

/** The pipeline that an entry was submitted to. */
export interface Home {
  /** Somebody unsubscribed. */
  leave(entry: Entry): void;
  readonly mark: Mark;
}

/**
 * What an operation remembers of a pipeline that it was submitted to. An operation may be a constant, which outlives any
 * number of pipelines, so the mark leads to none of them (design rule 7).
 */
export class Mark {
  /** Nothing can be submitted any more, so nothing can depend on what was. */
  isOver = false;
  /** Stands for every submission that was answered: all that a dependent needs to know of it. */
  readonly answered: Submission = {
    mark: this,
    state: "answered",
    error: undefined,
    response: undefined,
  };
}

/** What an entry is out with: a POST, or afterwards the promise of its schema. */
export interface Flight {
  /** Nothing of it has been sent yet, although its POST counts as an attempt of those aboard. */
  readonly isPreparing: boolean;
  /** It left, or is settled: one less waits for this. */
  lose(): void;
}

const NONE: readonly never[] = /* @__PURE__ */ Object.freeze([]);

/** What order knows of an entry that waits for others, or that others wait for. */
export class Ties {
  /** How many of `needs` have not succeeded yet, and one more while somebody else has the turn of its ordering key. */
  waits = 0;
  needs: readonly Entry[] = NONE;
  /** What a derived operation is built from, until it is. */
  parents: readonly Submission[] = NONE;
  dependents: Entry[] = [];
  /** The next in line for the same ordering key. */
  nextOfKey: Entry | undefined = undefined;
  /** It is the one of its ordering key that may be out. */
  hasTurn = false;
  /** What it was answered with, where something is derived from that. */
  answer: OperationResponse<unknown> | undefined = undefined;
}

/** Reads that are one to the server. */
export interface Sharing {
  /** Those of them that wait in the lane: they count as one. */
  readonly queued: ReadonlySet<Entry>;
  /** What that one adds to a body, in octets. */
  readonly bytes: number;
  /** It has been asked for more than once: then no body may be anybody else's too. */
  readonly isShared: boolean;
  /** @returns whether it is the first that waits */
  add(entry: Entry): boolean;
  /** @returns whether none waits any more */
  remove(entry: Entry): boolean;
  /** It leaves, so whoever comes from now on shares with others. */
  close(): void;
  /** One wait for all before the same attempt, so that they share that one too. */
  delayMs(attempts: number, draw: () => number): number;
}

/** What is known of an operation's latest submission to one pipeline, for those that depend on it. */
export interface Submission {
  readonly mark: Mark;
  readonly state: EntryState;
  readonly error: BatchError | undefined;
  /** Kept for what is derived from it; `undefined` while there is none, or when it was not kept. */
  readonly response: OperationResponse<unknown> | undefined;
}

/** One submission: an operation that waits, and who waits for it. It is its own teardown: no closure per operation. */
export class Entry implements Unsubscribable, Submission {
  /** What was submitted. */
  declare readonly operation: AnyOperation;
  /** What is sent: of a derived operation there is nothing before its parents have succeeded. */
  declare built: SentOperation | undefined;
  declare readonly mark: Mark;
  state: EntryState = "held";
  context: BatchContext | undefined = undefined;
  encoded: EncodedOperation | undefined = undefined;

  /** How it hangs together with others: most entries do not, and then nothing is made for it. */
  ties: Ties | undefined = undefined;

  /** Reads that are one with it. */
  share: Sharing | undefined = undefined;

  queuedAtMs = 0;
  firstSentAtMs = 0;
  /** POSTs that carried it, or that it is aboard of. */
  attempts = 0;
  /** What became of them: most entries are answered at once, and then nothing is made for it. */
  past: Past | undefined = undefined;

  flight: Flight | undefined = undefined;
  #home: Home | undefined;
  declare sink: Sink | undefined;
  declare receiver: unknown;
  error: BatchError | undefined = undefined;

  /** Its neighbours among all that is in hand. */
  before: Entry | undefined = undefined;
  after: Entry | undefined = undefined;
  /** Its neighbours among those who wait in its lane. */
  ahead: Entry | undefined = undefined;
  behind: Entry | undefined = undefined;

  constructor(operation: AnyOperation, home: Home, sink: Sink, receiver?: unknown) {
    this.operation = operation;
    this.built = operation.method !== undefined || isAtomic(operation) ? operation : undefined;
    this.mark = home.mark;
    this.#home = home;
    this.sink = sink;
    this.receiver = receiver;
  }

  /** For how many others it waits. */
  get waits(): number {
    return this.ties === undefined ? 0 : this.ties.waits;
  }

  /** An attempt has ended so that nobody can know whether it ran. */
  get mayHaveRun(): boolean {
    return this.past !== undefined && this.past.mayHaveRun;
  }

  /** With whom it goes, and with nobody else. */
  get company(): Company | undefined {
    return this.past === undefined ? undefined : this.past.company;
  }

  get response(): OperationResponse<unknown> | undefined {
    return this.ties === undefined ? undefined : this.ties.answer;
  }

  /** How many operations it is to a batch: a group counts its members. */
  get size(): number {
    const { built } = this;
    return built?.method === undefined ? built?.members.length ?? 1 : 1;
  }

  /** Whose token opens it. */
  get account(): string | undefined {
    return this.built?.account;
  }

  /** POSTs that carried it, as users are told. */
  get posts(): number {
    return this.flight?.isPreparing === true ? this.attempts - 1 : this.attempts;
  }

  get isSettled(): boolean {
    return this.state === "answered" || this.state === "failed" || this.state === "left";
  }

  unsubscribe(): void {
    if (!this.isSettled) this.#home!.leave(this);
  }

  /** An operation outlives its entry by far: what it keeps is the outcome, for those that depend on it later. */
  release(): void {
    this.context = undefined;
    this.encoded = undefined;
    this.share = undefined;
    if (this.ties !== undefined) {
      this.ties.needs = NONE;
      this.ties.parents = NONE;
      this.ties.dependents = [];
    }
    this.#home = undefined;
    this.sink = undefined;
    this.receiver = undefined;
  }
}

/** May these two wait together? */
export function isSameLane(a: Entry, b: Entry): boolean {
  return a.account === b.account && a.context!.key === b.context!.key;
}

/** Made when it is first needed. */
export function tiesOf(entry: Entry): Ties {
  return entry.ties ??= new Ties();
}

/** Made when it is first needed. */
export function pastOf(entry: Entry): Past {
  return entry.past ??= new Past();
}
