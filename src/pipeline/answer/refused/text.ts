import type { Operation } from "../../../operation/operation.ts";

/**
 * Is this the text of an error in place of a batch answer (OData 4.01 JSON Format §21.1)?
 *
 * @param text the beginning of the answer, at most 8 kB
 */
export function isRefusal(text: string): boolean {
  return BEGINS_WITH_ERROR.test(text) || isErrorObject(text);
}

const BEGINS_WITH_ERROR = /^\s*\{\s*"(?:odata\.)?error"\s*:/;

/** Something else may stand before the error: a context, a trace id. */
function isErrorObject(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null &&
      ("error" in answer || "odata.error" in answer);
  } catch {
    return false;
  }
}

/**
 * Does a refusal say that the batch holds too many operations (protocol E39)? Then a smaller one may be taken.
 *
 * @param text the beginning of the answer, at most 8 kB
 * @param status of the answer: one that throttles may speak of requests in a span of time, for which smaller is worse
 */
export function namesTheCount(text: string, status: number): boolean {
  if (/BATCH_TOO_MANY|MaxBatchRequestCount/i.test(text)) return true;
  const isOfBatches = status === 429 || status === 503 ? WITHIN_ONE : /batch|change ?set/i;
  return isOfBatches.test(text) && LIMIT.test(text) && COUNTED.test(text);
}

const WITHIN_ONE =
  /\b(?:in|inside|per|within) (?:(?:an?|each|one|the|this) )?(?:single )?\$?(?:batch|change ?set)|\b(?:batch|change ?set)(?: \w+)? (?:contains|has|holds) /i;

const LIMIT = /too many|exceed|maximum|at most|no more than|limit/i;
const COUNTED = /\b(?:parts|(?:sub)?requests?|operations?|calls|steps|items|changes|queries)\b/i;

/** A time, a long number, or a long word. */
const STAMPS = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?|\d{10,}(?:\.\d+)?|[\w-]{16,}/g;

/**
 * The text of an error without the times and ids that a server writes into it anew each time, so that the same error is
 * known again. What its operations hold themselves stays, for it says which of them the error is about.
 *
 * @param text the beginning of the error, at most 8 kB
 * @param operations whose error it may be
 */
export function withoutStamps(text: string, operations: readonly Operation[]): string {
  const own = operations.map(({ url, body }) => typeof body === "string" ? url + body : url).join();
  return text.replaceAll(
    STAMPS,
    (word) => /\d/.test(word) && !own.includes(word) ? "" : word,
  );
}
