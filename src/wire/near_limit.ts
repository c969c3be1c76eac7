/** From here on Graph says how much of a limit is used, 1 being all of it (protocol C3). */
const NEAR_PERCENTAGE = 0.8;
/** What one more batch may take of what remains. */
const BATCH = 20;
const MAX_WAIT_MS = 3_600_000;

/**
 * How long to wait before the next batch, as an answer says that a limit is near.
 *
 * `x-ms-throttle-limit-percentage` of Graph, 0.8 to 1.8; `RateLimit-Remaining` and `RateLimit-Reset`, or both in
 * `RateLimit`, as the drafts of the IETF have them: what remains is spread over the seconds until it is filled up again.
 *
 * @param headers of an answer, names in lower case
 * @returns milliseconds from now; `undefined` when no limit is near
 */
export function nearLimitMs(headers: Readonly<Record<string, string>>): number | undefined {
  const used = Number(headers["x-ms-throttle-limit-percentage"] ?? NaN);
  if (used >= NEAR_PERCENTAGE) return Math.min(used, 2) * 5_000 - 3_500;
  const { remaining, resetSeconds, limit } = rateLimitOf(headers);
  if (remaining === undefined || resetSeconds === undefined) return undefined;
  const isNear = limit === undefined ? remaining <= BATCH : remaining * 5 <= limit;
  if (!isNear) return undefined;
  const share = remaining <= BATCH ? 1 : BATCH / remaining;
  return Math.min(MAX_WAIT_MS, resetSeconds * 1000 * share);
}

interface RateLimit {
  readonly remaining: number | undefined;
  readonly resetSeconds: number | undefined;
  readonly limit: number | undefined;
}

function rateLimitOf(headers: Readonly<Record<string, string>>): RateLimit {
  const joined = headers["ratelimit"];
  if (joined === undefined) {
    return {
      remaining: count(headers["ratelimit-remaining"]),
      resetSeconds: count(headers["ratelimit-reset"]),
      limit: count(headers["ratelimit-limit"]),
    };
  }
  return {
    remaining: count(/(?:^|[;, ])(?:r|remaining)=(\d+)/i.exec(joined)?.[1]),
    resetSeconds: count(/(?:^|[;, ])(?:t|reset)=(\d+)/i.exec(joined)?.[1]),
    limit: count(/(?:^|[;, ])limit=(\d+)/i.exec(joined)?.[1]),
  };
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
