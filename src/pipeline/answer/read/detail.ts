import { textOf } from "../../../operation/server_error/charset.ts";

const MAX_BYTES = 8_192;

/** The beginning of an answer, for the error when nobody can read it; text is made of it only then. */
export class Detail {
  readonly #pieces: Uint8Array[] = [];
  #freeBytes = MAX_BYTES;

  take(chunk: Uint8Array): void {
    if (this.#freeBytes === 0) return;
    const beginning = chunk.subarray(0, this.#freeBytes);
    this.#pieces.push(beginning);
    this.#freeBytes -= beginning.length;
  }

  /** What has come so far, of an answer with this Content-Type. */
  end(contentType: string | undefined): string {
    const octets = new Uint8Array(MAX_BYTES - this.#freeBytes);
    let at = 0;
    for (const piece of this.#pieces) {
      octets.set(piece, at);
      at += piece.length;
    }
    return textOf(octets, contentType);
  }
}
