import { Effect, type Layer, Schema, type Scope } from "effect";
import { ClusterSchema, Entity, type Sharding } from "effect/cluster";
import { Rpc } from "effect/rpc";

/** One message: what came together for one mailbox. */
export interface Message {
  /** The form that its content and its answer have. */
  readonly version: number;
  /** Sent again under the same key it gets the stored answer. */
  readonly key: string;
  readonly wantsEvents: boolean;
  /** A `WireRequest` as JSON, sealed; its answer is a `WireAnswer` alike. */
  readonly content: string;
  /** For how long what has ended may wait for the rest, in milliseconds; none: until all has ended. */
  readonly holdMs?: number;
}

/** Why a runner does not take a message. */
export interface Refusal {
  /** Another version of the wire, or content that cannot be read. */
  readonly reason: "version" | "content";
  /** In one sentence. */
  readonly message: string;
}

/** Where a mailbox lives now. */
export interface Home {
  /** Context, and account where there is one. */
  readonly mailbox: string;
  /** Host and port of the runner. */
  readonly runner: string;
}

/** Stores another message for the same mailbox; it comes to it like any. */
export type Keep = (message: Message) => Effect.Effect<void, { readonly _tag: string }>;

/** What answers messages; those that are stored bring what stores their rest. */
export type Answers = (message: Message, keep?: Keep) => Effect.Effect<string, Refusal>;

const parts = {
  payload: {
    version: Schema.Int,
    key: Schema.String,
    wantsEvents: Schema.Boolean,
    content: Schema.String,
    holdMs: Schema.optionalKey(Schema.Finite),
  },
  success: Schema.String,
  error: Schema.Struct({
    reason: Schema.Literals(["version", "content"]),
    message: Schema.String,
  }),
  primaryKey: ({ key }: { readonly key: string }) => key,
} as const;

/** What mailboxes are called among the entities of a cluster, and in the tables of its storage. */
export const ENTITY_TYPE = "RxbatchMailbox";

/** A message that dies with the process that has it. */
const Send = Rpc.make("Send", parts);

/** A message that is stored before it is delivered. A runner that stops hands it over, and does not wait until all is done. */
const Store = Rpc.make("Store", parts)
  .annotate(ClusterSchema.Persisted, true)
  .annotate(ClusterSchema.InterruptOnTermination, true);

/** What a mailbox has in hand, on its runner. */
export interface MailboxState {
  /** Operations that wait there. */
  readonly queued: number;
  /** Operations in a batch that is out. */
  readonly out: number;
  /** How long the oldest of all these has been there. */
  readonly oldestMs: number;
  /** Nothing new leaves until somebody resumes it. */
  readonly isPaused: boolean;
}

/** What can be asked of a mailbox besides sending. */
export type Command = "look" | "pause" | "resume" | "drain";

const Operate = Rpc.make("Operate", {
  payload: { command: Schema.Literals(["look", "pause", "resume", "drain"]) },
  success: Schema.Struct({
    queued: Schema.Int,
    out: Schema.Int,
    oldestMs: Schema.Number,
    isPaused: Schema.Boolean,
  }),
});

/** What a mailbox does with what comes to it. */
export interface MailboxDoor {
  readonly answer: Answers;
  readonly operate: (command: Command) => Effect.Effect<MailboxState>;
}

/** A mailbox: context and account of operations. It lives on one runner at a time. */
const Mailboxes = Entity.make(ENTITY_TYPE, [Send, Store, Operate]);

/** How a message gets to a mailbox, wherever that lives. */
export type Deliver = (
  mailbox: string,
  message: Message,
  options: { readonly isPersisted: boolean },
) => Effect.Effect<string, Refusal | { readonly _tag: string }>;

/** Delivers messages from this process. */
export const delivers: Effect.Effect<Deliver, never, Sharding.Sharding> = Effect.map(
  Mailboxes.client,
  (clientOf): Deliver => (mailbox, message, { isPersisted }) =>
    isPersisted ? clientOf(mailbox).Store(message) : clientOf(mailbox).Send(message),
);

/** Stores messages for mailboxes, wherever those live; nobody waits for the answers. */
export const keeps: Effect.Effect<(mailbox: string) => Keep, never, Sharding.Sharding> = Effect.map(
  Mailboxes.client,
  (clientOf) => (mailbox) => (message) => clientOf(mailbox).Store(message, { discard: true }),
);

/** Asks something of a mailbox, wherever that lives. */
export function operates(
  mailbox: string,
  command: Command,
): Effect.Effect<MailboxState, object, Sharding.Sharding> {
  return Effect.flatMap(Mailboxes.client, (clientOf) => clientOf(mailbox).Operate({ command }));
}

/**
 * Serves mailboxes in this process.
 *
 * @param open is called when a mailbox comes to this runner, in a scope that ends when it goes
 */
export function serves(
  open: (home: Home) => Effect.Effect<MailboxDoor, never, Scope.Scope>,
): Layer.Layer<never, never, Sharding.Sharding> {
  const handlers = Effect.gen(function* () {
    const { entityId: mailbox } = yield* Entity.CurrentAddress;
    const { host, port } = yield* Entity.CurrentRunnerAddress;
    const { answer, operate } = yield* open({ mailbox, runner: `${host}:${port}` });
    const keep = (yield* keeps)(mailbox);
    return Mailboxes.of({
      Send: ({ payload }) => answer(payload),
      Store: ({ payload }) => answer(payload, keep),
      Operate: ({ payload }) => operate(payload.command),
    });
  });
  return Mailboxes.toLayer(handlers, { concurrency: "unbounded", mailboxCapacity: "unbounded" });
}
