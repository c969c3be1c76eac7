import { Effect } from "effect";
import { MachineId, Snowflake } from "effect/cluster";
import type { SqlClient, SqlError } from "effect/sql";

/** Messages of one kind of entity, in the tables that effect's storage has for them. */
export interface StoredMessages {
  /**
   * Deletes messages that were answered before a time, with their answers.
   *
   * @param beforeMs in milliseconds since 1970
   * @param limit how many at most
   * @returns how many
   */
  prune(beforeMs: number, limit: number): Effect.Effect<number, SqlError.SqlError>;
  /** Whose messages from before that time nobody has answered yet. */
  unanswered(beforeMs: number): Effect.Effect<readonly string[], SqlError.SqlError>;
}

/** Those in PostgreSQL; of another database none, as nobody has made statements for it. */
export function storedMessages(sql: SqlClient.SqlClient, entityType: string): StoredMessages {
  return sql.onDialectOrElse({
    pg: () => inPostgres(sql, entityType),
    orElse: (): StoredMessages => ({
      prune: () => Effect.succeed(0),
      unanswered: () => Effect.succeed([]),
    }),
  });
}

function inPostgres(sql: SqlClient.SqlClient, entityType: string): StoredMessages {
  return {
    // How old an answer is stands in its number. What belongs to a message (that it was left) goes with it.
    prune: (beforeMs, limit) =>
      Effect.map(
        sql<{ count: number | string }>`
          WITH answered AS (
            SELECT m.id FROM cluster_replies r JOIN cluster_messages m ON m.id = r.request_id
            WHERE r.id < ${firstIdAt(beforeMs)}::bigint AND r.kind = 0
            AND m.kind = 0 AND m.processed AND m.entity_type = ${entityType}
            ORDER BY r.id LIMIT ${limit} FOR UPDATE OF m SKIP LOCKED
          ), replies AS (
            DELETE FROM cluster_replies WHERE request_id IN (SELECT id FROM answered)
          ), messages AS (
            DELETE FROM cluster_messages WHERE request_id IN (SELECT id FROM answered)
          )
          SELECT count(*) AS count FROM answered`,
        ([row]) => Number(row!.count),
      ),
    unanswered: (beforeMs) =>
      Effect.map(
        sql<{ entity_id: string }>`
          SELECT DISTINCT entity_id FROM cluster_messages
          WHERE id < ${firstIdAt(beforeMs)}::bigint AND kind = 0 AND NOT processed
          AND entity_type = ${entityType}`,
        (rows) => rows.map(({ entity_id }) => entity_id),
      ),
  };
}

function firstIdAt(timestamp: number): string {
  return String(Snowflake.make({ timestamp, machineId: MachineId.make(0), sequence: 0 }));
}
