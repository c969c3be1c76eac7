/** One run of the test: operations, runners that die meanwhile, a database that does, and what came of it. */
import type { AnyOperation, ResultOf } from "../../mod.ts";
import { clusterBatcher } from "../../src/cluster.ts";
import { clientOf } from "./fleet.ts";
import { type Outage, suffer } from "./outage.ts";
import type { Postgres } from "./postgres.ts";
import { RunnerFleet, startScript } from "./processes.ts";
import type { Report } from "./service.ts";
import { type Task, tasksOf, type Verdict, verdictOf } from "./workload.ts";

/** What one run does. */
export interface Plan {
  readonly name: string;
  readonly operations: number;
  /** Runners that are killed. */
  readonly kills: number;
  /** Runners that are asked to stop. */
  readonly stops: number;
  readonly hasJournal: boolean;
  /** What happens to the database besides. */
  readonly outage?: Outage;
  /** A runner is frozen for a while. */
  readonly hasFreeze?: boolean;
}

/** Nothing takes so long; what has not settled then hangs. */
const TIME_LIMIT_MS = 300_000;
const RUNNERS = 3;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends the operations, ends runners meanwhile, and compares. */
export async function run(
  postgres: Postgres,
  plan: Plan,
): Promise<Verdict & { readonly stopsMs: readonly number[] }> {
  const service = await startScript<{ baseUrl: string; token: string }>("service.ts", {});
  const { baseUrl, token } = service.ready;
  const { hasJournal } = plan;
  const fleet = new RunnerFleet({ url: postgres.url, service: baseUrl, token, hasJournal });
  await Promise.all(Array.from({ length: RUNNERS }, () => fleet.add()));
  const batcher = clusterBatcher({
    layer: clientOf(postgres.url),
    maxChunk: 50,
    // Many early answers and many that are asked for again, but where stops alone must leave nothing uncertain.
    ...(plan.kills > 0 || plan.outage !== undefined ? { maxHoldMs: 50, askAgainMs: 5_000 } : {}),
    timeoutMs: TIME_LIMIT_MS,
  });
  const tasks = tasksOf(plan.operations, plan.name);
  const results = new Map<AnyOperation, ResultOf<AnyOperation>>();
  const startedAt = performance.now();
  const isOver = (): boolean => results.size === tasks.length;
  const sent = sendAll(batcher, tasks, results);
  const troubles = [
    ...Array<"SIGKILL">(plan.kills).fill("SIGKILL"),
    ...Array<"SIGTERM">(plan.stops).fill("SIGTERM"),
    ...(plan.outage === undefined ? [] : [plan.outage]),
  ];
  for (const [at, trouble] of troubles.entries()) {
    const share = (at + 1) / (troubles.length + 1);
    while (!isOver() && results.size < share * tasks.length && !isLate(startedAt)) await wait(20);
    if (trouble === "SIGKILL" || trouble === "SIGTERM") {
      await fleet.end(trouble);
      await fleet.add();
    } else await suffer(postgres, trouble);
  }
  if (plan.hasFreeze === true) await fleet.freeze(8_000);
  await Promise.race([sent, lateness(startedAt)]);
  const seconds = (performance.now() - startedAt) / 1000;
  const { seen, posts, received } = await ledgerOf(service.child);
  const verdict = verdictOf(tasks, results, seen);
  const stops = fleet.stopsMs.length === 0 ? "" : `; stopped after ${fleet.stopsMs.join(", ")} ms`;
  console.log(
    `${plan.name}: ${JSON.stringify(verdict)} in ${seconds.toFixed(1)} s, ${posts} POSTs, ${
      (received / posts).toFixed(1)
    } operations each${stops}`,
  );
  if (verdict.hung === 0) await batcher.close();
  await fleet.endAll();
  service.child.kill();
  return { ...verdict, stopsMs: fleet.stopsMs };
}

const isLate = (startedAt: number): boolean => performance.now() - startedAt > TIME_LIMIT_MS;

async function lateness(startedAt: number): Promise<void> {
  while (!isLate(startedAt)) await wait(500);
}

async function sendAll(
  batcher: ReturnType<typeof clusterBatcher>,
  tasks: readonly Task[],
  results: Map<AnyOperation, ResultOf<AnyOperation>>,
): Promise<void> {
  const operations = tasks.map(({ operation }) => operation);
  for await (const result of batcher.sendAll(operations, { maxInHand: 600 })) {
    results.set(result.operation, result);
  }
}

function ledgerOf(child: Awaited<ReturnType<typeof startScript>>["child"]): Promise<Report> {
  return new Promise((resolve) => {
    child.once("message", (message: Report) => resolve(message));
    child.send("report");
  });
}
