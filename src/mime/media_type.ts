import { DecodeError, lengthOf } from "../operation/errors.ts";

/** A Content-Type taken apart. */
export interface MediaType {
  /** `type/subtype` in lower case; empty when there is none. */
  readonly type: string;
  /** Names in lower case; of repeats the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** RFC 9110 §5.6.6, taken widely: a value may hold what should have been quoted (protocol E12, E13). */
const PARAMETER =
  /;[ \t]*([^=;\s"]*)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;"]*)))?[ \t]*(?=;|$)/y;

/**
 * Takes a Content-Type apart, up to the first thing that is no parameter.
 *
 * @param text a field value, for example `multipart/mixed; boundary="a b"`
 * @returns type and parameters
 */
export function parseMediaType(text: string): MediaType {
  const end = text.indexOf(";");
  const type = (end === -1 ? text : text.slice(0, end)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  if (end === -1) return { type, parameters };
  PARAMETER.lastIndex = end;
  for (let match = PARAMETER.exec(text); match !== null; match = PARAMETER.exec(text)) {
    const name = match[1]!.toLowerCase();
    const value = match[2]?.replace(/\\(.)/g, "$1") ?? match[3]?.trim();
    if (name !== "" && value !== undefined && !parameters.has(name)) parameters.set(name, value);
  }
  return { type, parameters };
}

/** RFC 2046 §5.1.1 allows fewer characters; servers in the wild do not ask it (protocol E12, E13). */
const BOUNDARY = /^[\x20-\x7e]{1,70}$/;

/**
 * The boundary that a multipart Content-Type names.
 *
 * @param mediaType of a multipart message
 * @returns 1 to 70 visible ASCII characters or blanks
 * @throws {DecodeError} when there is none, or it cannot be one
 */
export function boundaryOf(mediaType: MediaType): string {
  const boundary = mediaType.parameters.get("boundary");
  if (boundary !== undefined && BOUNDARY.test(boundary)) return boundary;
  throw new DecodeError(
    "Cannot read a multipart message as its Content-Type must name a boundary of 1 to 70 ASCII characters: current value is " +
      (boundary === undefined ? "no boundary" : lengthOf("a boundary", boundary)),
  );
}
