import { Clock, Effect, Layer, type Scope } from "effect";
import type { Sharding } from "effect/cluster";
import type { Batcher, BatchOptions } from "../../../mod.ts";
import { defaultJournal } from "../journal/default.ts";
import type { Journal, JournalError } from "../journal/journal.ts";
import { patiently } from "../journal/patience.ts";
import { JournalWriter } from "../journal/writer.ts";
import { NO_SEAL, type Seal } from "../message/seal.ts";
import { ReadVersions } from "../message/version.ts";
import { answersOf } from "./answers.ts";
import { serves } from "./entity.ts";
import { Load } from "./load.ts";
import { Mailbox } from "./mailbox.ts";
import { operated } from "./operated.ts";
import { checkOptions, type MailboxLayerOptions } from "./options.ts";
import { PostOffice } from "./post_office.ts";
import { forgets } from "./retention.ts";

/**
 * Serves mailboxes on this runner: each lives on one runner of the fleet at a time, and all that a runner has share one
 * batcher.
 *
 * @param options which service, as whom, and where marks are kept
 * @returns a layer for a program that is a runner: `embedded()`, or one of `NodeClusterSocket`
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { Layer } from "effect";
 * import { createGraphBatcher, fetchTransport, get } from "@rxbatch/rxbatch";
 * import { clusterBatcher, embedded, mailboxLayer } from "@rxbatch/rxbatch/cluster";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const graph = fakeGraph();
 * const mailboxes = mailboxLayer({
 *   create: createGraphBatcher,
 *   options: { token: graph.token, transport: fetchTransport(graph.fetch) },
 * });
 * const batcher = clusterBatcher({ layer: Layer.provideMerge(mailboxes, embedded()) });
 * const { status } = await firstValueFrom(batcher.send(get("me/messages")));
 * console.log(status); // 200
 * await batcher.close();
 * ```
 */
export function mailboxLayer<Options extends BatchOptions, E = never, R = never>(
  options: MailboxLayerOptions<Options, E, R>,
): Layer.Layer<never, E | JournalError, Sharding.Sharding | Exclude<R, Scope.Scope>> {
  checkOptions(options);
  return Layer.unwrap(Effect.map(runnerOf(options), servedBy));
}

/** What all mailboxes of a runner share. */
interface Runner {
  readonly batcher: Batcher;
  readonly journal: Journal;
  readonly office: PostOffice;
  readonly seal: Seal;
  readonly writer: JournalWriter;
  readonly mailboxes: Map<string, Mailbox>;
  readonly now: () => number;
  readonly maxQueued: number;
  readonly load: Load;
  readonly versions: readonly number[];
}

function runnerOf<Options extends BatchOptions, E, R>(
  { create, options, journal: made, retention = "7 days", seal = NO_SEAL, ...bounds }:
    MailboxLayerOptions<Options, E, R>,
): Effect.Effect<Runner, E | JournalError, R | Scope.Scope> {
  return Effect.gen(function* () {
    const journal = yield* (made ?? defaultJournal);
    const context = yield* Effect.context<never>();
    const run = Effect.runPromiseWith(context);
    const writer = new JournalWriter(journal, { seal, run });
    const mailboxes = new Map<string, Mailbox>();
    const office = new PostOffice(writer, (mailbox) => mailboxes.get(mailbox)?.fence());
    const batcher = yield* Effect.acquireRelease(
      Effect.sync(() => create({ ...options, beforeSend: markedBy(office, options) } as Options)),
      (batcher) => Effect.promise(() => batcher.close()),
    );
    office.listen(batcher);
    yield* Effect.forkScoped(forgets(journal, retention));
    const { maxQueued = Infinity, maxQueuedInFleet = Infinity } = bounds;
    const load = new Load(maxQueuedInFleet);
    yield* Effect.forkScoped(load.exchanges(journal));
    const versions = yield* ReadVersions;
    const clock = yield* Clock.Clock;
    const now = () => clock.currentTimeMillisUnsafe();
    return { batcher, journal, office, seal, writer, mailboxes, now, maxQueued, load, versions };
  });
}

/** The user's own `beforeSend` says first whether a batch may go. */
function markedBy(
  office: PostOffice,
  options: BatchOptions | undefined,
): BatchOptions["beforeSend"] {
  const own = options?.beforeSend;
  if (own === undefined) return (operations) => office.mark(operations);
  return async (operations, about) => {
    await own(operations, about);
    await office.mark(operations);
  };
}

function servedBy(runner: Runner): Layer.Layer<never, never, Sharding.Sharding> {
  return serves(({ mailbox: name, runner: address }) =>
    Effect.gen(function* () {
      const taken = yield* patiently(runner.journal.take(name));
      const mailbox = new Mailbox(runner, { name, ...taken });
      runner.mailboxes.set(name, mailbox);
      yield* Effect.addFinalizer(() =>
        Effect.promise(() => {
          if (runner.mailboxes.get(name) === mailbox) runner.mailboxes.delete(name);
          return mailbox.close();
        })
      );
      return {
        answer: answersOf(runner, mailbox, { name, address }),
        operate: (command) => operated(runner.journal, { mailbox, name }, command),
      };
    })
  );
}
