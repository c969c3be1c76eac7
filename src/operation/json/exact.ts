/** Deeper than any service reads; what is below is taken as its text has it. */
const MAX_DEPTH = 500;

/**
 * Does the JSON text of a value say all of it? So it does of text, finite numbers, and plain objects and arrays of them,
 * but not of a BigInt, a date, a decimal of somebody's class, or Infinity.
 *
 * @param value what JSON.stringify wrote
 * @param depth how deep it stands
 * @returns whether JSON.parse gives it back
 */
export function isExact(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return isExactLeaf(value);
  if (depth > MAX_DEPTH) return true;
  if (Array.isArray(value)) return value.every((item) => isExact(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const name in value) {
    const member: unknown = (value as Record<string, unknown>)[name];
    // Most are text, and this is done for every body.
    if (typeof member !== "string" && !isExact(member, depth + 1)) return false;
  }
  return true;
}

/** A function may be a `toJSON`; of a number that is not finite the difference is NaN. */
function isExactLeaf(value: unknown): boolean {
  return typeof value === "number"
    ? value - value === 0
    : typeof value !== "bigint" && typeof value !== "function";
}
