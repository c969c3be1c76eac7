/**
 * Looks for a short run of octets, the same one over and over.
 *
 * Horspool's skip table in plain typed arrays: for boundaries of the usual length it is faster than `Buffer.indexOf` on
 * Node, and far faster on Deno. At worst each octet is compared with each octet of the needle.
 */
export class ByteSearch {
  /** How long the needle is. */
  readonly length: number;
  /** How far an octet lets the search skip; behind these 256 the needle. One array, as each is dear to make. */
  readonly #table: Uint8Array;
  #openFrom = 0;

  /** `needle`: 1 to 255 ASCII characters. */
  constructor(needle: string) {
    const { length } = needle;
    const table = new Uint8Array(256 + length).fill(length, 0, 256);
    for (let at = 0; at < length; at++) {
      const octet = needle.charCodeAt(at);
      table[256 + at] = octet;
      if (at < length - 1) table[octet] = length - 1 - at;
    }
    this.length = length;
    this.#table = table;
  }

  /** The first place where the needle may begin that the last search found nowhere, but for octets still to come. */
  get openFrom(): number {
    return this.#openFrom;
  }

  /** Whether this octet stands at this place of the needle. */
  matches(octet: number, at: number): boolean {
    return this.#table[256 + at] === octet;
  }

  /** Whether this octet stands anywhere in the needle but at its end: a text that ends with a beginning of it has one. */
  isWithin(octet: number): boolean {
    return this.#table[octet]! < this.length;
  }

  /** The first place at or after `from` where the needle stands; -1 if there is none. */
  find(bytes: Uint8Array, from: number): number {
    const table = this.#table;
    const last = this.length - 1;
    const lastOctet = table[256 + last];
    const { length } = bytes;
    let end = from + last;
    while (end < length) {
      const octet = bytes[end]!;
      if (octet === lastOctet) {
        const start = end - last;
        let matched = 0;
        while (matched < last && bytes[start + matched] === table[256 + matched]) matched++;
        if (matched === last) return start;
      }
      end += table[octet]!;
    }
    this.#openFrom = end - last;
    return -1;
  }
}
