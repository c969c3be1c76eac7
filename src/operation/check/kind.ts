/**
 * What a value is, for messages that do not quote it: `a number`, `an object`, `null`. What the platform has a name for, and
 * an Observable, are called by it, as they are mistaken for what they hold.
 */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  if ("subscribe" in value) return "an Observable";
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (tag === "Object" || !/^[A-Z]\w{1,30}$/.test(tag)) return "an object";
  return `${/^[AEIO]/.test(tag) ? "an" : "a"} ${tag}`;
}
