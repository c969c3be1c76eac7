import process from "node:process";
import { from } from "rxjs";
import { loadCore } from "../built_package.ts";
import { median } from "../statistics.ts";

/**
 * Answers with ids and answers without, in turns in one process: prints the CPU nanoseconds that an operation takes, sent
 * and answered. In processes of their own they differ by more than what is looked for.
 */
const [bytes, rounds] = process.argv.slice(2).map(Number) as [number, number];
const OPERATIONS = 2_000;
const BATCH_SIZE = 20;
const WARM_UP_ROUNDS = 30;
const BOUNDARY = "batchresponse_5d2cbe1a-4a1e-4c0c-9d3c-6f4b7d1f0a11";

const { batchOutlook, get } = await loadCore();
const operations = Array.from({ length: OPERATIONS }, (_, at) => get(`messages/${at}`));

function answer(isNamed: boolean): Uint8Array {
  const body = JSON.stringify({ Subject: "x".repeat(bytes) });
  const parts = Array.from({ length: BATCH_SIZE }, (_, place) => {
    const id = isNamed ? `Content-ID: ${place + 1}\r\n` : "";
    return `--${BOUNDARY}\r\nContent-Type: application/http\r\n` +
      `Content-Transfer-Encoding: binary\r\n${id}\r\n` +
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${body}\r\n`;
  });
  return new TextEncoder().encode(`${parts.join("")}--${BOUNDARY}--\r\n`);
}

/** @returns what one run took, for each operation */
function runWith(isNamed: boolean): () => Promise<number> {
  const headers = { "content-type": `multipart/mixed; boundary=${BOUNDARY}` };
  const body = [answer(isNamed)];
  const operator = batchOutlook({
    transport: () => Promise.resolve({ status: 200, headers, body }),
  });
  return async () => {
    let answered = 0;
    const before = process.cpuUsage();
    await from(operations).pipe(operator).forEach(({ ok }) => {
      if (ok) answered++;
    });
    const { user, system } = process.cpuUsage(before);
    if (answered !== OPERATIONS) throw new Error(`${answered} of ${OPERATIONS} were answered`);
    return (user + system) * 1e3 / OPERATIONS;
  };
}

const named = { run: runWith(true), taken: [] as number[] };
const nameless = { run: runWith(false), taken: [] as number[] };
for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
  for (const { run, taken } of round % 2 === 0 ? [named, nameless] : [nameless, named]) {
    const cpuNs = await run();
    if (round >= 0) taken.push(cpuNs);
  }
}
const [namedNs, namelessNs] = [median(named.taken), median(nameless.taken)];
console.log(JSON.stringify({ namedNs, namelessNs, ratio: namelessNs / namedNs }));
process.exit(0);
