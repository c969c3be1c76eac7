const encoder = /* @__PURE__ */ new TextEncoder();
/** No unit of UTF-16 takes more than three octets, so that a third of them in units always fits. */
const SCRATCH_OCTETS = 24_576;
const MAX_UNITS = 8_192;
const FIRST_LOW_SURROGATE = 0xdc00;
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
    const end = at + MAX_UNITS;
    // A pair that is cut would count as two lone surrogates; whatever else goes with the next ones does no harm.
    const next = text.charCodeAt(end - 1) < FIRST_LOW_SURROGATE ? end - 1 : end;
    length += encoder.encodeInto(text.slice(at, next), scratch).written;
    at = next;
  }
  return length;
}
