/**
 * A small seeded generator: one seed and one purpose give one sequence, so that a draw added for one purpose never
 * moves the draws of another.
 */
export class Random {
  #state: number;

  constructor(seed: number | string, purpose: string) {
    this.#state = fingerprint(`${seed}/${purpose}`);
  }

  /** Evenly drawn from 0 (included) to 1 (excluded). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to `limit - 1`; 0 when there is nothing to choose from. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** A copy in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const pool = [...items];
    const drawn: T[] = [];
    while (pool.length > 0) drawn.push(...pool.splice(this.below(pool.length), 1));
    return drawn;
  }

  /** So many characters of the alphabet. */
  text(length: number, alphabet: string): string {
    let text = "";
    while (text.length < length) text += alphabet[this.below(alphabet.length)];
    return text;
  }

  /** In the form of a GUID. */
  guid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.text(length, "0123456789abcdef")).join("-");
  }
}

/** FNV-1a, 32 bits. */
function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash;
}
