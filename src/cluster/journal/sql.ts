import { Clock, Effect } from "effect";
import { SqlClient } from "effect/sql";
import type { Journal, JournalError } from "./journal.ts";
import { known, SqlJournal } from "./statements.ts";
import { checkedPrefix, createTables } from "./tables.ts";

/**
 * A journal in PostgreSQL, for all runners of a fleet: in three tables, which it makes where they are not there yet.
 *
 * @param options `prefix`: what the names of its tables begin with (default: `rxbatch`)
 * @returns an effect that makes it, of any `SqlClient` for PostgreSQL: `@effect/sql-pg`, or PGlite
 * @throws {TypeError} when `prefix` is anything but up to 41 small letters, digits and underscores
 *
 * @example
 * ```ts
 * import { createGraphBatcher } from "@rxbatch/rxbatch";
 * import { mailboxLayer, sqlJournal } from "@rxbatch/rxbatch/cluster";
 *
 * // Needs a SqlClient, as the storage of messages does.
 * const mailboxes = mailboxLayer({ create: createGraphBatcher, journal: sqlJournal() });
 * ```
 */
export function sqlJournal(
  options: { readonly prefix?: string | undefined } = {},
): Effect.Effect<Journal, JournalError, SqlClient.SqlClient> {
  const prefix = checkedPrefix(options.prefix ?? "rxbatch");
  return Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const clock = yield* Clock.Clock;
    yield* known(createTables(sql, prefix));
    return new SqlJournal(sql, { prefix, now: () => clock.currentTimeMillisUnsafe() });
  });
}
