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
  let type: string | undefined;
  let parameters = new Map<string, string>();
  let at = 0;
  do {
    const [before = ""] = text.slice(at).split(/[;,]/, 1);
    const found = before.trim().toLowerCase();
    const own = found === type ? parameters : new Map<string, string>();
    at = readParameters(text, at + before.length, own);
    if (type === undefined || found.includes("/")) [type, parameters] = [found, own];
    // What follows is another type, or what nobody understands.
    at = text[at] === "," ? at + 1 : text.length;
  } while (at < text.length);
  return { type, parameters };
}

/**
 * A name, and a value in quotes (RFC 9110 §5.6.4), which may lack the second one, or plain. A comma may be one of the plain
 * value's own, unless a type stands behind it. Nothing in it can be taken in two ways, so no character is looked at more than
 * twice, however the text is made.
 */
const PARAMETER =
  /;[\t ]*([^=;",\0- ]*)[\t ]*(?:=(?:[\t ]*"((?:[^"\\]|\\[^])*)("?)[\t ]*|((?:[^;",]|,(?![\t ]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+[\t ]*(?:[;,]|$)))*)))?/y;

/** Reads them up to the first thing that is none, and says where that is. */
function readParameters(text: string, start: number, parameters: Map<string, string>): number {
  let at = start;
  PARAMETER.lastIndex = start;
  for (let found; (found = PARAMETER.exec(text)) !== null;) {
    at = PARAMETER.lastIndex;
    const [, name = "", quoted, quote, plain] = found;
    const value = quote === '"' ? quoted!.replaceAll(/\\([^])/g, "$1") : plain?.trim();
    const isWhole = at === text.length || text[at] === ";" || text[at] === ",";
    const key = name.toLowerCase();
    if (isWhole && key !== "" && value !== undefined && !parameters.has(key)) {
      parameters.set(key, value);
    }
  }
  return at;
}

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
  // No boundary ends in a blank: behind a delimiter blanks are padding (RFC 2046 §5.1.1).
  const boundary = mediaType.parameters.get("boundary")?.trimEnd();
  if (boundary !== undefined && boundary.length <= MAX_BOUNDARY_LENGTH && BOUNDARY.test(boundary)) {
    return boundary;
  }
  throw new DecodeError(
    `Cannot read a multipart message as its Content-Type must name a boundary of 1 to ${MAX_BOUNDARY_LENGTH} ASCII characters: current value is ${
      boundary === undefined ? "no boundary" : lengthOf("a boundary", boundary)
    }`,
  );
}
