import { Effect } from "effect";
import type { SqlClient, SqlError, Statement } from "effect/sql";

/** Makes the tables of the journal; of many runners that begin together one does, and the others wait for it. */
export function createTables(
  sql: SqlClient.SqlClient,
  prefix: string,
): Effect.Effect<void, SqlError.SqlError> {
  const table = (name: string): Statement.Fragment => sql.literal(`${prefix}_${name}`);
  const [mailboxes, marks, loads] = [table("mailbox"), table("mark"), table("load")];
  const statements = Effect.gen(function* () {
    yield* sql`SELECT pg_advisory_xact_lock(hashtext(${prefix}))`;
    yield* sql`CREATE TABLE IF NOT EXISTS ${mailboxes} (
      mailbox text PRIMARY KEY,
      epoch bigint NOT NULL,
      is_paused boolean NOT NULL DEFAULT false
    )`;
    yield* sql`CREATE TABLE IF NOT EXISTS ${marks} (
      mailbox text NOT NULL,
      key text NOT NULL,
      message text NOT NULL,
      epoch bigint NOT NULL,
      is_unsafe boolean NOT NULL,
      label text,
      outcome text,
      may_have_run boolean NOT NULL,
      is_uncertain boolean NOT NULL,
      at_ms bigint NOT NULL,
      PRIMARY KEY (mailbox, key)
    )`;
    yield* sql`CREATE TABLE IF NOT EXISTS ${loads} (
      runner text PRIMARY KEY,
      queued bigint NOT NULL,
      at timestamptz NOT NULL
    )`;
    yield* sql`ALTER TABLE ${marks} ADD COLUMN IF NOT EXISTS digest text`;
    yield* sql`CREATE INDEX IF NOT EXISTS ${sql.literal(`${prefix}_mark_age`)} ON ${marks} (at_ms)`;
  });
  return sql.withTransaction(statements);
}

/** It stands in statements as it is. */
export function checkedPrefix(prefix: unknown): string {
  if (typeof prefix === "string" && /^[a-z_][a-z0-9_]{0,40}$/.test(prefix)) return prefix;
  throw new TypeError(
    `Cannot use option prefix as it must be up to 41 small letters, digits and underscores: current value is ${
      typeof prefix === "string" ? `a string of ${prefix.length} characters` : `a ${typeof prefix}`
    }`,
  );
}
