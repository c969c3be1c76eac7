import { DecodeError, lengthOf } from "../operation/errors.ts";

/** A Content-Type taken apart. */
export interface MediaType {
  /** `type/subtype` in lower case; empty when there is none. */
  readonly type: string;
  /** Names in lower case; of repeats the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Takes a Content-Type apart, up to the first thing that is no parameter.
 *
 * A value may hold what should have been quoted (protocol E12, E13). A header that came twice, and so was joined by a
 * comma, is of the last type, as fetch has it; if both name the same one, their parameters count together.
 *
 * @param text a field value, for example `multipart/mixed; boundary="a b"`
 * @returns type and parameters
 */
export function parseMediaType(text: string): MediaType {
  const scanner = new MediaTypeScanner(text);
  let { type, parameters } = scanner.next();
  while (scanner.hasMore) {
    const found = scanner.next(type, parameters);
    if (found.type.includes("/")) ({ type, parameters } = found);
  }
  return { type, parameters };
}

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const SLASH = 47;
const SEMICOLON = 59;
const EQUALS = 61;
const BACKSLASH = 92;

/** Goes through a field value once: no character is looked at more than twice, however the value is made. */
class MediaTypeScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get hasMore(): boolean {
    return this.#at < this.#text.length;
  }

  /** The next type; if it is `lastType` again, its parameters come on top of the `lastParameters`. */
  next(lastType?: string, lastParameters?: Map<string, string>): MediaType & {
    readonly parameters: Map<string, string>;
  } {
    const start = this.#at;
    while (this.hasMore && !this.#is(SEMICOLON) && !this.#is(COMMA)) this.#at++;
    const type = this.#text.slice(start, this.#at).trim().toLowerCase();
    const parameters = type === lastType ? lastParameters! : new Map<string, string>();
    while (this.#is(SEMICOLON)) this.#readParameter(parameters);
    // What follows is another type, or what nobody understands.
    if (this.#is(COMMA)) this.#at++;
    else this.#at = this.#text.length;
    return { type, parameters };
  }

  /** No number at the end. */
  get #octet(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #is(octet: number): boolean {
    return this.#octet === octet;
  }

  /** From a semicolon up to what follows the parameter. */
  #readParameter(parameters: Map<string, string>): void {
    this.#at++;
    this.#skipBlanks();
    const start = this.#at;
    while (this.hasMore && !endsName(this.#octet)) this.#at++;
    const name = this.#text.slice(start, this.#at).toLowerCase();
    this.#skipBlanks();
    if (!this.#is(EQUALS)) return;
    this.#at++;
    this.#skipBlanks();
    const value = this.#is(QUOTE) ? this.#quoted() : this.#plain();
    this.#skipBlanks();
    const isWhole = !this.hasMore || this.#is(SEMICOLON) || this.#is(COMMA);
    if (isWhole && name !== "" && value !== undefined && !parameters.has(name)) {
      parameters.set(name, value);
    }
  }

  /** RFC 9110 §5.6.4; `undefined` when nothing closes it. */
  #quoted(): string | undefined {
    let value = "";
    let start = ++this.#at;
    for (; this.hasMore; this.#at++) {
      const octet = this.#octet;
      if (octet === QUOTE) return value + this.#text.slice(start, this.#at++);
      if (octet !== BACKSLASH) continue;
      value += this.#text.slice(start, this.#at++);
      start = this.#at;
    }
    return undefined;
  }

  #plain(): string {
    const start = this.#at;
    while (this.hasMore) {
      const octet = this.#octet;
      if (octet === SEMICOLON || octet === QUOTE || this.#beginsType(octet)) break;
      this.#at++;
    }
    return this.#text.slice(start, this.#at).trim();
  }

  /** A comma may be one of the value's own, unless a type stands behind it. */
  #beginsType(octet: number): boolean {
    if (octet !== COMMA) return false;
    const text = this.#text;
    let at = this.#at + 1;
    while (isBlank(text.charCodeAt(at))) at++;
    const type = at;
    while (isToken(text.charCodeAt(at))) at++;
    if (at === type || text.charCodeAt(at) !== SLASH) return false;
    const subtype = ++at;
    while (isToken(text.charCodeAt(at))) at++;
    if (at === subtype) return false;
    while (isBlank(text.charCodeAt(at))) at++;
    return at === text.length || text.charCodeAt(at) === SEMICOLON ||
      text.charCodeAt(at) === COMMA;
  }

  #skipBlanks(): void {
    while (isBlank(this.#octet)) this.#at++;
  }
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}

function endsName(octet: number): boolean {
  return octet === EQUALS || octet === SEMICOLON || octet === QUOTE || octet === COMMA ||
    octet <= SPACE;
}

/** What types are made of: visible ASCII without separators (RFC 9110 §5.6.2). */
function isToken(octet: number): boolean {
  return octet > SPACE && octet < 127 && !SEPARATORS.has(octet);
}

const SEPARATORS: ReadonlySet<number> = /* @__PURE__ */ new Set(
  /* @__PURE__ */ Array.from('"(),/:;<=>?@[\\]{}', (character) => character.charCodeAt(0)),
);

/** RFC 2046 §5.1.1 allows 70, and fewer characters; servers do not ask it (protocol E12, E13). */
const MAX_BOUNDARY_LENGTH = 200;
const BOUNDARY = /^[\x20-\x7e]+$/;

/**
 * The boundary that a multipart Content-Type names.
 *
 * @param mediaType of a multipart message
 * @returns 1 to 200 visible ASCII characters or blanks
 * @throws {DecodeError} when there is none, or it cannot be one
 */
export function boundaryOf(mediaType: MediaType): string {
  const boundary = mediaType.parameters.get("boundary");
  if (boundary !== undefined && boundary.length <= MAX_BOUNDARY_LENGTH && BOUNDARY.test(boundary)) {
    return boundary;
  }
  throw new DecodeError(
    `Cannot read a multipart message as its Content-Type must name a boundary of 1 to ${MAX_BOUNDARY_LENGTH} ASCII characters: current value is ${
      boundary === undefined ? "no boundary" : lengthOf("a boundary", boundary)
    }`,
  );
}
