const encoder = /* @__PURE__ */ new TextEncoder();
/** No unit of UTF-16 takes more than three octets, so that a third of them in units always fits. */
const SCRATCH_OCTETS = 24_576;
const MAX_UNITS = 8_192;
const scratch: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(SCRATCH_OCTETS);

/**
 * How many octets a text has in UTF-8; a lone surrogate counts as U+FFFD, as TextEncoder writes it.
 *
 * Writing it out to nowhere is ten times as fast as looking at each unit.
 */
export function utf8Length(text: string): number {
  if (text.length <= MAX_UNITS) return encoder.encodeInto(text, scratch).written;
  let length = 0;
  for (let at = 0; at < text.length;) {
    // A pair that is cut would count as two lone surrogates.
    const end = at + MAX_UNITS;
    const next = isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
    length += encoder.encodeInto(text.slice(at, next), scratch).written;
    at = next;
  }
  return length;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
