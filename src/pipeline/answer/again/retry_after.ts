/** A server that names a longer time, or a wrong one, is asked again after this. */
const MAX_MS = 3_600_000;

/** Seconds, also fractional. */
const SECONDS = /^(?:\d+(?:\.\d*)?|\.\d+)$/;
/** What some services write in place of an HTTP-date; without a zone it means GMT too. */
const ISO_DATE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3): seconds, also fractional as Graph sends them (protocol E31), or an HTTP-date,
 * which is held against the answer's own `Date` so that a clock that is wrong here does no harm. Of several that came
 * as one, as those of a service and of a gateway before it do, the longest counts.
 *
 * @returns milliseconds from now, at least 0; `undefined` when there is none, or none that can be read
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
  dateText: string = "",
): number | undefined {
  // A wire of somebody's may give a number.
  const text = String(headers["retry-after"] ?? "").trim();
  if (text === "") return undefined;
  const seconds = text.split(",").map((one) => one.trim());
  if (seconds.every((one) => SECONDS.test(one))) {
    const longest = seconds.reduce((most, one) => Math.max(most, Number(one)), 0);
    return Math.min(longest * 1000, MAX_MS);
  }
  if (!/[A-Za-z]{3}/.test(text) && !ISO_DATE.test(text)) return undefined;
  const dateMs = parseDate(text);
  if (Number.isNaN(dateMs)) return undefined;
  const serverNowMs = parseDate(headers["date"] ?? dateText);
  const waitMs = dateMs - (Number.isNaN(serverNowMs) ? nowMs : serverNowMs);
  return Math.min(Math.max(0, waitMs), MAX_MS);
}

/** The oldest of the three forms names no zone, and means GMT as the others do (RFC 9110 §5.6.7). */
function parseDate(text: string): number {
  const iso = ISO_DATE.exec(text);
  if (iso !== null) return Date.parse(`${iso[1]}${iso[2] ?? "Z"}`);
  return Date.parse(/\d{4}$/.test(text) ? `${text} GMT` : text);
}
