import { Effect, Schedule } from "effect";
import type { Seal } from "../message/seal.ts";

/** From a tenth of a second to five. */
const pauses = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]);

/** Waits for a database that is away, and says so in the log. A journal of somebody's own may throw in place of failing. */
export function patiently<A, E>(
  effect: Effect.Effect<A, E>,
  what = "The journal",
): Effect.Effect<A> {
  const told = Effect.tapError(
    Effect.catchDefect(effect, (defect) => Effect.fail(defect)),
    (error) => Effect.logWarning(`${what} cannot be used, and is tried again: ${classOf(error)}`),
  );
  return Effect.orDie(Effect.retry(told, pauses));
}

/** What is to be stored, sealed: the keys to that may be away as a database may. */
export function sealed(seal: Seal, text: string): Effect.Effect<string> {
  return patiently(Effect.tryPromise(async () => await seal.seal(text)), "The seal");
}

/** What a database says may hold what was to be stored. */
function classOf(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : {};
  return cause instanceof Error ? cause.name : "an unknown failure";
}
