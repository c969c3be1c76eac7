const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text in UTF-8. */
export function octets(text: string): Uint8Array {
  return encoder.encode(text);
}

/** UTF-8 as text. */
export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Characters U+0000 to U+00FF as one octet each. */
export function latin1(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

/** Everything in one array. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Cut before each of these places, in any order. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...places].sort((a, b) => a - b);
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const place of [...sorted, bytes.length]) {
    // A copy: chunks of a real stream do not share a buffer either.
    chunks.push(bytes.slice(start, place));
    start = place;
  }
  return chunks;
}

/** Chunks of this size. */
export function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const places: number[] = [];
  for (let at = size; at < bytes.length; at += size) places.push(at);
  return cutAt(bytes, places);
}

/** Octet by octet; `toEqual` takes seconds for a megabyte. */
export function isSame(some: Uint8Array, others: Uint8Array): boolean {
  return some.length === others.length && some.every((octet, at) => octet === others[at]);
}
