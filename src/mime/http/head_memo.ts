const MAX_BYTES = 512;
const LF = 10;
const CR = 13;

/**
 * The last head that was read, and what it meant.
 *
 * The heads of one batch answer mostly repeat octet by octet, and comparing is several times as fast as reading. Only
 * heads that end with an empty line are kept, CRLF both times: then they end there whatever follows.
 */
export class HeadMemo<T> {
  readonly #octets: Uint8Array = new Uint8Array(MAX_BYTES);
  #length = 0;
  #value: T | undefined;

  /** How long the head is that is kept. */
  get length(): number {
    return this.#length;
  }

  /** What the head means that begins at `start`, if it is the one that is kept. */
  find(bytes: Uint8Array, start: number): T | undefined {
    const octets = this.#octets;
    // From its end, where heads differ that name an id.
    for (let at = this.#length - 1; at >= 0; at--) {
      if (bytes[start + at] !== octets[at]) return undefined;
    }
    return this.#value;
  }

  /** Keeps a head, which goes from `start` up to `end`, unless it is an unusual one. */
  keep(bytes: Uint8Array, start: number, end: number, value: T): void {
    const isUsual = end - start <= MAX_BYTES && end - start > 4 &&
      bytes[end - 1] === LF && bytes[end - 2] === CR &&
      bytes[end - 3] === LF && bytes[end - 4] === CR;
    if (!isUsual) return;
    this.#octets.set(bytes.subarray(start, end));
    this.#length = end - start;
    this.#value = value;
  }
}
