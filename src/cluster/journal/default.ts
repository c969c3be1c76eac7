import { Effect, Option } from "effect";
import { SqlClient } from "effect/sql";
import type { Journal, JournalError } from "./journal.ts";
import { memoryJournal } from "./memory.ts";
import { sqlJournal } from "./sql.ts";

/** Messages that outlive a runner would be sent twice without marks that do: who has a database has both there. */
export const defaultJournal: Effect.Effect<Journal, JournalError> = Effect.flatMap(
  Effect.serviceOption(SqlClient.SqlClient),
  Option.match({
    onNone: () => memoryJournal(),
    onSome: (sql) => Effect.provideService(sqlJournal(), SqlClient.SqlClient, sql),
  }),
);
