import { Clock, Duration, Effect, Option, Schedule } from "effect";
import { SqlClient, type SqlError } from "effect/sql";
import { storedMessages } from "../fleet/stored.ts";
import type { Journal, JournalError } from "../journal/journal.ts";
import { ENTITY_TYPE } from "./entity.ts";

/** So many rows go with one statement: it holds nobody up. */
const LIMIT = 1_000;
const ROUNDS = /* @__PURE__ */ Schedule.spaced("10 minutes");

/** Forgets again and again, as long as the runner lives. */
export function forgets(journal: Journal, retention: Duration.Input): Effect.Effect<void> {
  // A database that is away has other things to do when it is back, and a journal of somebody's own may throw.
  return Effect.asVoid(Effect.repeat(Effect.exit(forget(journal, retention)), ROUNDS));
}

/** Forgets what is older than `retention`, of the journal and of the messages that effect stores. */
export function forget(
  journal: Journal,
  retention: Duration.Input,
): Effect.Effect<void, JournalError | SqlError.SqlError> {
  return Effect.gen(function* () {
    const beforeMs = (yield* Clock.currentTimeMillis) - Duration.toMillis(retention);
    const sql = yield* Effect.serviceOption(SqlClient.SqlClient);
    let except: readonly string[] = [];
    if (Option.isSome(sql)) {
      const messages = storedMessages(sql.value, ENTITY_TYPE);
      yield* untilFew(messages.prune(beforeMs, LIMIT));
      except = yield* messages.unanswered(beforeMs);
    }
    yield* untilFew(journal.prune({ beforeMs, limit: LIMIT, except }));
  });
}

function untilFew<E>(statement: Effect.Effect<number, E>): Effect.Effect<unknown, E> {
  return Effect.repeat(statement, { while: (count) => count === LIMIT });
}
