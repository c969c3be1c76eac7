import { LimitError } from "../../../operation/errors.ts";
import { noBytes } from "./given.ts";
import { Detail } from "./detail.ts";

/** The bytes of one answer: no more than a limit, and the first of them kept to tell what it was. */
export class Intake {
  readonly #maxBytes: number;
  readonly #detail = new Detail();
  #freeBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#freeBytes = maxBytes;
  }

  /**
   * As much of the chunk as fits: how the bytes were cut must not decide which parts are delivered.
   *
   * @throws {DecodeError} when it is none
   */
  take(chunk: Uint8Array): Uint8Array {
    if (!ArrayBuffer.isView(chunk)) throw noBytes(chunk);
    const taken = chunk.length <= this.#freeBytes ? chunk : chunk.subarray(0, this.#freeBytes);
    this.#freeBytes -= taken.length;
    this.#detail.take(taken);
    return taken;
  }

  /** The beginning of what has come so far, of an answer with this Content-Type. */
  detailOf(contentType: string | undefined): string {
    return this.#detail.end(contentType);
  }

  tooLarge(): LimitError {
    return new LimitError(
      `Cannot read the answer as it must be no larger than maxResponseBytes: current value is more than ${this.#maxBytes}`,
      { limit: "maxResponseBytes" },
    );
  }
}
