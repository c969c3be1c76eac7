/** How the processes of the test belong together: PostgreSQL, sockets, and sharding that notices a death soon. */
import { NodeClusterSocket } from "@effect/platform-node";
import { PgClient } from "@effect/sql-pg";
import { Layer, Option, Redacted } from "effect";
import {
  type MessageStorage,
  RunnerAddress,
  type Sharding,
  type ShardingConfig,
} from "effect/cluster";
import type { SqlClient } from "effect/sql";

/** Sharding for a test, and for whoever wants a failover in seconds. */
export const TUNED: Partial<ShardingConfig.ShardingConfig["Service"]> = {
  shardsPerGroup: 60,
  shardLockRefreshInterval: "2 seconds",
  shardLockExpiration: "7 seconds",
  refreshAssignmentsInterval: "500 millis",
  runnerHealthCheckInterval: "1 second",
  entityMessagePollInterval: "500 millis",
  entityReplyPollInterval: "100 millis",
  entityTerminationTimeout: "2 seconds",
};

/** Effect's own sharding, or that of the test. */
export type Pace = "default" | "tuned";

const shardingOf = (pace: Pace) => pace === "tuned" ? TUNED : {};

/** What a process of the fleet has. */
export type Fleet = Layer.Layer<
  Sharding.Sharding | MessageStorage.MessageStorage | SqlClient.SqlClient,
  unknown
>;

/** A runner, listening on a port of its own. */
export function runnerOn(url: string, port: number, pace: Pace = "tuned"): Fleet {
  const runnerAddress = Option.some(RunnerAddress.make("127.0.0.1", port));
  return NodeClusterSocket.layer({
    storage: "sql",
    shardingConfig: { ...shardingOf(pace), runnerAddress },
  })
    .pipe(Layer.provideMerge(database(url)));
}

/** A client, which has no mailboxes. */
export function clientOf(url: string, pace: Pace = "tuned"): Fleet {
  return NodeClusterSocket.layer({
    storage: "sql",
    clientOnly: true,
    shardingConfig: shardingOf(pace),
  })
    .pipe(Layer.provideMerge(database(url)));
}

/** The database that all have in common. */
export function database(url: string): Layer.Layer<SqlClient.SqlClient, unknown> {
  return PgClient.layer({ url: Redacted.make(url), maxConnections: 8 });
}
