import { Effect, Schedule } from "effect";

/** From a tenth of a second to five. */
const pauses = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]);

/** Waits for a database that is away, and says so in the log. */
export function patiently<A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A> {
  const told = Effect.tapError(
    effect,
    (error) =>
      Effect.logWarning(`The journal cannot be used, and is tried again: ${classOf(error)}`),
  );
  return Effect.orDie(Effect.retry(told, pauses));
}

/** What a database says may hold what was to be stored. */
function classOf(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : {};
  return cause instanceof Error ? cause.name : "an unknown failure";
}
