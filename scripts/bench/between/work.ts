import { from, lastValueFrom, map, type Observable } from "rxjs";
import type { Operation } from "../../../mod.ts";
import { loadCore } from "../built_package.ts";
import { averageOperator } from "../overhead/average_pipeline.ts";

/** What a program does between two POSTs; it touches no network. */
export type Work = () => unknown;

const OCTETS_READ = 4 * 1024 * 1024;
const CACHE_LINE_OCTETS = 64;
const BRANCHES = 20;
const BATCH_SIZE = 20;

/** By name. */
export const WORK: Readonly<Record<string, () => Work | Promise<Work>>> = {
  "nothing": () => () => undefined,
  "4 MiB of memory are read": reading,
  "100 functions run once": () => runningOnce(100),
  "200 functions run once": () => runningOnce(200),
  "average RxJS pipeline, in memory": averageInMemory,
  "rxbatch, in memory, a batch of one": () => rxbatchInMemory(1),
  "rxbatch, in memory, a batch of 20": () => rxbatchInMemory(BATCH_SIZE),
};

/** More than the second cache of a core holds: whatever data stood there is gone. */
function reading(): Work {
  const memory = new Uint8Array(OCTETS_READ);
  return () => {
    let sum = 0;
    for (let at = 0; at < OCTETS_READ; at += CACHE_LINE_OCTETS) sum += memory[at]!;
    return sum;
  };
}

/** Next to no data, but code that differs from function to function, and its branches. */
function runningOnce(count: number): Work {
  const functions = Array.from({ length: count }, (_, name) => {
    const lines = Array.from(
      { length: BRANCHES },
      (_, line) =>
        `if (state.a > ${(name * 31 + line * 7) % 97}) state.b = (state.b + ${line + name}) | 0;` +
        `else state.a = (state.a * ${line + 3} + ${name}) % 101;`,
    );
    return new Function("state", lines.join("\n")) as (state: { a: number; b: number }) => void;
  });
  const state = { a: 5, b: 0 };
  return () => {
    for (const each of functions) each(state);
  };
}

function averageInMemory(): Work {
  const body = JSON.stringify({ Subject: "x".repeat(300) });
  const requests = Array.from({ length: BATCH_SIZE }, () => ({ context: "me" }));
  const average = averageOperator((batch) =>
    Promise.resolve(batch.map(() => JSON.parse(body) as unknown))
  );
  return () => lastValueFrom(from(requests).pipe(average));
}

async function rxbatchInMemory(count: number): Promise<Work> {
  const { batchOutlook, get } = await loadCore();
  const headers = { "content-type": "multipart/mixed; boundary=b" };
  const parts = Array.from(
    { length: count },
    (_, at) =>
      `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n` +
      `Content-ID: ${at + 1}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n` +
      `{"Subject":"${"x".repeat(300)}"}\r\n`,
  );
  const body = [new TextEncoder().encode(`${parts.join("")}--b--\r\n`)];
  const operator = batchOutlook({
    transport: () => Promise.resolve({ status: 200, headers, body }),
  });
  const operations$: Observable<Operation> = from({ length: count }).pipe(
    map((_, at) => get(`messages/${at}`)),
  );
  return () => lastValueFrom(operations$.pipe(operator));
}
