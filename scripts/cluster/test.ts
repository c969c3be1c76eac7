/**
 * Real processes before a real PostgreSQL: runners are killed and stopped under load, and what clients were told is held
 * against the ledger of the service, which lives in a process of its own.
 *
 * npm run test:cluster [-- --operations 12000 --kills 10 --stops 4 --freeze]
 */
import process from "node:process";
import { parseArgs } from "node:util";
import type { AnyOperation, ResultOf } from "../../mod.ts";
import { clusterBatcher } from "../../src/cluster.ts";
import { clientOf } from "./fleet.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { RunnerFleet, startScript } from "./processes.ts";
import type { Report } from "./service.ts";
import { type Task, tasksOf, type Verdict, verdictOf } from "./workload.ts";

const { values } = parseArgs({
  options: {
    operations: { type: "string", default: "12000" },
    kills: { type: "string", default: "10" },
    stops: { type: "string", default: "4" },
    freeze: { type: "boolean", default: false },
  },
});

/** What one run does. */
interface Plan {
  readonly name: string;
  readonly operations: number;
  readonly kills: number;
  readonly stops: number;
  readonly hasJournal: boolean;
}

/** Nothing takes so long; what has not settled then hangs. */
const TIME_LIMIT_MS = 300_000;
const RUNNERS = 3;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends the operations, ends runners meanwhile, and compares. */
async function run(
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
    maxHoldMs: 50,
    timeoutMs: TIME_LIMIT_MS,
  });
  const tasks = tasksOf(plan.operations, plan.name);
  const results = new Map<AnyOperation, ResultOf<AnyOperation>>();
  const startedAt = performance.now();
  const isOver = (): boolean => results.size === tasks.length;
  const sent = sendAll(batcher, tasks, results);
  const deaths = [
    ...Array<"SIGKILL">(plan.kills).fill("SIGKILL"),
    ...Array<"SIGTERM">(plan.stops).fill("SIGTERM"),
  ];
  for (const [at, signal] of deaths.entries()) {
    const share = (at + 1) / (deaths.length + 1);
    while (!isOver() && results.size < share * tasks.length && !isLate(startedAt)) await wait(20);
    await fleet.end(signal);
    await fleet.add();
  }
  if (values.freeze) await fleet.freeze(8_000);
  await Promise.race([sent, lateness(startedAt)]);
  const seconds = (performance.now() - startedAt) / 1000;
  const { seen, posts, received } = await ledgerOf(service.child);
  const verdict = verdictOf(tasks, results, seen);
  console.log(
    `${plan.name}: ${JSON.stringify(verdict)} in ${seconds.toFixed(1)} s, ${posts} POSTs, ${
      (received / posts).toFixed(1)
    } operations each; stopped after ${fleet.stopsMs.join(", ")} ms`,
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

/** What must be zero, and is not. */
function faultsOf(verdict: Verdict): string[] {
  const { hung, lost, doubled, orderBroken, childrenOfFailed } = verdict;
  return Object.entries({ hung, lost, doubled, orderBroken, childrenOfFailed })
    .filter(([, count]) => count > 0).map(([name, count]) => `${name}: ${count}`);
}

/** Bodies stand in the database, tokens do not. */
function atRest(postgres: Postgres, body: string): readonly string[] {
  const dump = postgres.dump();
  if (!dump.includes(body)) return ["what was sent does not stand in the database"];
  return dump.includes("fake-token") || /Bearer/i.test(dump)
    ? ["a token stands in the database"]
    : [];
}

const postgres = await startPostgres();
if (postgres === undefined) {
  console.log(
    "no PostgreSQL here, and no apt-get (as root) to install it: the fleet is not tested",
  );
} else {
  try {
    const [operations, kills, stops] = [values.operations, values.kills, values.stops]
      .map(Number) as [number, number, number];
    const some = Math.min(900, operations);
    const plan = { operations, kills, stops, hasJournal: true };
    const killed = await run(postgres, { ...plan, name: "killed" });
    const stopped = await run(postgres, { ...plan, name: "stopped", operations: some, kills: 0 });
    const control = await run(postgres, {
      ...{ name: "control", operations: some, kills: 8, stops: 0, hasJournal: false },
    });
    const faults = [...faultsOf(killed), ...faultsOf(stopped), ...atRest(postgres, "killed-0")];
    if (stopped.uncertain > 0) faults.push(`uncertain after stops alone: ${stopped.uncertain}`);
    const slow = [...killed.stopsMs, ...stopped.stopsMs].filter((ms) => ms > 2_000);
    if (slow.length > 0) faults.push(`stops that took longer than 2 s: ${slow.join()} ms`);
    if (control.doubled === 0) faults.push("the control without a journal doubled nothing");
    console.log(
      faults.length === 0 ? "nothing hung, lost, doubled or out of order" : faults.join("; "),
    );
    console.log(`without a journal: ${control.doubled} doubled`);
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await postgres.stop();
  }
}
process.exit();
