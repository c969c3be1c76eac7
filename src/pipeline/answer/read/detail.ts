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

  /** What has come so far. */
  end(): string {
    const decoder = new TextDecoder();
    const texts = this.#pieces.map((piece) => decoder.decode(piece, { stream: true }));
    return texts.join("") + decoder.decode();
  }
}
