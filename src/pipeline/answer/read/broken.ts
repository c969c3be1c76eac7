import { DecodeError, TransportError } from "../../../operation/errors.ts";
import type { ResponseHead } from "../../../transport/transport.ts";
import type { PostEnd, Unread } from "../../send/exchange.ts";
import { isRefusal } from "../refused/text.ts";

/** How a POST ends whose answer never came, or broke off: a status that says no is an answer without its text, too. */
export function endOfBroken(
  cause: unknown,
  unread: Unread | undefined,
  partCount: number,
): PostEnd {
  if (unread === undefined) {
    const wasSent = !(cause instanceof TransportError) || cause.sent;
    return { kind: wasSent ? "lost" : "not sent", cause };
  }
  return partCount === 0 && isNoSuccess(unread.head) && !hasBegun(unread)
    ? { kind: "refused", ...unread }
    : { kind: "lost", cause };
}

/** Is it a batch answer as far as it goes, whatever its status? Then some of the batch may have run. */
function hasBegun(unread: Unread): boolean {
  const type = unread.head.headers["content-type"] ?? "";
  // Cut earlier, either may have been meant: only what shows its error is one.
  return isBatch(unread) || /^multipart\//i.test(type) ||
    (/\bjson\b/i.test(type) && !/"(?:odata\.)?error"\s*:/.test(unread.detail));
}

/** Does the text show a batch answer, though no part of it was whole? */
function isBatch({ head: { headers }, detail }: Unread): boolean {
  if (/"responses"\s*:/.test(detail)) return true;
  return /^multipart\//i.test(headers["content-type"] ?? "") && detail.includes("--");
}

/** How a POST ends whose answer cannot be understood: what says no without a single part is no batch answer. */
export function endOfMalformed(
  cause: unknown,
  unread: Unread | undefined,
  partCount: number,
): PostEnd {
  if (unread === undefined) return { kind: "malformed", cause, unread };
  const { head: { status, headers }, detail } = unread;
  const isCut = cause instanceof DecodeError && cause.isTruncated;
  const isNone = isNoSuccess(unread.head) && !(isCut && isBatch(unread));
  if (partCount === 0 && (isNone || isRefusal(detail))) return { kind: "refused", ...unread };
  if (!isCut) return { kind: "malformed", cause, unread };
  const init = { isTruncated: true, status, headers, detail };
  return { kind: "lost", cause: new DecodeError(cause.message, init) };
}

/** Does the status say that the batch as a whole did not succeed? */
export function isNoSuccess({ status }: ResponseHead): boolean {
  return status < 200 || status > 299;
}

/** What it is when the transport ends without an answer. */
export function noAnswer(): TransportError {
  return new TransportError(
    "Cannot read an answer as a transport must give one: current value is none",
  );
}
