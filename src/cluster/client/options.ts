import { Layer } from "effect";
import type { Sharding } from "effect/cluster";
import type { SentOperation, Wire } from "../../../mod.ts";
import { kindOf } from "../../operation/check/kind.ts";
import {
  CALLABLE,
  checkKinds,
  FLAG,
  having,
  type Kind,
  type Kinds,
} from "../../operation/check/kinds.ts";
import { checkKnownNames, type KnownNames } from "../../operation/check/known_names.ts";
import type { Seal } from "../message/seal.ts";

/** What {@link clusterBatcher} takes. */
export interface ClusterOptions<E = unknown> {
  /**
   * How this process belongs to the fleet: `embedded()` with a `mailboxLayer` makes it all of the fleet, the client of
   * `SocketRunner` or `NodeClusterSocket` makes it one of many. It is built with the first operation.
   */
  readonly layer: Layer.Layer<Sharding.Sharding, E>;
  /**
   * Tells whose mailbox an operation is for: the wire that the runners' batcher speaks, with the same `baseUrl`.
   *
   * @default graphWire()
   */
  readonly wire?: Pick<Wire, "contextOf"> | undefined;
  /**
   * The most operations in one message.
   *
   * @default 100
   */
  readonly maxChunk?: number | undefined;
  /**
   * The longest that an operation waits for company on its way to the mailbox.
   *
   * @default 10 (milliseconds)
   */
  readonly maxWaitMs?: number | undefined;
  /**
   * How long what has settled may wait for the slower operations of its message, which then are answered later: the second
   * time twice as long, and so on, up to a minute. Those with an `orderingKey` are not left for later, so their neighbours
   * wait for them. When a runner is stopped meanwhile, a few of what was left for later may end as uncertain.
   *
   * @default Infinity (milliseconds): a message is answered when the last of its operations has settled
   */
  readonly maxHoldMs?: number | undefined;
  /**
   * Names an operation so that a second call of it, from this client or after a restart, gets the stored answer of the
   * first and is not sent again; `undefined` leaves it without such a name.
   *
   * @default none: each call is another one
   */
  readonly keyOf?: ((operation: SentOperation) => string | undefined) | undefined;
  /**
   * Are messages stored before they are delivered? Then they outlive client and runner; without it a message dies with
   * the process that has it.
   *
   * @default what the layer says: true, but for `embedded()` in memory
   */
  readonly persisted?: boolean | undefined;
  /**
   * Messages on their way to one mailbox.
   *
   * @default 8
   */
  readonly concurrencyPerMailbox?: number | undefined;
  /**
   * The most operations that wait here for a message; one more fails at once with `LimitError`.
   *
   * @default none
   */
  readonly maxQueued?: number | undefined;
  /**
   * How long a message may take, delivery to another runner after a crash included; then its operations fail with
   * `BatchTimeoutError`.
   *
   * @default 600_000 (milliseconds)
   */
  readonly timeoutMs?: number | undefined;
  /**
   * After how long without an answer a stored message is asked for again, the next time after twice as long: a runner whose
   * database was full when it had the answer could not store it, and nobody does so later. What ran does not run again.
   *
   * @default 30_000 (milliseconds)
   */
  readonly askAgainMs?: number | undefined;
  /**
   * Encrypts what is stored.
   *
   * @default none: it stands in the database as it is
   */
  readonly seal?: Seal | undefined;
}

const NUMBER: Kind = ["a number", (value) => typeof value === "number"];

/** What numbers may be is said where they are used. */
const KINDS: Kinds<ClusterOptions> = {
  layer: ["a Layer", Layer.isLayer],
  wire: having("a Wire", "contextOf"),
  maxChunk: NUMBER,
  maxWaitMs: NUMBER,
  maxHoldMs: NUMBER,
  keyOf: CALLABLE,
  persisted: FLAG,
  concurrencyPerMailbox: NUMBER,
  maxQueued: NUMBER,
  timeoutMs: NUMBER,
  askAgainMs: NUMBER,
  seal: having("a Seal", "seal", "open"),
};

const NAMES: KnownNames<ClusterOptions> = {
  layer: true,
  wire: true,
  maxChunk: true,
  maxWaitMs: true,
  maxHoldMs: true,
  keyOf: true,
  persisted: true,
  concurrencyPerMailbox: true,
  maxQueued: true,
  timeoutMs: true,
  askAgainMs: true,
  seal: true,
};

/** @throws {TypeError} when there is no layer, `keyOf` is no function, or there is a name that nobody reads */
export function checkOptions(options: ClusterOptions): void {
  checkKnownNames("options of clusterBatcher", options, NAMES);
  if (!Layer.isLayer(options.layer)) throw unfit("layer", "a Layer", options.layer);
  checkKinds(options, KINDS);
}

function unfit(name: keyof ClusterOptions, expected: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot use option ${name} as it must be ${expected}: current value is ${kindOf(value)}`,
  );
}

/** A time that an option says. */
export function durationOf(name: keyof ClusterOptions, value: unknown): number {
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot use option ${name} as it must be a number of milliseconds: current value is a ${typeof value}`,
    );
  }
  if (value >= 1) return value;
  throw new RangeError(
    `Cannot use option ${name} as it must be 1 millisecond or more: current value is ${value}`,
  );
}
