/**
 * A relative path with nothing in it that has to be looked at twice: no scheme, no leading slash, no escape, and no segment
 * that begins with a dot. Most URLs are like this.
 */
const PLAIN_PATH = /^[^ ./\\%:;?$][^/\\%:;?$]*(?:\/[^./\\%:;?$][^/\\%:;?$]*)*(?:\?|$)/;
/**
 * A segment, its slashes encoded or not, that means this or the one above; some servers drop what follows a `;`, and
 * some a blank at the end.
 */
const DOT_SEGMENT = /(?:^ *|[/\\])\.{1,2} *(?:[/\\;?#]|$)/;
/** What would be a path of its own, or the name of another host, if it were resolved against its root. */
const ROOTED = /^ *(?:[/\\]|[a-z][a-z\d+.-]*:)/i;
const BATCH_SEGMENT = /(?:^|[/\\])\$batch(?:[/\\;(?#]|$)/i;
/** What some parsers of URLs skip, and where some servers stop reading. */
const CONTROL = /\p{Cc}/u;

/** An octet of ASCII, also in two or three octets, as no UTF-8 has it but some servers take it. */
const ASCII_OCTETS = /%(?:[0-7][\da-f]|c[01]%[89ab][\da-f]|e0%8[01]%[89ab][\da-f])/gi;
/** Nobody encodes an id more often. */
const MAX_DECODINGS = 3;

/** Why a path within a context is refused. */
export type PathFault =
  | "must have a path"
  | "must hold no backslash and no empty path segment"
  | "must not begin with an encoded slash or scheme"
  | "must hold no control character"
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
  const path = query === -1 ? url : url.slice(0, query);
  if (path === "") return "must have a path";
  if (path.startsWith("/") || path.includes("//") || path.includes("\\")) {
    return "must hold no backslash and no empty path segment";
  }
  const decoded = decodedWhole(path);
  if (decoded === undefined) return "must not be percent-encoded over and over";
  if (CONTROL.test(decoded)) return "must hold no control character";
  if (ROOTED.test(decoded)) return "must not begin with an encoded slash or scheme";
  if (DOT_SEGMENT.test(decoded)) return "must hold no dot segment";
  return BATCH_SEGMENT.test(decoded) ? "must not be a batch" : undefined;
}

/** With no octet of ASCII left that is encoded; `undefined` when that takes too long. */
function decodedWhole(path: string): string | undefined {
  let encoded = path;
  for (let round = 0; round <= MAX_DECODINGS; round++) {
    const decoded = encoded.replaceAll(ASCII_OCTETS, decodeOctet);
    if (decoded === encoded) return decoded;
    encoded = decoded;
  }
  return undefined;
}

/** The last seven bits of what is encoded. */
function decodeOctet(encoded: string): string {
  const last = Number.parseInt(encoded.slice(-2), 16);
  if (encoded.length === 3) return String.fromCharCode(last);
  const before = Number.parseInt(encoded.slice(-5, -3), 16);
  return String.fromCharCode((before & 1) << 6 | (last & 0x3f));
}
