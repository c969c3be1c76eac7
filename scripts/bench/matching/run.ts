import process from "node:process";
import { from } from "rxjs";
import type { Transport } from "../../../mod.ts";
import { loadCore } from "../built_package.ts";
import { median } from "../statistics.ts";
import { type Naming, NAMINGS } from "./namings.ts";

/** Answers of one kind, in a process of its own: prints the CPU nanoseconds of one operation, sent and answered. */
const [naming, bytes, budget] = process.argv.slice(2) as [Naming, string, string];
const BUDGET_MS = Number(budget);
const COUNT = 2_000;
const BATCH_SIZE = 20;
const BOUNDARY = "batchresponse_5d2cbe1a-4a1e-4c0c-9d3c-6f4b7d1f0a11";

const { batchOutlook, get } = await loadCore();

function answer(): Uint8Array {
  const body = JSON.stringify({ Subject: "x".repeat(Number(bytes)) });
  const parts = Array.from(
    { length: BATCH_SIZE },
    (_, place) =>
      `--${BOUNDARY}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n` +
      `${NAMINGS[naming](place + 1)}\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n` +
      `${body}\r\n`,
  );
  return new TextEncoder().encode(`${parts.join("")}--${BOUNDARY}--\r\n`);
}

const headers = { "content-type": `multipart/mixed; boundary=${BOUNDARY}` };
const body = [answer()];
const transport: Transport = () => Promise.resolve({ status: 200, headers, body });
const operator = batchOutlook({ transport });
const operations = Array.from({ length: COUNT }, (_, at) => get(`messages/${at}`));

async function run(): Promise<void> {
  let answered = 0;
  await from(operations).pipe(operator).forEach(({ ok }) => {
    if (ok) answered++;
  });
  if (answered !== COUNT) throw new Error(`${answered} of ${COUNT} were answered`);
}

const taken: number[] = [];
const start = performance.now();
let spentMs = 0;
while (spentMs < BUDGET_MS) {
  const before = process.cpuUsage();
  const startMs = performance.now();
  await run();
  const { user, system } = process.cpuUsage(before);
  if (startMs - start < BUDGET_MS) continue;
  spentMs += performance.now() - startMs;
  taken.push((user + system) * 1e3 / COUNT);
}
console.log(JSON.stringify({ cpuNs: median(taken) }));
process.exit(0);
