import type { AnswerChunk } from "../http/batch_answer.ts";
import type { CutFault, DripFault, Fault, ResetFault } from "./fault.ts";
import type { FaultScene } from "./answer.ts";
import { ConnectionBroken } from "../http/http.ts";

type Chunks = AsyncGenerator<AnswerChunk, void, undefined>;

/**
 * Lets the faults at the bytes of the answer, and marks each operation as answered when its last byte goes out (with
 * gzip: when it is packed).
 */
export async function* deliver(
  chunks: Chunks,
  faults: readonly Fault[],
  scene: FaultScene,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pieces = chunks;
  const ending = faults.find((fault): fault is CutFault | ResetFault =>
    fault.name === "cut" || (fault.name === "reset" && fault.at === "after")
  );
  if (ending !== undefined) pieces = ended(pieces, ending, scene);
  if (faults.some(({ name }) => name === "gzip")) pieces = packed(pieces);
  const drip = faults.find((fault): fault is DripFault => fault.name === "drip");
  if (drip !== undefined) pieces = dripping(pieces, drip, scene);
  yield* marked(pieces);
}

async function* marked(chunks: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { bytes, entries = [] } of chunks) {
    for (const entry of entries) entry.answered = true;
    yield bytes;
  }
}

async function* ended(
  chunks: Chunks,
  fault: CutFault | ResetFault,
  { random }: FaultScene,
): Chunks {
  const all: AnswerChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const total = all.reduce((sum, { bytes }) => sum + bytes.length, 0);
  let left = fault.afterBytes ?? random.below(total);
  for (const chunk of all) {
    if (chunk.bytes.length <= left) yield chunk;
    else if (left > 0) yield { bytes: chunk.bytes.subarray(0, left) };
    left = Math.max(0, left - chunk.bytes.length);
  }
  if (fault.name === "reset") throw new ConnectionBroken("ECONNRESET");
}

async function* packed(chunks: Chunks): Chunks {
  const plain = marked(chunks);
  const source = new ReadableStream<BufferSource>({
    async pull(controller) {
      const { done, value } = await plain.next();
      if (done === true) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
  });
  const reader = source.pipeThrough(new CompressionStream("gzip")).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield { bytes: value };
  }
}

async function* dripping(
  chunks: Chunks,
  { bytes: size = 1, everyMs = 0 }: DripFault,
  { clock, signal }: FaultScene,
): Chunks {
  for await (const { bytes, entries } of chunks) {
    for (let at = 0; at < bytes.length; at += size) {
      if (everyMs > 0) await clock.wait(everyMs, signal);
      const last = at + size >= bytes.length;
      yield { bytes: bytes.subarray(at, at + size), entries: last ? entries : undefined };
    }
  }
}
