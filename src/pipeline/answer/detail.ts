const MAX_BYTES = 8_192;

/** The beginning of an answer that may turn out to be no batch answer: what its error tells. */
export class Detail {
  readonly #decoder = new TextDecoder();
  #text = "";
  #freeBytes = MAX_BYTES;

  take(chunk: Uint8Array): void {
    if (this.#freeBytes === 0) return;
    const beginning = chunk.subarray(0, this.#freeBytes);
    this.#text += this.#decoder.decode(beginning, { stream: true });
    this.#freeBytes -= beginning.length;
  }

  /** There is no more to come. */
  end(): string {
    return this.#text + this.#decoder.decode();
  }
}
