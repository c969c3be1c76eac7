import process from "node:process";
import { type MimePart, MultipartReader } from "../../src/mime/multipart/reader.ts";

/**
 * Shows what reading costs in memory: 1 GiB of parts of 1 MiB, then one part of 100 MiB, in chunks of 64 KiB; of
 * each part a copy is made, as for a user who asked for bytes.
 *
 *   npm run bench:stream
 */
const MIB = 2 ** 20;
const CHUNK_BYTES = 65_536;
const limits = { maxPartHeaderBytes: 65_536, maxParts: 10_000, maxNestingDepth: 0 };
const encoder = new TextEncoder();
const head = encoder.encode("--b\r\nContent-Type: application/http\r\n\r\n");
const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new TypeError("run it with --expose-gc");

/** Chunks are fresh, as those of a socket are. */
function* message(parts: number, partBytes: number): Generator<Uint8Array> {
  for (let part = 0; part < parts; part++) {
    yield head.slice();
    for (let at = 0; at < partBytes; at += CHUNK_BYTES) {
      yield new Uint8Array(Math.min(CHUNK_BYTES, partBytes - at)).fill(120);
    }
    yield encoder.encode("\r\n");
  }
  yield encoder.encode("--b--\r\n");
}

function held(): number {
  // The arrays that one collection lets go count until the next one.
  collect!();
  collect!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The most that is held at any time, looked at often enough to see every part at its largest. */
function peakMib(
  parts: number,
  partBytes: number,
): { readonly peak: number; readonly read: number } {
  const before = held();
  const reader = new MultipartReader("b", limits);
  let peak = 0;
  let read = 0;
  let chunks = 0;
  const take = ({ body }: MimePart) => {
    const copy = body.copy();
    peak = Math.max(peak, held() - before);
    read += copy.length;
  };
  for (const chunk of message(parts, partBytes)) {
    for (const part of reader.write(chunk)) take(part);
    if (chunks++ % 64 === 0) peak = Math.max(peak, held() - before);
  }
  for (const _ of reader.end()) throw new Error("no part may come after the last delimiter");
  return { peak: peak / MIB, read: read / MIB };
}

let isFlat = true;
for (const [parts, partMib] of [[1024, 1], [1, 100]] as const) {
  const { peak, read } = peakMib(parts, partMib * MIB);
  console.log(
    `${parts} x ${partMib} MiB: ${read} MiB read, at most ${peak.toFixed(1)} MiB held, ${
      (peak / partMib).toFixed(2)
    } times a part`,
  );
  isFlat &&= read === parts * partMib && peak <= 2.2 * partMib + 2;
}
// Putting the pieces of a part together happens between two looks: the whole process tells.
console.log(
  `at most ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB in the whole process`,
);
if (!isFlat) process.exitCode = 1;
