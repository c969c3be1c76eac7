import { Effect, Schedule } from "effect";
import { againKeyOf } from "../message/rest.ts";
import type { Message, Refusal } from "../runner/entity.ts";

/** A message keeps its key, so trying again cannot deliver it twice. */
export const tries: Schedule.Schedule<unknown> = Schedule.min([
  Schedule.exponential("100 millis"),
  Schedule.spaced("5 seconds"),
]);

type Send = (message: Message) => Effect.Effect<string, unknown>;

/** Asks again while there is no answer: another message with the same operations, which run once. */
export function asking(
  send: Send,
  message: Message,
  askAgainMs: number,
): Effect.Effect<string, unknown> {
  const { holdMs: _, ...rest } = message;
  const again = { ...rest, key: againKeyOf(message.key) };
  const later = Effect.suspend(() => asking(send, again, 2 * askAgainMs));
  return Effect.raceFirst(send(message), Effect.delay(later, askAgainMs));
}

/** Tries until the message is taken, or refused. */
export function patiently(
  send: Effect.Effect<string, Refusal | { readonly _tag: string }>,
): Effect.Effect<string, unknown> {
  const told = Effect.tapError(
    send,
    (error) =>
      isRefusal(error)
        ? Effect.void
        : Effect.logWarning(`A message cannot be delivered, and is tried again: ${error._tag}`),
  );
  return Effect.retry(told, { while: (error) => !isRefusal(error), schedule: tries });
}

/** A runner says that it does not take the message, and trying again changes nothing. */
export function isRefusal(error: object): error is Refusal {
  return "reason" in error;
}
