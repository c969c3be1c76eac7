import { Deferred, Effect, Schema } from "effect";
import type { Journal, JournalEntry } from "../journal/journal.ts";
import { patiently } from "../journal/patience.ts";
import { answerText, type WireAnswer } from "../message/answer.ts";
import { digestsOf } from "../message/digest.ts";
import { WireRequest } from "../message/request.ts";
import { firstKeyOf } from "../message/rest.ts";
import type { Seal } from "../message/seal.ts";
import { sealed } from "../journal/patience.ts";
import { Arrivals } from "./arrivals.ts";
import { earlyAnswer } from "./early.ts";
import type { Answers, Message, Refusal } from "./entity.ts";
import type { Job } from "./job.ts";
import type { Mailbox } from "./mailbox.ts";

/** What messages are answered with. */
export interface AnswerStages {
  readonly journal: Journal;
  readonly seal: Seal;
  /** The forms of messages that are read here. */
  readonly versions: readonly number[];
}

/** What the journal knows, by keys of operations. */
type Known = ReadonlyMap<string, JournalEntry>;

const readRequest = /* @__PURE__ */ Schema.decodeUnknownSync(Schema.fromJsonString(WireRequest));

/** Opens messages, puts them to work in a mailbox, and seals what became of them. */
export function answersOf(
  { journal, seal, versions }: AnswerStages,
  mailbox: Mailbox,
  { name, address }: { readonly name: string; readonly address: string },
): Answers {
  const arrivals = new Arrivals();
  return (message, keep) =>
    Effect.gen(function* () {
      const { key, version, wantsEvents } = message;
      if (!versions.includes(version)) {
        const refusal = unreadable(version, versions);
        return yield* keep === undefined ? Effect.fail(refusal) : left(refusal);
      }
      const request = yield* opened(seal, message);
      const keys = request.operations.map((operation) => operation.key);
      const digests = yield* Effect.promise(() => digestsOf(request.operations));
      const whole = yield* Deferred.make<WireAnswer>();
      const accept = (known: Known): Job => {
        const job = mailbox.accept(
          { key: firstKeyOf(key), request, wantsEvents, known, digests },
          (all) => Deferred.doneUnsafe(whole, Effect.succeed(all)),
        );
        arrivals.arrived(key);
        return job;
      };
      const lookUp = Effect.flatMap(
        patiently(journal.find(name, keys)),
        (entries) => Effect.promise(() => openedEntries(seal, entries)),
      );
      const answer = yield* Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(accepted(mailbox, { keys, lookUp: restore(lookUp), accept }), (job) =>
          restore(Effect.raceFirst(
            Deferred.await(whole),
            earlyAnswer(seal, { message, request, job, keep, arrivals }),
          )).pipe(
            // Who left takes back what is not out; of what has ended the journal knows before the client does.
            Effect.ensuring(Effect.promise(() =>
              mailbox.stop(job)
            )),
          ))
      );
      const told = wantsEvents ? { ...answer, runner: address } : answer;
      return yield* sealed(seal, answerText(told));
    });
}

/**
 * Puts a message to work with what the journal knows of its operations. One that came in another message too may end while it
 * is looked up: then the journal is asked once more, or it would be sent again, or called lost.
 */
function accepted(
  mailbox: Mailbox,
  { keys, lookUp, accept }: {
    readonly keys: readonly string[];
    readonly lookUp: Effect.Effect<Known>;
    readonly accept: (known: Known) => Job;
  },
): Effect.Effect<Job> {
  const once = Effect.acquireUseRelease(
    Effect.sync(() => mailbox.watch()),
    ({ ended }) =>
      Effect.map(lookUp, (known) => keys.some((key) => ended.has(key)) ? undefined : accept(known)),
    ({ stop }) => Effect.sync(stop),
  );
  return Effect.flatMap(
    once,
    (job) =>
      job === undefined
        ? Effect.andThen(
          Effect.promise(() => mailbox.written()),
          Effect.suspend(() => accepted(mailbox, { keys, lookUp, accept })),
        )
        : Effect.succeed(job),
  );
}

function unreadable(version: number, versions: readonly number[]): Refusal {
  return {
    reason: "version",
    message:
      `Cannot take a message as its version must be one of ${versions.join()}: current value is ${version}`,
  };
}

/** What is stored waits for a runner that can read it: its mailbox comes to one when this runner stops. */
function left({ message }: Refusal): Effect.Effect<never> {
  return Effect.andThen(
    Effect.logWarning(`${message} (it is left to another runner)`),
    Effect.never,
  );
}

function opened(seal: Seal, { content }: Message): Effect.Effect<WireRequest, Refusal> {
  return Effect.tryPromise({
    try: async () => readRequest(await seal.open(content)),
    catch: (): Refusal => ({
      reason: "content",
      message:
        `Cannot take a message as its content must be readable here (the same seal everywhere): current value is ${content.length} characters that are not`,
    }),
  });
}

async function openedEntries(
  seal: Seal,
  entries: readonly JournalEntry[],
): Promise<Known> {
  const opened = await Promise.all(entries.map(async (entry) => ({
    ...entry,
    outcome: entry.outcome === undefined ? undefined : await seal.open(entry.outcome),
  })));
  return new Map(opened.map((entry) => [entry.key, entry]));
}
