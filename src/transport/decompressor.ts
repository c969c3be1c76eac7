import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { TransportError } from "../operation/errors.ts";

/** Takes what came, and gives what was meant. */
export type Decompressor = ReturnType<typeof createGunzip>;

/** What is asked for. */
export const ACCEPTED_ENCODINGS = "gzip, br, deflate";

/** @throws {TransportError} when the coding is none that was asked for */
export function createDecompressor(encoding: string): Decompressor {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "br":
      return createBrotliDecompress();
    case "deflate":
      return createInflate();
    default:
      throw new TransportError(
        `Cannot read the answer as its Content-Encoding must be one of ${ACCEPTED_ENCODINGS}: ` +
          `current value is ${encoding.length} characters long`,
      );
  }
}
