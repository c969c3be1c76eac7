/**
 * Reads `Retry-After` (RFC 9110 §10.2.3): seconds, also fractional as Graph sends them (protocol E31), or an HTTP-date,
 * which is held against the answer's own `Date` so that a clock that is wrong here does no harm.
 *
 * @returns milliseconds from now, at least 0; `undefined` when there is none, or none that can be read
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): number | undefined {
  const text = headers["retry-after"]?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^\d+(?:\.\d*)?$|^\.\d+$/.test(text)) return Number(text) * 1000;
  if (!/[A-Za-z]{3}/.test(text)) return undefined;
  const dateMs = parseDate(text);
  if (Number.isNaN(dateMs)) return undefined;
  const serverNowMs = parseDate(headers["date"] ?? "");
  return Math.max(0, dateMs - (Number.isNaN(serverNowMs) ? nowMs : serverNowMs));
}

/** The oldest of the three forms names no zone, and means GMT as the others do (RFC 9110 §5.6.7). */
function parseDate(text: string): number {
  return Date.parse(/\d{4}$/.test(text) ? `${text} GMT` : text);
}
