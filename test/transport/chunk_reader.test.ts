import { describe, expect, it } from "vitest";
import {
  chunkBytesOf,
  type ChunkReader,
  chunkReader,
  readerWithArrays,
} from "../../src/transport/chunk_reader.ts";
import { joined } from "../support/octets.ts";

/** A body that comes in these pieces, as sockets give them. */
function bytesIn(pieces: readonly string[]): ReadableStream<Uint8Array> {
  const left = pieces.values();
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { done, value } = left.next();
      if (!done) return controller.enqueue(new TextEncoder().encode(value));
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}

async function chunksOf(reader: ChunkReader): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
  }
}

const textOf = (chunks: readonly Uint8Array[]) => new TextDecoder().decode(joined(chunks));

describe("readerWithArrays", () => {
  it("gives each piece as it comes, however large the arrays are", async () => {
    const chunks = await chunksOf(readerWithArrays(bytesIn(["--b", "\r\n", "rest"]), 100));
    expect(chunks.map((chunk) => textOf([chunk]))).toEqual(["--b", "\r\n", "rest"]);
  });

  it("loses nothing of a piece that is larger than the arrays", async () => {
    const chunks = await chunksOf(readerWithArrays(bytesIn(["abcdefg", "hij"]), 3));
    expect(textOf(chunks)).toBe("abcdefghij");
    expect(Math.max(...chunks.map(({ length }) => length))).toBe(3);
  });

  it("leaves each chunk to whoever has it: none is filled again", async () => {
    const chunks = await chunksOf(readerWithArrays(bytesIn(["first", "second"]), 100));
    expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBe(2);
  });

  it("reads a stream that takes no arrays all the same", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("of a fetch that was handed in"));
        controller.close();
      },
    });
    expect(textOf(await chunksOf(readerWithArrays(body, 4)))).toBe("of a fetch that was handed in");
  });

  it("cancels the body with the reason", async () => {
    const reasons: unknown[] = [];
    const body = new ReadableStream<Uint8Array>({
      type: "bytes",
      cancel: (reason) => void reasons.push(reason),
    });
    await readerWithArrays(body, 10).cancel("left");
    expect(reasons).toEqual(["left"]);
  });

  it("fails as the body does", async () => {
    const body = new ReadableStream<Uint8Array>({
      type: "bytes",
      pull: (controller) => controller.error(new RangeError("cut off")),
    });
    await expect(readerWithArrays(body, 10).read()).rejects.toThrow("cut off");
  });
});

describe("chunkBytesOf", () => {
  it.each<[headers: Record<string, string>, chunkBytes: number]>([
    [{ "content-length": "8000" }, 8000],
    [{ "content-length": "20000000" }, 65_536],
    [{}, 65_536],
    [{ "content-length": "0" }, 65_536],
    [{ "content-length": "0.5" }, 65_536],
    [{ "content-length": "many" }, 65_536],
    [{ "content-length": "300", "content-encoding": "gzip" }, 65_536],
  ])("of an answer with %j is %i", (headers, chunkBytes) => {
    expect(chunkBytesOf(new Headers(headers))).toBe(chunkBytes);
  });
});

describe("chunkReader", () => {
  it("reads the body of an answer", async () => {
    const reader = chunkReader(new Response("answered", { headers: { "content-length": "8" } }));
    expect(textOf(await chunksOf(reader!))).toBe("answered");
  });

  it("is none where there is no body", () => {
    expect(chunkReader(new Response(null, { status: 204 }))).toBeUndefined();
  });
});
