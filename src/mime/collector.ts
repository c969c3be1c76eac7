/** Below this many octets a view costs more memory than a copy. */
const SMALL_BYTES = 512;
/** So many small pieces are kept as views all the same: two or three are common, and a block is dear. */
const MAX_SMALL_VIEWS = 8;
const MAX_BLOCK_BYTES = 1_048_576;
/** Bodies up to this size share an array, as each array of its own is dear to make. */
const MAX_SLAB_SHARE = 16_384;
const MAX_SLAB_BYTES = 131_072;

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * Puts pieces together.
 *
 * A single piece comes back as the view it was. A flood of small pieces is copied into blocks, so that it takes no more
 * memory than a small multiple of its octets.
 */
export class Collector {
  #pieces: Uint8Array[] = [];
  #length = 0;
  #smallViews = 0;
  #block: Uint8Array = NOTHING;
  /** Where the octets of the block begin that are in no piece yet, and where they end. */
  #start = 0;
  #end = 0;
  #slab: Uint8Array = NOTHING;
  #slabUsed = 0;

  /** Octets so far. */
  get length(): number {
    return this.#length;
  }

  /** Takes one more piece, which must not change afterwards. */
  add(piece: Uint8Array): void {
    const { length } = piece;
    if (length === 0) return;
    if (length >= SMALL_BYTES || this.#smallViews < MAX_SMALL_VIEWS) {
      if (length < SMALL_BYTES) this.#smallViews++;
      this.#seal();
      this.#pieces.push(piece);
    } else {
      if (this.#end + length > this.#block.length) this.#renewBlock();
      this.#block.set(piece, this.#end);
      this.#end += length;
    }
    this.#length += length;
  }

  /** All of it in one array; the collector is empty then. */
  take(): Uint8Array {
    this.#seal();
    const pieces = this.#pieces;
    const length = this.#length;
    if (length === 0) return NOTHING;
    this.#pieces = [];
    this.#length = this.#smallViews = 0;
    this.#block = NOTHING;
    this.#start = this.#end = 0;
    if (pieces.length === 1) return pieces[0]!;
    const whole = this.#space(length);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  #space(length: number): Uint8Array {
    if (length > MAX_SLAB_SHARE) return new Uint8Array(length);
    if (this.#slabUsed + length > this.#slab.length) {
      // Room for a few more of the kind, and for more of them the longer it goes on.
      const size = Math.max(4 * length, 2 * this.#slab.length);
      this.#slab = new Uint8Array(Math.min(MAX_SLAB_BYTES, size));
      this.#slabUsed = 0;
    }
    this.#slabUsed += length;
    return this.#slab.subarray(this.#slabUsed - length, this.#slabUsed);
  }

  #seal(): void {
    if (this.#start === this.#end) return;
    this.#pieces.push(this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  /** Blocks grow with what there is, and are filled before the next one is made. */
  #renewBlock(): void {
    this.#seal();
    const size = Math.min(MAX_BLOCK_BYTES, Math.max(2 * SMALL_BYTES, this.#length));
    this.#block = new Uint8Array(size);
    this.#start = this.#end = 0;
  }
}
