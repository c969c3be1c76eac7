import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import { TransportError } from "../operation/errors.ts";

/** Takes what came, and gives what was meant. */
export type Decompressor = ReturnType<typeof createGunzip>;

/** What is asked for. */
export const ACCEPTED_ENCODINGS = "gzip, br, deflate";

/** Makes one for what begins with this octet. */
export type MakeDecompressor = (firstOctet: number) => Decompressor;

/** @throws {TransportError} when the coding is none that was asked for */
export function decompressorOf(encoding: string): MakeDecompressor {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return () => createGunzip();
    case "br":
      return () => createBrotliDecompress();
    case "deflate":
      return inflateOf;
    default:
      throw new TransportError(
        `Cannot read the answer as its Content-Encoding must be one of ${ACCEPTED_ENCODINGS}: ` +
          `current value is ${encoding.length} characters long`,
      );
  }
}

/** RFC 9110 §8.4.1.2: some servers leave out the format around the compressed octets, whose first one has an 8 in it. */
function inflateOf(firstOctet: number): Decompressor {
  return (firstOctet & 0x0f) === 8 ? createInflate() : createInflateRaw();
}
