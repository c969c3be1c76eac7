/**
 * Looks for a short run of octets, the same one over and over.
 *
 * Horspool's skip table in plain typed arrays: for boundaries of the usual length it is faster than `Buffer.indexOf` on
 * Node, and far faster on Deno. At worst each octet is compared with each octet of the needle.
 */
export class ByteSearch {
  /** What is looked for. */
  readonly needle: Uint8Array;
  readonly #skip: Uint8Array;

  /** `needle`: 1 to 255 ASCII characters. */
  constructor(needle: string) {
    this.needle = new TextEncoder().encode(needle);
    const last = this.needle.length - 1;
    this.#skip = new Uint8Array(256).fill(this.needle.length);
    for (let at = 0; at < last; at++) this.#skip[this.needle[at]!] = last - at;
  }

  /** The first place at or after `from` where the needle stands; -1 if there is none. */
  find(bytes: Uint8Array, from: number): number {
    const needle = this.needle;
    const skip = this.#skip;
    const last = needle.length - 1;
    const lastOctet = needle[last];
    for (let end = from + last; end < bytes.length;) {
      const octet = bytes[end]!;
      if (octet === lastOctet) {
        const start = end - last;
        let matched = 0;
        while (matched < last && bytes[start + matched] === needle[matched]) matched++;
        if (matched === last) return start;
      }
      end += skip[octet]!;
    }
    return -1;
  }
}
