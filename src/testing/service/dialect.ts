import type { Batch, BatchOperation } from "../http/batch.ts";
import type { JsonForm } from "../http/batch_answer.ts";
import type { Answer, Call, Refusal } from "../http/http.ts";
import type { MailboxSeed } from "../options.ts";
import type { Item, Mailbox, Store } from "../store/store.ts";

/** What a dialect is told of the house. */
export interface House {
  readonly store: Store;
  /** Which mailboxes a token opens; the first is its `me`. */
  readonly tokens: ReadonlyMap<string, readonly string[]>;
  now(): number;
}

/** Everything that only one vendor's server does. Nothing here is async, and nothing here fails by plan. */
export interface Dialect {
  /** Where clients send by default; ends with a slash. */
  readonly baseUrl: string;
  /** How many operations of one batch run at once. */
  readonly atOnce: number;
  /** How many operations one mailbox takes at once, whatever batches they came in; one more is answered 429. */
  readonly mailboxConcurrency: number;
  /** How it writes a batch answer in JSON. */
  readonly jsonForm: JsonForm;
  /** Where its server stands under another origin. */
  baseUrlAt(origin: string): string;
  /** Is this call about a batch? */
  isBatch(call: Call): boolean;
  /**
   * Whose mailbox the call is for.
   *
   * @throws {Refusal} when the token, the URL or the anchor leads nowhere
   */
  admit(call: Call, house: House): { readonly address: string };
  /**
   * Reads and judges a batch.
   *
   * @throws {Refusal} when it breaks a rule of the dialect; nothing of it runs then
   */
  readBatch(call: Call, house: House): Batch;
  /** The address of the mailbox that an operation of a batch is for, given that of the batch. */
  mailboxOf(operation: BatchOperation, house: House, admitted: string): string;
  /**
   * What its work counts against, of the address of its mailbox.
   *
   * @default the mailbox
   */
  loadOf?(operation: BatchOperation, mailbox: string): string;
  /**
   * Carries out one call, alone or out of a batch.
   *
   * @throws {Refusal} when the mailbox does not take it
   */
  carryOut(call: Call, house: House): Answer;
  /**
   * Takes note of everything from now on, for a group that may have to be undone.
   *
   * @default groups are not rolled back
   * @returns what undoes it
   */
  begin?(): () => void;
  /**
   * Does a group that failed nest its error in a multipart?
   *
   * @default false
   */
  readonly nestsFailure?: boolean | undefined;
  /**
   * The operation with what it refers to in place of its references.
   *
   * @default it has none
   * @param made what operations of this batch have made, by their ids
   * @throws {Refusal} when a reference leads nowhere
   */
  refer?(operation: BatchOperation, made: ReadonlyMap<string, string>): BatchOperation;
  /**
   * How it words an error.
   *
   * @default as OData 4 does
   */
  refuse?(refusal: Refusal): Answer;
  /**
   * The status of a batch that was taken.
   *
   * @default 200
   */
  readonly batchStatus?: number | undefined;
}

/** A dialect of mailboxes. */
export interface MailDialect extends Dialect {
  /** Makes a mailbox with what it holds at first. */
  createMailbox(
    address: string,
    seed: MailboxSeed,
    options: { seed: number; now: number },
  ): Mailbox;
  /** The items of a collection as a client sees them; `undefined` when there is no such collection. */
  show(mailbox: Mailbox, collection: string): Item[] | undefined;
}
