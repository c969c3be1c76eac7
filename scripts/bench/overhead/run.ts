import process from "node:process";
import { loadCore } from "../built_package.ts";
import { median } from "../statistics.ts";
import { CANDIDATES } from "./candidates.ts";
import { Endpoint } from "./endpoint.ts";
import type { Flow } from "./flow.ts";

/** One candidate, in a process of its own: prints ns and bytes for one operation. */
const [candidate, flow, size, budget] = process.argv.slice(2) as [string, Flow, string, string];
const count = Number(size);
/** How long it may measure, after as long again to get warm. */
const BUDGET_MS = Number(budget ?? 1500);

const { get } = await loadCore();
const collect = (globalThis as { gc?: () => void }).gc!;

function made(length = count) {
  return Array.from({ length }, (_, at) => get(`messages/${at}`));
}

/** Making an operation, once the code is warm. */
function makingNs(): number {
  const MANY = 10_000;
  const taken: number[] = [];
  for (let run = 0; run < 60; run++) {
    const start = performance.now();
    made(MANY);
    taken.push((performance.now() - start) * 1e6 / MANY);
  }
  return median(taken.slice(20));
}

interface Sample {
  readonly ns: number;
  /** All threads: on a busy machine it says more than the clock on the wall. */
  readonly cpuNs: number;
}

/** Operations are built beforehand, once; memory is collected when the runtime sees fit, as in a program. */
async function samples(): Promise<Sample[]> {
  const run = await CANDIDATES[candidate]!(new Endpoint(true));
  const operations = made();
  const samples: Sample[] = [];
  const start = performance.now();
  let spentMs = 0;
  let isWarm = false;
  while (spentMs < BUDGET_MS) {
    const cpuBefore = process.cpuUsage();
    const startMs = performance.now();
    const answered = await run(operations, flow);
    const ms = performance.now() - startMs;
    const { user, system } = process.cpuUsage(cpuBefore);
    if (answered !== count) throw new Error(`${answered} of ${count} were answered`);
    if (isWarm) {
      spentMs += ms;
      samples.push({ ns: ms * 1e6 / count, cpuNs: (user + system) * 1e3 / count });
    }
    isWarm ||= performance.now() - start > BUDGET_MS;
  }
  return samples;
}

/** What one operation that waits for its answer keeps on the heap, beyond the operation itself. */
async function pendingBytes(): Promise<number> {
  const endpoint = new Endpoint(false);
  const run = await CANDIDATES[candidate]!(endpoint);
  const operations = made();
  // The last run of before is held until its promises have been heard.
  await new Promise((resolve) => setTimeout(resolve, 50));
  collect();
  const before = process.memoryUsage().heapUsed;
  const held: unknown[] = [endpoint, run(operations, "burst")];
  await new Promise((resolve) => setTimeout(resolve, 50));
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  return held.length === 2 && operations.length === count ? bytes : NaN;
}

const taken = await samples();
const bytes = flow === "burst" && count >= 1e4 ? await pendingBytes() : undefined;
console.log(JSON.stringify({
  ns: median(taken.map(({ ns }) => ns)),
  leastNs: Math.min(...taken.map(({ ns }) => ns)),
  cpuNs: median(taken.map(({ cpuNs }) => cpuNs)),
  bytes,
  makingNs: makingNs(),
}));
process.exit(0);
