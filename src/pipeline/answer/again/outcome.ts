import { membersOf, type SentOperation } from "../../../operation/atomic.ts";
import { isIdempotent } from "../../../operation/operation.ts";

/**
 * How one attempt of an operation ended.
 *
 * - `answered`: with a status below 400
 * - `failed`: with an error that trying again would not mend
 * - `throttled`: refused unread, for now: 429, 408 of a whole batch, no connection
 * - `dependency failed`: 424, as one that it depends on failed
 * - `not executed`: it surely did not run: skipped after an error, 401, 413
 * - `unknown`: nobody can know whether it ran: no answer, 500 of a whole batch, 502, 503, 504
 */
export type Outcome =
  | "answered"
  | "failed"
  | "throttled"
  | "dependency failed"
  | "not executed"
  | "unknown";

/**
 * May it go again (design rules 16, 21 and 23)? This is the whole policy: the budget of attempts and time comes on top. The
 * caller's word (`idempotent`) counts before the method.
 */
export function mayGoAgain(sent: SentOperation, outcome: Outcome): boolean {
  if (outcome === "throttled" || outcome === "not executed") return true;
  return outcome === "unknown" && membersOf(sent).every(isIdempotent);
}

/** What a status says of one part. */
export function outcomeOfPart(status: number, refusedStatuses: ReadonlySet<number>): Outcome {
  if (status < 400) return "answered";
  if (status === 424 && refusedStatuses.has(status)) return "dependency failed";
  // An operation of its own can be too large or too slow for good; the batch around it is another matter.
  if (status === 413) return "failed";
  if (status === 408) return "unknown";
  if (refusedStatuses.has(status)) return status === 401 ? "not executed" : "throttled";
  return status === 429 || status === 502 || status === 503 || status === 504
    ? "unknown"
    : "failed";
}

/**
 * The same where its caller has said of that status that it did not run (`retry.statuses`): then it is refused for now. A
 * failure in a group is that of all, so each member's caller must have said so.
 */
export function outcomeFor(sent: SentOperation, status: number, outcome: Outcome): Outcome {
  const isVouchedFor = membersOf(sent).every(({ retry }) =>
    retry !== undefined && retry !== false && retry.statuses.includes(status)
  );
  return isVouchedFor ? "throttled" : outcome;
}

/** What the status of an answer that is no batch answer says of every operation in the batch. */
export function outcomeOfBatch(status: number, refusedStatuses: ReadonlySet<number>): Outcome {
  if (status === 424) return "failed";
  if (refusedStatuses.has(status)) {
    return status === 401 || status === 413 ? "not executed" : "throttled";
  }
  return status === 408 || status === 429 || status === 500 || status === 502 ||
      status === 503 || status === 504
    ? "unknown"
    : "failed";
}
