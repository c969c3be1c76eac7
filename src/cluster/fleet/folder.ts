import { Effect, type Scope } from "effect";
import type { Database } from "./database.ts";
import { FolderError } from "./folder_error.ts";
import { lockFolder } from "./folder_lock.ts";

/** Opens the database in a folder, which it makes where there is none; it is closed with the scope. */
export function databaseIn(folder: string): Effect.Effect<Database, FolderError, Scope.Scope> {
  return Effect.gen(function* () {
    const { PGlite } = yield* Effect.tryPromise({ try: load, catch: missing });
    yield* Effect.acquireRelease(
      Effect.tryPromise({ try: () => lockFolder(folder), catch: unusable }),
      (unlock) => Effect.promise(unlock),
    );
    return yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: (): Promise<Database> => PGlite.create(`${folder}/data`),
        catch: unusable,
      }),
      (database) => Effect.promise(() => database.close()),
    );
  });
}

/** Whoever keeps no fleet in a folder needs none of it, and bundlers must not look for it. */
function load(): Promise<typeof import("@electric-sql/pglite")> {
  return import(/* webpackIgnore: true */ "@electric-sql/pglite");
}

function missing(cause: unknown): FolderError {
  return new FolderError(
    "Cannot keep a fleet in a folder as @electric-sql/pglite must be installed: current value is none that can be loaded (npm install @electric-sql/pglite)",
    cause,
  );
}

function unusable(cause: unknown): FolderError {
  return cause instanceof FolderError ? cause : new FolderError(
    "Cannot keep a fleet in a folder as PGlite must be able to open it: current value is one that it cannot",
    cause,
  );
}
