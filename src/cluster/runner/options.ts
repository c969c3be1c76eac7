import { Duration, Effect, Option } from "effect";
import type { Batcher, BatchOptions } from "../../../mod.ts";
import { kindOf } from "../../operation/check/kind.ts";
import {
  CALLABLE,
  checkKinds,
  having,
  type Kinds,
  numberFrom,
} from "../../operation/check/kinds.ts";
import { checkKnownNames, holdsNames, type KnownNames } from "../../operation/check/known_names.ts";
import type { Journal } from "../journal/journal.ts";
import type { Seal } from "../message/seal.ts";

/** What `mailboxLayer` takes. */
export interface MailboxLayerOptions<Options extends BatchOptions, E = never, R = never> {
  /** Makes the batcher of the runner: `createGraphBatcher`, `createOutlookBatcher`, `createODataBatcher`, or your own. */
  readonly create: (options: Options) => Batcher;
  /**
   * What it is made with. Tokens live here, and nowhere else.
   *
   * @default none
   */
  readonly options?: Options | undefined;
  /**
   * Where operations are marked before they leave.
   *
   * @default sqlJournal() where the layer has a database, otherwise memoryJournal(), which ends with the process
   */
  readonly journal?: Effect.Effect<Journal, E, R> | undefined;
  /**
   * For how long outcomes and answered messages are kept: so long a second call under the same key gets the stored answer.
   * What has not been answered stays. Messages are those in `cluster_messages`, where effect's storage has them.
   *
   * @default "7 days"
   */
  readonly retention?: Duration.Input | undefined;
  /**
   * The most operations that one mailbox has in hand, of all clients together; one more fails at once with `LimitError`.
   *
   * @default none
   */
  readonly maxQueued?: number | undefined;
  /**
   * The most operations that all mailboxes of the fleet have in hand together; one more fails at once with `LimitError`. Each
   * runner hears of the others once a second, through the journal, so what comes within a second may be too much. Every
   * runner needs the same.
   *
   * @default none, and then runners do not ask each other
   */
  readonly maxQueuedInFleet?: number | undefined;
  /**
   * Encrypts what is stored; clients need the same.
   *
   * @default none: it stands in the database as it is
   */
  readonly seal?: Seal | undefined;
}

const KINDS: Kinds<MailboxLayerOptions<BatchOptions>> = {
  create: CALLABLE,
  options: ["an object", holdsNames],
  journal: ["an effect", Effect.isEffect],
  retention: ["a duration such as 7 days", isDuration],
  maxQueued: numberFrom(1),
  maxQueuedInFleet: numberFrom(1),
  seal: having("a Seal", "seal", "open"),
};

/** A negative one would forget what is still to come, and so would one that is no number. */
function isDuration(value: unknown): boolean {
  return typeof value === "number"
    ? value >= 0
    : Option.isSome(Duration.fromInput(value as Duration.Input));
}

const NAMES: KnownNames<MailboxLayerOptions<BatchOptions>> = {
  create: true,
  options: true,
  journal: true,
  retention: true,
  maxQueued: true,
  maxQueuedInFleet: true,
  seal: true,
};

/**
 * Checks what a runner would notice late, or never.
 *
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads
 * @throws {RangeError} when a bound is no number from 1
 */
export function checkOptions<Options extends BatchOptions, E, R>(
  options: MailboxLayerOptions<Options, E, R>,
): void {
  checkKnownNames("options of mailboxLayer", options, NAMES);
  const { create } = options;
  if (typeof create !== "function") throw unfit("create", "a function", create);
  checkKinds(options, KINDS);
}

function unfit(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot use option ${name} as it must be ${expected}: current value is ${kindOf(value)}`,
  );
}
