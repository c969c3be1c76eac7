import process from "node:process";
import { ReadableStream } from "node:stream/web";
import { loadCore } from "./built_package.ts";
import { Endpoint } from "./overhead/endpoint.ts";
import { nullTransport, nullWire } from "./overhead/null_wire.ts";
import { markdownTable, shown } from "./table.ts";

/**
 * Shows that `sendAll` runs in flat memory, alone and as a web TransformStream:
 * `npm run build && npm run bench:memory -- [operations]`.
 */
const count = Number(process.argv[2] ?? 5_000_000);
const STEPS = 10;
const { createBatcher, get } = await loadCore();
const collect = (globalThis as { gc?: () => void }).gc;

function* operations() {
  for (let at = 0; at < count; at++) yield get(`messages/${at}`);
}

async function curve(results: AsyncIterable<{ readonly ok: boolean }>): Promise<string[][]> {
  const rows: string[][] = [];
  const start = performance.now();
  let answered = 0;
  for await (const { ok } of results) {
    if (ok) answered++;
    if (answered % (count / STEPS) !== 0) continue;
    collect?.();
    const { heapUsed, rss } = process.memoryUsage();
    rows.push([
      answered.toLocaleString("en-US"),
      shown(heapUsed / 2 ** 20),
      shown(rss / 2 ** 20),
      shown((performance.now() - start) / 1000),
    ]);
  }
  if (answered !== count) throw new Error(`${answered} of ${count} were answered`);
  return rows;
}

const HEAD = ["answered", "heap after GC, MB", "RSS, MB", "seconds"];
const transport = nullTransport(new Endpoint(true));
{
  await using batcher = createBatcher(nullWire(), { transport });
  console.log(`sendAll\n\n${markdownTable(HEAD, await curve(batcher.sendAll(operations())))}\n`);
}
{
  await using batcher = createBatcher(nullWire(), { transport });
  const { readable, writable } = new TransformStream();
  const sent = ReadableStream.from(operations()).pipeTo(writable);
  const results = ReadableStream.from(batcher.sendAll(readable));
  console.log(`web streams\n\n${markdownTable(HEAD, await curve(results))}`);
  await sent;
}
