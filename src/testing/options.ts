import type { Clock } from "./clock.ts";
import type { Fault, ScriptedFaults } from "./fault/fault.ts";
import type { Item } from "./store/store.ts";

/** What a mailbox holds at first: a number of made-up items, or the items themselves. */
export interface MailboxSeed {
  /**
   * Messages in the Inbox.
   *
   * @default 20
   */
  readonly messages?: number | readonly Item[] | undefined;
  /**
   * Events.
   *
   * @default 5
   */
  readonly events?: number | readonly Item[] | undefined;
  /**
   * Contacts.
   *
   * @default 5
   */
  readonly contacts?: number | readonly Item[] | undefined;
  /**
   * Files in the drive, of Graph alone.
   *
   * @default 0
   */
  readonly files?: number | undefined;
  /**
   * Names of folders beside Inbox, Drafts, Sent Items and Deleted Items.
   *
   * @default none
   */
  readonly folders?: readonly string[] | undefined;
}

/** How any fake server behaves. */
export interface ServerOptions {
  /**
   * Everything that is drawn comes from this number: ids, order of execution, faults.
   *
   * @default 1
   */
  readonly seed?: number | undefined;
  /**
   * Faults that may strike any batch, each by its own rule.
   *
   * @default none
   */
  readonly faults?: readonly Fault[] | undefined;
  /**
   * The faults of the first batches, one line each; an empty line lets a batch pass. `faults` hold again after it.
   *
   * @default none
   */
  readonly script?: readonly ScriptedFaults[] | undefined;
  /**
   * How long every answer takes, or between which bounds.
   *
   * @default 0 (milliseconds)
   */
  readonly latencyMs?: number | readonly [min: number, max: number] | undefined;
  /**
   * Where time comes from; a test runner's fake timers rule the default.
   *
   * @default the platform's
   */
  readonly clock?: Clock | undefined;
}

/** How a fake service of mailboxes behaves. */
export interface FakeOptions extends ServerOptions {
  /**
   * Mailboxes by address, in the order given.
   *
   * @default { "rufus@contoso.com": {} }
   */
  readonly mailboxes?: Readonly<Record<string, MailboxSeed>> | undefined;
  /**
   * Which mailboxes a token opens; the first is its `me`.
   *
   * @default one token, `fake.token`, that opens all of them
   */
  readonly tokens?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /**
   * How long a mailbox works on one operation.
   *
   * @default 0 (milliseconds)
   */
  readonly workMs?: number | undefined;
  /**
   * The order in which the operations of one batch run: drawn, as Outlook's documentation allows, or as requested.
   *
   * @default "any"
   */
  readonly order?: "any" | "request" | undefined;
  /**
   * Do multipart answers give the Content-ID of a request back? The documented samples show none.
   *
   * @default false
   */
  readonly echoContentId?: boolean | undefined;
}
