const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, octet) => octet.toString(16).padStart(2, "0"),
);

/** How many octets a boundary of {@link randomBoundary} has. */
export const BOUNDARY_LENGTH = 38;

/**
 * A boundary that nobody can guess: `batch_` and 128 random bits.
 *
 * Servers echo what they store, so stored data could forge a part of a guessable one. Of plain token characters, so
 * that it needs no quotes, which some servers refuse (protocol E13).
 */
export function randomBoundary(): string {
  let boundary = "batch_";
  for (const octet of crypto.getRandomValues(new Uint8Array(16))) boundary += HEX[octet];
  return boundary;
}
