import type { Effect } from "effect";

/** A runner that says nothing for so long is gone, in every journal. */
export const SILENT_MS = 10_000;

/** The journal cannot be read or written: its database is away, or full. */
export class JournalError extends Error {
  /** The name of the class. */
  readonly _tag = "JournalError" as const;

  /** `cause`: what the database said. */
  constructor(cause: unknown) {
    super(
      "Cannot use the journal as its database must answer: current value is a failure of it",
      { cause },
    );
    this.name = this._tag;
  }
}

/** What a runner learns when it takes a mailbox over. */
export interface Taken {
  /** Under which its marks are made, one more with each runner. */
  readonly epoch: number;
  /** Nothing of it may be sent until somebody resumes it. */
  readonly isPaused: boolean;
}

/** Which operation of which mailbox. */
export interface JournalKey {
  /** Context, and account where there is one. */
  readonly mailbox: string;
  /** The operation's. */
  readonly key: string;
}

/** An operation that is about to leave. */
export interface Mark extends JournalKey {
  /** Under which its runner holds the mailbox. */
  readonly epoch: number;
  /** The message that it came in. */
  readonly message: string;
  /** Sent twice it could do harm. */
  readonly isUnsafe: boolean;
  /** What its caller calls it. */
  readonly label: string | undefined;
  /** Of what it asks for, where its caller gave it the key: another request under the same key has another one. */
  readonly digest: string | undefined;
}

/** An operation that has ended. */
export interface Settlement extends JournalKey {
  /** The message that it came in. */
  readonly message: string;
  /** How it ended, as it stands in messages. */
  readonly outcome: string;
  /** It may have run: a second call of it gets this outcome. */
  readonly mayHaveRun: boolean;
  /** Nobody knows whether it ran. */
  readonly isUncertain: boolean;
  /** What its caller calls it. */
  readonly label: string | undefined;
}

/** What the journal knows of an operation. */
export interface JournalEntry extends JournalKey {
  /** Under which it was marked; 0 when it never was. */
  readonly epoch: number;
  /** The message that it came in. */
  readonly message: string;
  /** Sent twice it could do harm. */
  readonly isUnsafe: boolean;
  /** How it ended; `undefined`: it was marked, and nobody has said since. */
  readonly outcome: string | undefined;
  /** It may have run. */
  readonly mayHaveRun: boolean;
  /** What its caller calls it. */
  readonly label: string | undefined;
  /** Of what it asks for, where it was marked with one. */
  readonly digest: string | undefined;
  /** When it was last written, in milliseconds since 1970. */
  readonly atMs: number;
}

/** What a journal may forget. */
export interface Outdated {
  /** What was last written before that time, in milliseconds since 1970. */
  readonly beforeMs: number;
  /** So many at most, in one statement. */
  readonly limit: number;
  /** Mailboxes with messages of that time that nobody has answered yet: their outcomes are needed to do so. */
  readonly except: readonly string[];
}

/** How much a runner has in hand. */
export interface Report {
  /** Which, for as long as it lives. */
  readonly runner: string;
  /** Operations, of all its mailboxes together. */
  readonly queued: number;
}

/**
 * What was marked before it left, and how it ended: it outlives the runner, so that the next one sends nothing twice. One
 * journal serves a fleet; `memoryJournal` and `sqlJournal` make one.
 */
export interface Journal {
  /**
   * Takes a mailbox over: from now on nobody who took it before can mark anything of it.
   *
   * @param mailbox its name
   * @returns the epoch under which its marks are made, and whether somebody has paused it
   */
  take(mailbox: string): Effect.Effect<Taken, JournalError>;
  /**
   * Remembers that a mailbox is paused, or is so no more, for whoever takes it next.
   *
   * @param mailbox its name
   * @param isPaused from now on
   */
  pause(mailbox: string, isPaused: boolean): Effect.Effect<void, JournalError>;
  /**
   * Looks operations up, when a message comes.
   *
   * @param mailbox its name
   * @param keys of operations
   * @returns what is known of them
   */
  find(
    mailbox: string,
    keys: readonly string[],
  ): Effect.Effect<readonly JournalEntry[], JournalError>;
  /**
   * Marks operations before they leave, in one statement: all of a mailbox, or none when another runner has taken it.
   *
   * @param marks what is about to leave
   * @returns the mailboxes of which nothing was marked
   */
  mark(marks: readonly Mark[]): Effect.Effect<ReadonlySet<string>, JournalError>;
  /**
   * Keeps how operations ended.
   *
   * @param settlements of several for one operation the last counts
   */
  settle(settlements: readonly Settlement[]): Effect.Effect<void, JournalError>;
  /**
   * Takes marks back.
   *
   * @param keys of operations that surely did not run, and may yet
   */
  clear(keys: readonly JournalKey[]): Effect.Effect<void, JournalError>;
  /**
   * Lists what somebody has to look after.
   *
   * @param mailbox its name; none: all of them
   * @param limit how many at most
   * @returns unsafe operations of which nobody knows whether they ran, oldest first
   */
  uncertain(
    mailbox: string | undefined,
    limit: number,
  ): Effect.Effect<readonly JournalEntry[], JournalError>;
  /**
   * Forgets how operations ended; what has not ended stays, however old it is.
   *
   * @param outdated which, and how many at most
   * @returns how many were forgotten
   */
  prune(outdated: Outdated): Effect.Effect<number, JournalError>;
  /**
   * Remembers how much a runner has in hand; asked once a second, by runners with `maxQueuedInFleet` alone.
   *
   * @param report of one runner
   * @returns how much all other runners had in hand when they last said, those apart that said nothing for ten seconds
   */
  report(report: Report): Effect.Effect<number, JournalError>;
}
