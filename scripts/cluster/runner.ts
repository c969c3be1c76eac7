/** A runner in a process of its own: `runner.ts '{"url", "port", "service", "token", "hasJournal"}'`. */
import process from "node:process";
import { Effect, Layer, ManagedRuntime } from "effect";
import { createGraphBatcher } from "../../mod.ts";
import { type Journal, mailboxLayer, sqlJournal } from "../../src/cluster.ts";
import { type Pace, runnerOn } from "./fleet.ts";

/** What a runner is told. */
export interface RunnerOptions {
  readonly url: string;
  readonly port: number;
  readonly service: string;
  readonly token: string;
  /** Without one the test must show what it is there for. */
  readonly hasJournal: boolean;
  /** How soon it notices that another one is gone. */
  readonly pace?: Pace;
}

const { url, port, service, token, hasJournal, pace } = JSON.parse(
  process.argv[2]!,
) as RunnerOptions;

/** Remembers nothing. */
const forgetful: Journal = {
  take: () => Effect.succeed({ epoch: 1, isPaused: false }),
  pause: () => Effect.void,
  find: () => Effect.succeed([]),
  mark: () => Effect.succeed(new Set()),
  settle: () => Effect.void,
  clear: () => Effect.void,
  uncertain: () => Effect.succeed([]),
  prune: () => Effect.succeed(0),
  report: () => Effect.succeed(0),
};

const mailboxes = mailboxLayer({
  create: createGraphBatcher,
  options: { baseUrl: service, token, retry: { baseDelayMs: 20 }, timeoutMs: 5_000 },
  journal: hasJournal ? Effect.orDie(sqlJournal()) : Effect.succeed(forgetful),
});
const runtime = ManagedRuntime.make(Layer.provideMerge(mailboxes, runnerOn(url, port, pace)));
await runtime.context();
process.send?.("ready");
process.once("disconnect", () => process.exit());
process.once("SIGTERM", async () => {
  const startedAt = performance.now();
  await runtime.dispose();
  process.send?.({ stoppedAfterMs: Math.round(performance.now() - startedAt) });
  process.exit(0);
});
