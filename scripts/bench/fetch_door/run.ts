import process from "node:process";
import { median } from "../statistics.ts";
import { BASE_URL, CANDIDATES } from "./candidates.ts";

/** One candidate, in a process of its own: prints the CPU microseconds of one call. */
const [candidate, size, budget] = process.argv.slice(2) as [string, string, string];
const BUDGET_MS = Number(budget);
const urls = Array.from({ length: Number(size) }, (_, at) => `${BASE_URL}me/messages/${at}`);

const read = await CANDIDATES[candidate]!();
const taken: number[] = [];
const start = performance.now();
let spentMs = 0;
while (spentMs < BUDGET_MS) {
  const before = process.cpuUsage();
  const startMs = performance.now();
  const count = await read(urls);
  const { user, system } = process.cpuUsage(before);
  if (count !== urls.length) throw new Error(`${count} of ${urls.length} were answered`);
  const isWarm = startMs - start > BUDGET_MS;
  if (!isWarm && BUDGET_MS > 1) continue;
  spentMs += performance.now() - startMs;
  taken.push((user + system) / urls.length);
}
console.log(JSON.stringify({ cpuUs: median(taken) }));
process.exit(0);
