/**
 * A relative path with nothing in it that has to be looked at twice: no scheme, no leading slash, no dot, no escape. Most
 * URLs are like this.
 */
export const PLAIN_PATH: RegExp = /^[^./\\%:;?$]+(?:\/[^./\\%:;?$]+)*(?:\?|$)/;
/** A segment, its slashes encoded or not, that means this or the one above; some servers drop what follows a `;`. */
const DOT_SEGMENT = /(?:^|[/\\])\.{1,2}(?:[/\\;]|$)/;
const BATCH_SEGMENT = /(?:^|[/\\])\$batch(?:[/\\;(]|$)/i;

const ASCII_OCTET = /%[0-7][\da-f]/i;
const ASCII_OCTETS = /%([0-7][\da-f])/gi;
/** Nobody encodes an id more often. */
const MAX_DECODINGS = 3;

/** Why a path within a context is refused. */
export type PathFault =
  | "must have a path"
  | "must hold no backslash and no empty path segment"
  | "must hold no dot segment"
  | "must not be percent-encoded over and over"
  | "must not be a batch";

/**
 * Whether a URL stays in the context that it is appended to, however often a server decodes it.
 *
 * @param url what follows the context and its slash, query included
 * @returns what is wrong; `undefined` when it stays
 */
export function faultInPath(url: string): PathFault | undefined {
  if (PLAIN_PATH.test(url)) return undefined;
  const query = url.indexOf("?");
  let path = query === -1 ? url : url.slice(0, query);
  if (path === "") return "must have a path";
  if (path.startsWith("/") || path.includes("//") || path.includes("\\")) {
    return "must hold no backslash and no empty path segment";
  }
  for (let round = 0; ASCII_OCTET.test(path); round++) {
    if (round === MAX_DECODINGS) return "must not be percent-encoded over and over";
    path = path.replaceAll(ASCII_OCTETS, decodeOctet);
  }
  if (DOT_SEGMENT.test(path)) return "must hold no dot segment";
  if (BATCH_SEGMENT.test(path)) return "must not be a batch";
  return undefined;
}

function decodeOctet(_match: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
