import { Effect } from "effect";
import type { WireAnswer } from "../message/answer.ts";
import type { WireRequest } from "../message/request.ts";
import { nextHoldMs, restKeyOf, restOf } from "../message/rest.ts";
import type { Seal } from "../message/seal.ts";
import type { Keep, Message } from "./entity.ts";
import type { Job } from "./job.ts";

/** One message at work. */
export interface AtWork {
  readonly message: Message;
  readonly request: WireRequest;
  readonly job: Job;
  readonly keep: Keep | undefined;
}

/**
 * Answers what has ended, when the rest takes its time: it goes on as a message of its own, which the client asks for under
 * a key that both know. Of a message that is stored the rest is stored first, so at no time anything is in memory alone.
 */
export function earlyAnswer(
  seal: Seal,
  { message, request, job, keep }: AtWork,
): Effect.Effect<WireAnswer> {
  const { holdMs } = message;
  if (holdMs === undefined || request.operations.length === 1) return Effect.never;
  return Effect.gen(function* () {
    yield* Effect.callback<void>((resume) => job.whenBegun(() => resume(Effect.void)));
    while (true) {
      yield* Effect.sleep(holdMs);
      const answer = job.early;
      const rest = answer && restOf(request, answer.outcomes);
      if (answer === undefined || rest === undefined) continue;
      const content = yield* Effect.promise(async () => await seal.seal(JSON.stringify(rest)));
      const key = restKeyOf(message.key);
      const kept = keep?.({ ...message, key, content, holdMs: nextHoldMs(holdMs) }) ?? Effect.void;
      // Where it cannot be stored, everything waits for everything, as it would without this.
      if (!(yield* Effect.isSuccess(kept))) continue;
      job.leave();
      return { isEarly: true, ...answer };
    }
  });
}
