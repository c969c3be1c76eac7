import process from "node:process";
import { loadCore } from "../built_package.ts";
import { Endpoint } from "../overhead/endpoint.ts";
import { nullTransport, nullWire } from "../overhead/null_wire.ts";
import { median } from "../statistics.ts";
import { madeBy, type Tie } from "./shapes.ts";

/** One tie in one shape, in a process of its own: prints the CPU nanoseconds of one operation, made, sent and answered. */
const [tie, shape, size, budget] = process.argv.slice(2) as [Tie, string, string, string];
const count = Number(size);
const BUDGET_MS = Number(budget);
const core = await loadCore();
const transport = nullTransport(new Endpoint(true));

function run(): Promise<void> {
  const batcher = core.createBatcher(nullWire(), { transport, maxWaitMs: 0 });
  return new Promise((resolve, reject) => {
    let answered = 0;
    const observer = {
      next: () => {
        if (++answered === count) resolve();
      },
      error: reject,
    };
    for (const operation of madeBy(core, tie, shape, count)) {
      batcher.send(operation).subscribe(observer);
    }
    void batcher.close();
  });
}

const taken: number[] = [];
const start = performance.now();
let spentMs = 0;
while (spentMs < BUDGET_MS) {
  const before = process.cpuUsage();
  const startMs = performance.now();
  await run();
  const { user, system } = process.cpuUsage(before);
  const isWarm = startMs - start > BUDGET_MS;
  if (!isWarm && BUDGET_MS > 1) continue;
  spentMs += performance.now() - startMs;
  taken.push((user + system) * 1e3 / count);
}
console.log(JSON.stringify({ cpuNs: median(taken) }));
process.exit(0);
