import { Buffer } from "node:buffer";
import process from "node:process";
import { IN_FLIGHT } from "../end_to_end/client.ts";
import { median } from "../statistics.ts";
import { WORK } from "./work.ts";

/**
 * A POST by `fetch`, some work, and the one after the other, in turns in one process: prints the CPU microseconds of each.
 */
const [name, origin, budget] = process.argv.slice(2) as [string, string, string];
const SLICES = 10;
const SLICE_MS = Number(budget) / SLICES;
const STEPS_AT_LEAST = 50;
const BODY = Buffer.from(
  `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 2\r\n\r\n` +
    `GET /api/v2.0/me/messages/1 HTTP/1.1\r\n\r\n\r\n--b--\r\n`,
);
const HEADERS = { "content-type": "multipart/mixed; boundary=b" };

const work = await WORK[name]!();
async function post(): Promise<void> {
  const url = `${origin}/api/v2.0/me/$batch`;
  const response = await fetch(url, { method: "POST", headers: HEADERS, body: BODY });
  await response.arrayBuffer();
}
const steps = {
  postUs: { step: post, taken: [] as number[] },
  aloneUs: { step: async () => void await work(), taken: [] as number[] },
  bothUs: {
    step: async () => {
      await post();
      await work();
    },
    taken: [] as number[],
  },
};

/** @returns the CPU microseconds of a step, four at a time as a batcher has four POSTs in flight */
async function slice(step: () => Promise<void>): Promise<number> {
  const start = performance.now();
  const before = process.cpuUsage();
  let count = 0;
  const loop = async () => {
    do {
      await step();
      count++;
    } while (count < STEPS_AT_LEAST || performance.now() - start < SLICE_MS);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

await (await fetch(`${origin}/control/bytes/324`)).text();
await (await fetch(`${origin}/control/latency/0`)).text();
for (let round = -SLICES; round < SLICES; round++) {
  for (const { step, taken } of Object.values(steps)) {
    const cpuUs = await slice(step);
    if (round >= 0) taken.push(cpuUs);
  }
}
const [postUs, aloneUs, bothUs] = [steps.postUs, steps.aloneUs, steps.bothUs]
  .map(({ taken }) => median(taken)) as [number, number, number];
console.log(JSON.stringify({ postUs, aloneUs, bothUs, ratio: bothUs / (postUs + aloneUs) }));
process.exit(0);
