/**
 * What a value is, for messages that do not quote it: `a number`, `an object`, `null`. What the platform has a name for, and
 * an Observable, are called by it, as they are mistaken for what they hold. Such a name is code, and never data.
 */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const kind = typeof value === "object" ? nameOf(value) : typeof value;
  return `${/^[aeio]/i.test(kind) ? "an" : "a"} ${kind}`;
}

function nameOf(value: object): string {
  if ("lift" in value && "subscribe" in value) return "Observable";
  const name = Object.prototype.toString.call(value).slice(8, -1);
  return name === "Array" || name === "Object" ? name.toLowerCase() : name;
}
