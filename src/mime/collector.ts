/** From this many octets on a piece is kept as a view: copying it would cost more than it saves. */
const LARGE_BYTES = 32_768;
const MAX_BLOCK_BYTES = 1_048_576;

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * Puts pieces together.
 *
 * A single piece comes back as the view it was. Small pieces are copied into blocks that double in size, so that a
 * flood of one-octet chunks costs no more memory than the octets, and no octet is copied more than three times.
 */
export class Collector {
  #first: Uint8Array = NOTHING;
  #blocks: Uint8Array[] | undefined;
  #block: Uint8Array = NOTHING;
  #used = 0;
  #length = 0;

  /** Octets so far. */
  get length(): number {
    return this.#length;
  }

  /** Takes one more piece, which must not change afterwards. */
  add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (this.#length === 0) {
      this.#first = piece;
    } else {
      if (this.#blocks === undefined) {
        this.#blocks = [];
        this.#append(this.#first);
        this.#first = NOTHING;
      }
      this.#append(piece);
    }
    this.#length += piece.length;
  }

  /** All of it in one array; the collector is empty then. */
  take(): Uint8Array {
    const whole = this.#blocks === undefined ? this.#first : this.#join(this.#blocks);
    this.#first = this.#block = NOTHING;
    this.#blocks = undefined;
    this.#used = this.#length = 0;
    return whole;
  }

  #append(piece: Uint8Array): void {
    if (this.#used + piece.length > this.#block.length) {
      this.#seal();
      if (piece.length >= LARGE_BYTES) {
        this.#blocks!.push(piece);
        return;
      }
      const size = Math.min(MAX_BLOCK_BYTES, 2 * (this.#length + piece.length));
      this.#block = new Uint8Array(Math.max(1024, size));
    }
    this.#block.set(piece, this.#used);
    this.#used += piece.length;
  }

  #seal(): void {
    if (this.#used > 0) this.#blocks!.push(this.#block.subarray(0, this.#used));
    this.#block = NOTHING;
    this.#used = 0;
  }

  #join(blocks: Uint8Array[]): Uint8Array {
    this.#seal();
    if (blocks.length === 1) return blocks[0]!;
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const block of blocks) {
      whole.set(block, at);
      at += block.length;
    }
    return whole;
  }
}
