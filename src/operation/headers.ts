import { kindOf } from "./check/kind.ts";
import { lengthOf } from "./errors.ts";

/** RFC 9110 §5.6.2 `token`. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5 `field-value`: visible US-ASCII and Latin-1, blanks and tabs; never CR, LF or NUL. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A checked copy; `refuse` makes the error, for headers stand in operations and in options. */
export function checkedHeaders(
  given: Readonly<Record<string, string>>,
  refuse: (rule: string, value: string) => Error,
): Record<string, string> {
  if (typeof given !== "object" || given === null || Symbol.iterator in given) {
    throw refuse("headers must be a plain object of strings", kindOf(given));
  }
  const seen = new Set<string>();
  const checked: Record<string, string> = {};
  for (const name of Object.keys(given)) {
    if (!TOKEN.test(name)) {
      throw refuse("a header name must be a token", lengthOf("a name", name));
    }
    const value = given[name];
    if (typeof value !== "string") {
      throw refuse("a header value must be a string", `${kindOf(value)} for ${name}`);
    }
    if (!FIELD_VALUE.test(value)) {
      throw refuse(
        "a header value must hold Latin-1 characters only, and no CR, LF or NUL",
        `${lengthOf("a value", value)} for ${name}`,
      );
    }
    const lowerName = name.toLowerCase();
    if (seen.has(lowerName)) {
      throw refuse("a header must be given once, whatever its letter case", `${name} twice`);
    }
    seen.add(lowerName);
    setField(checked, name, value.trim());
  }
  return checked;
}

/** Sets a header; one named `__proto__` is a header like any other. */
export function setField(headers: Record<string, string>, name: string, value: string): void {
  if (name === "__proto__") {
    Object.defineProperty(headers, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else headers[name] = value;
}

/**
 * Headers as they came from somebody else's transport or server, under lower-case names: a number is its text, a list its
 * members, and what is neither is left out, for one odd header must not cost anybody his answer.
 *
 * @param headers an object of them, or the `Headers` of a fetch
 */
export function lowerCased(headers: object): Record<string, string> {
  const lower: Record<string, string> = {};
  const { entries } = headers as { readonly entries?: unknown };
  const all: Iterable<readonly [unknown, unknown]> = typeof entries === "function"
    ? entries.call(headers)
    : Object.entries(headers);
  for (const [name, value] of all) {
    const text = textOf(value);
    if (text !== undefined) setField(lower, String(name).toLowerCase(), text);
  }
  return lower;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    return value.map(textOf).filter((text) => text !== undefined).join(", ");
  }
  const isPlain = typeof value === "number" || typeof value === "boolean" ||
    typeof value === "bigint";
  return isPlain ? String(value) : undefined;
}

/** Looks a header up whatever its letter case. */
export function hasHeader(headers: Readonly<Record<string, string>>, lowerName: string): boolean {
  return headerOf(headers, lowerName) !== undefined;
}

/** The value of a header, whatever its letter case. */
export function headerOf(
  headers: Readonly<Record<string, string>>,
  lowerName: string,
): string | undefined {
  for (const name in headers) {
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return headers[name];
  }
  return undefined;
}
