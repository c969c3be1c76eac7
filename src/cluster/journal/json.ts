/** What PostgreSQL refuses in JSON: a label may hold half a character. */
const UNSTORED = /\p{Surrogate}|\0/gu;

/** A value as JSON that PostgreSQL takes. */
export function json(value: unknown): string {
  return JSON.stringify(
    value,
    (_name, one: unknown) => typeof one === "string" ? one.replaceAll(UNSTORED, "\ufffd") : one,
  );
}
