import { Octets } from "./octets.ts";

/** Below this many octets a view costs more memory than a copy. */
const SMALL_BYTES = 512;
/** So many small pieces are kept as views all the same: two or three are common, and a block is dear. */
const MAX_SMALL_VIEWS = 8;
const MAX_BLOCK_BYTES = 1_048_576;

const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/**
 * Collects pieces.
 *
 * They come back as the views they were. A flood of small ones is copied into blocks, so that it takes no more memory
 * than a small multiple of its octets.
 */
export class Collector {
  #pieces: Uint8Array[] = [];
  #length = 0;
  #smallViews = 0;
  #block: Uint8Array = NOTHING;
  /** Where the octets of the block begin that are in no piece yet, and where they end. */
  #start = 0;
  #end = 0;

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

  /** All of it; the collector is empty then. */
  take(): Octets {
    this.#seal();
    const taken = new Octets(this.#pieces, this.#length);
    this.#pieces = [];
    this.#length = this.#smallViews = 0;
    this.#block = NOTHING;
    this.#start = this.#end = 0;
    return taken;
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
