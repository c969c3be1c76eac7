const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, octet) => octet.toString(16).padStart(2, "0"),
);

/** How many octets a boundary of {@link randomBoundary} has. */
export const BOUNDARY_LENGTH = 38;

const RANDOM_OCTETS = 16;

/** Random octets for the boundaries to come: asking for many at once costs hardly more than asking for a few. */
const pool: Uint8Array<ArrayBuffer> = new Uint8Array(64 * RANDOM_OCTETS);
let used: number = pool.length;

/**
 * A boundary that nobody can guess: `batch_` and 128 random bits.
 *
 * Servers echo what they store, so stored data could forge a part of a guessable one. Of plain token characters, so
 * that it needs no quotes, which some servers refuse (protocol E13).
 */
export function randomBoundary(): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  let boundary = "batch_";
  for (const end = used + RANDOM_OCTETS; used < end; used++) boundary += HEX[pool[used]!]!;
  return boundary;
}
