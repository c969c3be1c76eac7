/**
 * A copy that later changes of the value do not reach, frozen, with classes kept: what has a `toJSON` speaks for itself,
 * as decimals and such do, and stays the object that it is.
 *
 * @param value as the caller gave it
 * @returns the copy
 * @throws {TypeError} when the value holds itself
 */
export function snapshotOf(value: unknown): unknown {
  return copyOf(value, new Set());
}

function copyOf(value: unknown, within: Set<object>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value);
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) {
    return structuredClone(value);
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
  if (within.has(value)) {
    throw new TypeError(
      "Cannot copy a value as it must not hold itself: current value is one that does",
    );
  }
  within.add(value);
  const copy = Array.isArray(value)
    ? value.map((item) => copyOf(item, within))
    : recordOf(value, within);
  within.delete(value);
  return Object.freeze(copy);
}

function recordOf(value: object, within: Set<object>): object {
  const copy: Record<string, unknown> = Object.create(Object.getPrototypeOf(value));
  for (const name of Object.keys(value)) {
    const member = copyOf((value as Record<string, unknown>)[name], within);
    // A plain assignment would run a setter of the class, or set the prototype.
    Object.defineProperty(copy, name, { value: member, enumerable: true });
  }
  return copy;
}
