import { Effect, Semaphore, Stream } from "effect";
import type { Reactivity } from "effect/reactivity";
import { SqlClient, type SqlConnection, SqlError, Statement } from "effect/sql";
import type { Database } from "./database.ts";

/** A `SqlClient` on the one connection that a database in a folder has: while one has it, the others wait. */
export function clientOf(
  database: Database,
): Effect.Effect<SqlClient.SqlClient, never, Reactivity.Reactivity> {
  const connection = new FolderConnection(database);
  const turn = Semaphore.makeUnsafe(1);
  const lease = Effect.as(turn.takeScoped(1), connection);
  return SqlClient.make({
    acquirer: lease,
    borrower: (use) => turn.withPermit(use(connection)),
    transactionAcquirer: lease,
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    driver: "pglite",
    compiler: Statement.makeCompiler({
      dialect: "pg",
      placeholder: (index) => `$${index}`,
      onIdentifier: Statement.defaultEscape('"'),
      onRecordUpdate: (placeholders, alias, columns, values, returning) => [
        `(values ${placeholders}) AS ${alias}${columns}${
          returning === undefined ? "" : ` RETURNING ${returning[0]}`
        }`,
        returning === undefined ? values.flat() : values.flat().concat(returning[1]),
      ],
      onCustom: () => ["", []],
    }),
    spanAttributes: [["db.system.name", "postgresql"]],
  });
}

type Transform = (<A extends object>(rows: readonly A[]) => readonly A[]) | undefined;

/** Statements on it, in the form that effect has for them; each is prepared for itself. */
class FolderConnection implements SqlConnection.Connection {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  execute(
    text: string,
    parameters: readonly unknown[],
    transform: Transform,
  ): Effect.Effect<readonly object[], SqlError.SqlError> {
    const rows = Effect.map(this.executeRaw(text, parameters), (result) => result.rows);
    return transform === undefined ? rows : Effect.map(rows, transform);
  }

  executeUnprepared(
    text: string,
    parameters: readonly unknown[],
    transform: Transform,
  ): Effect.Effect<readonly object[], SqlError.SqlError> {
    return this.execute(text, parameters, transform);
  }

  executeRaw(
    text: string,
    parameters: readonly unknown[],
    rowMode: "array" | "object" = "object",
  ): Effect.Effect<{ readonly rows: readonly object[] }, SqlError.SqlError> {
    return Effect.tryPromise({
      try: () => this.#database.query(text, [...parameters], { rowMode }),
      catch: (cause) =>
        new SqlError.SqlError({
          reason: new SqlError.UnknownError({ cause, operation: "execute" }),
        }),
    });
  }

  executeValues(
    text: string,
    parameters: readonly unknown[],
  ): Effect.Effect<ReadonlyArray<readonly unknown[]>, SqlError.SqlError> {
    return Effect.map(
      this.executeRaw(text, parameters, "array"),
      ({ rows }) => rows as ReadonlyArray<readonly unknown[]>,
    );
  }

  executeValuesUnprepared(
    text: string,
    parameters: readonly unknown[],
  ): Effect.Effect<ReadonlyArray<readonly unknown[]>, SqlError.SqlError> {
    return this.executeValues(text, parameters);
  }

  executeStream(
    text: string,
    parameters: readonly unknown[],
    transform: Transform,
  ): Stream.Stream<object, SqlError.SqlError> {
    return Stream.fromIterableEffect(this.execute(text, parameters, transform));
  }
}
