/** Reads a body by chunks, each as soon as it is there. */
export type ChunkReader = Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;

/** As much as Deno reads at once, whoever brings the array. */
const MAX_CHUNK_BYTES = 65_536;

/** The reader of an answer's body, `undefined` when it has none. */
export function chunkReader({ body, headers }: Response): ChunkReader | undefined {
  if (!body) return undefined;
  return "Deno" in globalThis ? readerWithArrays(body, chunkBytesOf(headers)) : body.getReader();
}

/**
 * A reader that brings the array of each chunk. On Deno it takes a quarter of the time of one that is given them; on
 * Node both take the same.
 *
 * The stream of a fetch that was handed in may take no arrays; then it gives its own.
 */
export function readerWithArrays(
  body: ReadableStream<Uint8Array>,
  chunkBytes: number,
): ChunkReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    return body.getReader();
  }
  return {
    read: () => reader.read(new Uint8Array(chunkBytes)),
    cancel: (reason) => reader.cancel(reason),
  };
}

/** No more than is announced, as whoever keeps some octets of a chunk keeps all of its array. */
export function chunkBytesOf(headers: Headers): number {
  // What is announced of a compressed body says little of its length.
  const announced = headers.has("content-encoding") ? NaN : Number(headers.get("content-length"));
  return announced >= 1 ? Math.min(announced, MAX_CHUNK_BYTES) : MAX_CHUNK_BYTES;
}
