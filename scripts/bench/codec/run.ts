import process from "node:process";
import { READ_CASES, WRITE_CASES } from "./cases.ts";
import { FRAMING, type Run, VALUES } from "./readers.ts";
import { WRITING } from "./writers.ts";

/**
 * One candidate on one case, in a process of its own: prints nanoseconds for one run.
 *
 * Of many short samples the fastest counts: whatever else the machine does can only make a sample slower.
 */
const [table, name, candidate] = process.argv.slice(2) as [string, string, string];
const WARM_UP_MS = 250;
const SAMPLE_MS = 5;
const SAMPLES = 80;

async function prepared(): Promise<Run> {
  if (table === "write") return await WRITING[candidate]!(WRITE_CASES[name]!());
  const candidates = table === "framing" ? FRAMING : VALUES;
  return await candidates[candidate]!(READ_CASES[name]!());
}

/** Keeps results from being optimised away. */
let sink: unknown;

/** The time of one run, over as many as fill the span. */
async function meanNs(run: Run, spanMs: number): Promise<number> {
  let runs = 0;
  const start = performance.now();
  let elapsedMs = 0;
  do {
    const result = run();
    sink = result instanceof Promise ? await result : result;
    runs++;
    elapsedMs = performance.now() - start;
  } while (elapsedMs < spanMs);
  return elapsedMs * 1e6 / runs;
}

const run = await prepared();
await meanNs(run, WARM_UP_MS);
let ns = Infinity;
for (let sample = 0; sample < SAMPLES; sample++) ns = Math.min(ns, await meanNs(run, SAMPLE_MS));
if (sink === undefined) throw new Error("a candidate gave nothing");
console.log(JSON.stringify({ ns }));
// Some peers keep timers or loggers open.
process.exit(0);
