const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** Pieces of up to so many octets are put together in one array that is used again and again, only to be decoded. */
const SCRATCH_BYTES = 131_072;
/** Made when it is needed first; nothing that was in it is ever given out. */
let scratch: Uint8Array = NOTHING;

/** Arrays of up to this size are cut out of a larger one, as each array of its own is dear to make. */
const MAX_SHARE_BYTES = 16_384;
const SLAB_BYTES = 65_536;
let slab: Uint8Array = NOTHING;
let slabUsed = 0;

/**
 * Octets in the pieces they came in, mostly one.
 *
 * To put them together costs more than all else that is done to find them, so that happens as late as can be, and for
 * most texts without an array of their own.
 */
export class Octets {
  /** How many there are. */
  declare readonly length: number;
  readonly #pieces: readonly Uint8Array[];

  /** `pieces`: none of them empty, unless it is the only one; `length`: of all together. */
  constructor(pieces: readonly Uint8Array[], length: number) {
    this.#pieces = pieces;
    this.length = length;
  }

  /** What is in one piece already. */
  static of(bytes: Uint8Array): Octets {
    return new Octets([bytes], bytes.length);
  }

  /**
   * All in one array, which may share its buffer with others: a view of what came in one piece, put together again with
   * each call otherwise. Not for users, see {@link copy}.
   */
  joined(): Uint8Array {
    return this.#pieces.length === 1 ? this.#pieces[0]! : this.#writeTo(spaceFor(this.length));
  }

  /** All in an array of their own, which keeps no chunk alive. */
  copy(): Uint8Array {
    return this.#writeTo(new Uint8Array(this.length));
  }

  /** As text. */
  decode(decoder: TextDecoder): string {
    if (this.#pieces.length === 1) return decoder.decode(this.#pieces[0]);
    if (this.length > SCRATCH_BYTES) return decoder.decode(this.joined());
    if (scratch === NOTHING) scratch = new Uint8Array(SCRATCH_BYTES);
    return decoder.decode(this.#writeTo(scratch).subarray(0, this.length));
  }

  /** The first piece. */
  get first(): Uint8Array {
    return this.#pieces[0] ?? NOTHING;
  }

  /** Those from `start` on, as views. */
  from(start: number): Octets {
    if (start >= this.length) return EMPTY;
    const pieces = this.#pieces;
    let first = 0;
    let skipped = start;
    while (skipped >= pieces[first]!.length) skipped -= pieces[first++]!.length;
    const rest = pieces.slice(first);
    if (skipped > 0) rest[0] = rest[0]!.subarray(skipped);
    return new Octets(rest, this.length - start);
  }

  /** Those before `end`, or all there are, as views. */
  upTo(end: number): Octets {
    if (end >= this.length) return this;
    const pieces: Uint8Array[] = [];
    let left = end;
    for (const piece of this.#pieces) {
      if (left <= 0) break;
      pieces.push(left < piece.length ? piece.subarray(0, left) : piece);
      left -= piece.length;
    }
    return new Octets(pieces, end);
  }

  /** Whether all of them are such ones. */
  every(isSuch: (octet: number) => boolean): boolean {
    return this.#pieces.every((piece) => piece.every(isSuch));
  }

  #writeTo(target: Uint8Array): Uint8Array {
    let at = 0;
    for (const piece of this.#pieces) {
      target.set(piece, at);
      at += piece.length;
    }
    return target;
  }
}

const EMPTY = /* @__PURE__ */ new Octets([], 0);

function spaceFor(length: number): Uint8Array {
  if (length > MAX_SHARE_BYTES) return new Uint8Array(length);
  if (slabUsed + length > slab.length) {
    slab = new Uint8Array(SLAB_BYTES);
    slabUsed = 0;
  }
  slabUsed += length;
  return slab.subarray(slabUsed - length, slabUsed);
}
