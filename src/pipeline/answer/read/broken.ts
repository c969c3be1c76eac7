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
function hasBegun({ head: { headers }, detail }: Unread): boolean {
  const type = headers["content-type"] ?? "";
  if (/^multipart\//i.test(type) || /"responses"\s*:/.test(detail)) return true;
  // Cut earlier, either may have been meant: only what shows its error is one.
  return /\bjson\b/i.test(type) && !/"(?:odata\.)?error"\s*:/.test(detail);
}

/** How a POST ends whose answer cannot be understood: what says no without a single part is no batch answer. */
export function endOfMalformed(
  cause: unknown,
  unread: Unread | undefined,
  partCount: number,
): PostEnd {
  if (unread === undefined) return { kind: "malformed", cause, unread };
  const { head: { status, headers }, detail } = unread;
  if (partCount === 0 && (isNoSuccess(unread.head) || isRefusal(detail))) {
    return { kind: "refused", ...unread };
  }
  if (!(cause instanceof DecodeError) || !cause.isTruncated) {
    return { kind: "malformed", cause, unread };
  }
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
