const HEX: readonly string[] = /* @__PURE__ */ Array.from(
  { length: 256 },
  (_, octet) => octet.toString(16).padStart(2, "0"),
);

/** How many octets a boundary of {@link randomBoundary} has. */
export const BOUNDARY_LENGTH = 38;

const RANDOM_OCTETS = 16;
const OUTER = "batch_";
/** As long as the other, so that octets are counted alike. */
const NESTED = "chset_";

/** Boundaries to come: asking for the random octets of many costs hardly more than asking for those of one. */
const POOLED = 64;
const POOLED_OCTETS = 1_024;
const octets: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(POOLED_OCTETS);
let digits = "";
let used = POOLED;

/**
 * A boundary that nobody can guess: `batch_` and 128 random bits.
 *
 * Servers echo what they store, so stored data could forge a part of a guessable one. Of plain token characters, so
 * that it needs no quotes, which some servers refuse (protocol E13).
 */
export function randomBoundary(): string {
  if (used === POOLED) {
    digits = "";
    for (const octet of crypto.getRandomValues(octets)) digits += HEX[octet]!;
    used = 0;
  }
  const start = 2 * RANDOM_OCTETS * used++;
  return `${OUTER}${digits.slice(start, start + 2 * RANDOM_OCTETS)}`;
}

/** The boundary of the change sets in a batch with this one: neither is a part of the other. */
export function nestedBoundary(boundary: string): string {
  return `${NESTED}${randomDigitsOf(boundary)}`;
}

/** What of a boundary nobody can guess. */
export function randomDigitsOf(boundary: string): string {
  return boundary.slice(OUTER.length);
}
