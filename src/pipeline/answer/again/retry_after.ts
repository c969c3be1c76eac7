/** A server that names a longer time, or a wrong one, is asked again after this. */
const MAX_MS = 3_600_000;

/** Seconds, also fractional. */
const SECONDS = /^(?:\d+(?:\.\d*)?|\.\d+)$/;
/** What some services write in place of an HTTP-date; without a zone it means GMT too. */
const ISO_DATE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/i;
/** Between two that came as one; the comma of an HTTP-date stands before its day. */
const BETWEEN = /,(?! ?\d\d?[ -][A-Za-z]{3})/;

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
  const text = String(headers["retry-after"] ?? "");
  // NaN if one of them cannot be read.
  const longestMs = text.split(BETWEEN).map((one) => one.trim()).filter((one) => one !== "")
    .reduce((most, one) => Math.max(most, waitOf(one, nowMs, headers["date"] ?? dateText)), -1);
  return longestMs >= 0 ? Math.min(longestMs, MAX_MS) : undefined;
}

/** NaN for what cannot be read. */
function waitOf(text: string, nowMs: number, dateText: string): number {
  if (SECONDS.test(text)) return Number(text) * 1000;
  if (!/[A-Za-z]{3}/.test(text) && !ISO_DATE.test(text)) return NaN;
  const serverNowMs = parseDate(dateText);
  return Math.max(0, parseDate(text) - (Number.isNaN(serverNowMs) ? nowMs : serverNowMs));
}

/** The oldest of the three forms names no zone, and means GMT as the others do (RFC 9110 §5.6.7). */
function parseDate(text: string): number {
  const iso = ISO_DATE.exec(text);
  if (iso !== null) return Date.parse(`${iso[1]}${iso[2] ?? "Z"}`);
  return Date.parse(/\d{4}$/.test(text) ? `${text} GMT` : text);
}
