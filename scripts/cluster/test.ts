/**
 * Real processes before a real PostgreSQL: runners are killed and stopped under load, and what clients were told is held
 * against the ledger of the service, which lives in a process of its own.
 *
 * npm run test:cluster [-- --operations 12000 --kills 10 --stops 4 --freeze --failover]
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { failoverMs } from "./failover.ts";
import { followGuide } from "./guide.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { run } from "./run.ts";
import type { Verdict } from "./workload.ts";

const { values } = parseArgs({
  options: {
    operations: { type: "string", default: "12000" },
    kills: { type: "string", default: "10" },
    stops: { type: "string", default: "4" },
    freeze: { type: "boolean", default: false },
    failover: { type: "boolean", default: false },
  },
});

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
    const plan = { operations, kills, stops, hasJournal: true, hasFreeze: values.freeze };
    const killed = await run(postgres, { ...plan, name: "killed" });
    const stopped = await run(postgres, { ...plan, name: "stopped", operations: some, kills: 0 });
    const calm = { operations: some, kills: 0, stops: 0, hasJournal: true };
    const halted = await run(postgres, { ...calm, name: "database halted", outage: "halted" });
    const full = await run(postgres, { ...calm, name: "disk full", outage: "full" });
    const control = await run(postgres, {
      ...{ name: "control", operations: some, kills: 8, stops: 0, hasJournal: false },
    });
    for (const pace of values.failover ? ["tuned", "default"] as const : []) {
      console.log(`failover, ${pace} sharding: ${await failoverMs(postgres, pace)} ms`);
    }
    const printed = await followGuide(postgres);
    const faults = [
      ...[killed, stopped, halted, full].flatMap(faultsOf),
      ...atRest(postgres, "killed-0"),
    ];
    if (printed.length !== 1_000 || printed.some((line) => line !== "true")) {
      faults.push(`the guide printed ${printed.length} lines: ${[...new Set(printed)].join()}`);
    }
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
