import { Effect } from "effect";
import { sealed } from "../journal/patience.ts";
import type { WireAnswer } from "../message/answer.ts";
import type { WireRequest } from "../message/request.ts";
import { nextHoldMs, restKeyOf, restOf } from "../message/rest.ts";
import type { Seal } from "../message/seal.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Keep, Message } from "./entity.ts";
import type { Job } from "./job.ts";

/** One message at work. */
export interface AtWork {
  readonly message: Message;
  readonly request: WireRequest;
  readonly job: Job;
  readonly keep: Keep | undefined;
  readonly arrivals: Arrivals;
}

/**
 * Answers what has ended, when the rest takes its time: it goes on as a message of its own, which the client asks for under
 * a key that both know. Of a message that is stored the rest is stored first, and is at work here, so at no time anything is
 * in memory alone, or is waited for by nobody when this runner stops.
 */
export function earlyAnswer(
  seal: Seal,
  { message, request, job, keep, arrivals }: AtWork,
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
      const content = yield* sealed(seal, JSON.stringify(rest));
      const key = restKeyOf(message.key);
      const next: Message = { ...message, key, content, holdMs: nextHoldMs(holdMs) };
      // Where it cannot be stored, everything waits for everything, as it would without this.
      if (keep !== undefined && !(yield* kept(keep(next), arrivals.of(key)))) continue;
      job.leave();
      return { isEarly: true, ...answer };
    }
  });
}

/** Stores the rest, and waits until it is here. */
function kept(
  stored: Effect.Effect<void, unknown>,
  arrived: Effect.Effect<void>,
): Effect.Effect<boolean> {
  return Effect.isSuccess(Effect.all([arrived, stored], { concurrency: 2, discard: true }));
}
