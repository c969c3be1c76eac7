import { Collector } from "../collector.ts";
import { Octets } from "../octets.ts";

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const EQUALS = 61;

/** What undoes a coding. */
export type TransferDecoder = (octets: Octets) => Octets;

/**
 * What undoes the `Content-Transfer-Encoding` of a part (RFC 2045 §6), as mail gateways write it; others are none.
 *
 * @param encoding the field value
 * @returns `undefined` for `binary`, `8bit` and `7bit`, and for what nobody knows
 */
export function transferDecoder(encoding: string | undefined): TransferDecoder | undefined {
  switch (encoding?.toLowerCase()) {
    case "base64":
      return fromBase64;
    case "quoted-printable":
      return fromQuotedPrintable;
    default:
      return undefined;
  }
}

/** What is no base64 stays as it is: then it is no answer either, and whoever reads it says so. */
function fromBase64(octets: Octets): Octets {
  const text = octets.decode(new TextDecoder());
  try {
    return Octets.of(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return octets;
  }
}

/** Octets that are escaped, and line ends that are none; anything else stays as it is. */
function fromQuotedPrintable(octets: Octets): Octets {
  const bytes = octets.joined();
  const collector = new Collector();
  let start = 0;
  for (let at = bytes.indexOf(EQUALS); at !== -1; at = bytes.indexOf(EQUALS, at + 1)) {
    const octet = Number.parseInt(`0x${hexAt(bytes, at + 1)}`);
    const next = Number.isNaN(octet) ? lineEndAt(bytes, at + 1) : at + 3;
    if (next === -1) continue;
    collector.add(bytes.subarray(start, at));
    if (!Number.isNaN(octet)) collector.add(Uint8Array.of(octet));
    start = next;
  }
  collector.add(bytes.subarray(start));
  return collector.take();
}

const HEX = /^[\da-f]{2}$/i;

/** Two digits; nothing when there are none. */
function hexAt(bytes: Uint8Array, at: number): string {
  const digits = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0);
  return HEX.test(digits) ? digits : "";
}

/** Where the next line begins, if there is nothing but blanks before it; else -1. */
function lineEndAt(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  if (bytes[at] === CR) return bytes[at + 1] === LF ? at + 2 : at + 1;
  return bytes[at] === LF ? at + 1 : -1;
}
