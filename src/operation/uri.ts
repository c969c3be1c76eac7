import { kindOf } from "./check/kind.ts";
import { lengthOf, OperationError } from "./errors.ts";

/** Where in a URL a value stands. */
type Place = "segment" | "drive path" | "'" | '"' | "query";

/** `$12` names an operation of the same batch. */
const REFERENCE = /^\$\d+$/;
const SURROGATE = /\p{Surrogate}/u;
/** What a URL cannot hold as it stands; within quotes also what would end the option, or mean a blank. */
const NOT_IN_URL = /[^\x21-\x7e]|["<>\\]/gu;
const NOT_IN_QUOTES = /[^\x21-\x7e]|["<>\\&#+]/gu;
const LONE_PERCENT = /%(?![\da-f]{2})/i;
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** A quote of either kind, escaped or not; a slash after a colon, which begins a path of a drive; its end; a query. */
const LANDMARK = /%27|'|\\?(?:%22|")|:(?:\/(?!\/))?|\?/gi;

/**
 * Writes a URL, each value encoded for the place where it stands, so that a server reads back what went in.
 *
 * - In a path it is one segment, and never leads elsewhere: a slash in it is no slash of the URL. Between `root:/` and the
 *   next colon it is a path of a drive, whose slashes count.
 * - In `'…'` (a key, a literal of `$filter`) its quotes are doubled, in `"…"` (`$search`) they are escaped.
 * - In a query outside quotes it is encoded, which keeps it within its option; it is no protection against words of a
 *   `$filter`: put quotes around it.
 * - In the first place stands a `URL` object or a `ref` as it is.
 *
 * Values are raw: `"%20"` arrives as these three characters. A `Date` is written as ISO 8601. Blanks and letters beyond
 * ASCII may stand in the text of the template itself.
 *
 * @param template what stands as it is
 * @param values what is encoded
 * @returns the URL, for `get` and its kin
 * @throws {OperationError} when a value is of another type, or must not stand where it stands, or a quote stays open
 *
 * @example
 * ```ts
 * import { get, uri } from "@rxbatch/rxbatch";
 *
 * const [id, text] = ["AAMk/AD=", "Rock 'n' roll & more"];
 * console.log(get(uri`me/messages/${id}`).url); // me/messages/AAMk%2FAD%3D
 * console.log(uri`me/messages?$filter=subject eq '${text}'`);
 * // me/messages?$filter=subject%20eq%20'Rock%20''n''%20roll%20%26%20more'
 * ```
 */
export function uri(
  template: TemplateStringsArray,
  ...values: readonly (string | number | bigint | boolean | Date | URL)[]
): string {
  if (!Array.isArray(template?.raw)) {
    throw refused("uri must be used as a template tag", kindOf(template));
  }
  const writer = new UriWriter();
  template.forEach((text, at) => {
    writer.template(text, at);
    if (at < values.length) writer.value(values[at], at);
  });
  return writer.end();
}

class UriWriter {
  #written = "";
  #isQuery = false;
  #isDrivePath = false;
  #quote: "'" | '"' | undefined = undefined;

  template(text: string | undefined, at: number): void {
    if (text === undefined || CONTROL.test(text) || SURROGATE.test(text)) {
      throw refused(
        "its template must hold no line break, no other control character and no lone surrogate",
        `one in text ${at + 1}`,
      );
    }
    if (LONE_PERCENT.test(text)) {
      throw refused("a % of its template must begin an escape", `a lone one in text ${at + 1}`);
    }
    let from = 0;
    for (const { 0: landmark, index } of text.matchAll(LANDMARK)) {
      this.#text(text.slice(from, index));
      const wasQuoted = this.#quote !== undefined;
      this.#pass(landmark);
      this.#text(landmark, wasQuoted);
      from = index + landmark.length;
    }
    this.#text(text.slice(from));
  }

  value(value: unknown, at: number): void {
    const isFirst = this.#written === "";
    if (isFirst && value instanceof URL) {
      this.#written = value.href;
      this.#isQuery = value.search !== "";
      return;
    }
    const text = textOf(value, at);
    if (isFirst && REFERENCE.test(text)) {
      this.#written = text;
      return;
    }
    if (isFirst && /[/:?]/.test(text)) {
      throw refused(
        "its first value must be a URL object, or one path segment without / : and ?",
        `${lengthOf("value 1", text)} (did you mean new URL?)`,
      );
    }
    this.#written += encoded(text, this.#place, at);
  }

  end(): string {
    if (this.#quote === undefined) return this.#written;
    throw refused(
      `a quote that it opens must be closed (%27%27 stands for one within '…')`,
      `an open ${this.#quote}`,
    );
  }

  get #place(): Place {
    if (this.#quote !== undefined) return this.#quote;
    if (this.#isQuery) return "query";
    return this.#isDrivePath ? "drive path" : "segment";
  }

  #pass(landmark: string): void {
    if (landmark.startsWith("\\") && this.#quote === '"') return;
    const last = landmark.slice(-3).toLowerCase();
    const quote = last.endsWith("'") || last === "%27"
      ? "'"
      : last.endsWith('"') || last === "%22"
      ? '"'
      : undefined;
    if (quote !== undefined) {
      if (this.#quote === undefined) this.#quote = quote;
      else if (this.#quote === quote) this.#quote = undefined;
    } else if (this.#quote === undefined) {
      if (landmark === "?") this.#isQuery = true;
      else this.#isDrivePath = !this.#isDrivePath && landmark === ":/";
    }
  }

  #text(text: string, isQuoted = this.#quote !== undefined): void {
    const escaped = text.replaceAll(isQuoted ? NOT_IN_QUOTES : NOT_IN_URL, encodeURIComponent);
    // A question mark of a key must not begin the query.
    this.#written += isQuoted && !this.#isQuery ? escaped.replaceAll("?", "%3F") : escaped;
  }
}

function textOf(value: unknown, at: number): string {
  const place = `value ${at + 1}`;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") {
    throw refused(
      "a value must be a string, a finite number, a bigint, a boolean or a valid Date (a URL object: the first alone)",
      `${place}, ${oddKindOf(value)}`,
    );
  }
  if (!SURROGATE.test(value)) return value;
  throw refused("a value must hold no lone surrogate", lengthOf(place, value));
}

function oddKindOf(value: unknown): string {
  return typeof value === "number" ? "a number that is not finite" : kindOf(value);
}

function encoded(text: string, place: Place, at: number): string {
  switch (place) {
    case "segment":
      return segment(text, at);
    case "drive path":
      return text.split("/").map((part) => segment(part, at)).join("/");
    case "'":
      return encodeURIComponent(text.replaceAll("'", "''"));
    case '"':
      return encodeURIComponent(text.replaceAll(/["\\]/g, "\\$&"));
    case "query":
      return encodeURIComponent(text);
  }
}

function segment(text: string, at: number): string {
  if (text === "" || text === "." || text === "..") {
    throw refused(
      "a value must make a path segment that is not empty and no dot segment",
      `value ${at + 1}, ${lengthOf("a segment", text)}`,
    );
  }
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function refused(rule: string, value: string): OperationError {
  return new OperationError(`Cannot write a URL as ${rule}: current value is ${value}`);
}
