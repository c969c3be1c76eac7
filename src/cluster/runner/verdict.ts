import type { BatchError } from "../../../mod.ts";
import type { JournalEntry } from "../journal/journal.ts";
import type { WireOutcome } from "../message/answer.ts";

/** What an error says of whether the operation ran. */
export interface Verdict {
  readonly mayHaveRun: boolean;
  readonly isUncertain: boolean;
}

const ANSWERED: Verdict = { mayHaveRun: true, isUncertain: false };
const NOT_RUN: Verdict = { mayHaveRun: false, isUncertain: false };
const UNCERTAIN: Verdict = { mayHaveRun: true, isUncertain: true };

/** With these a server says that it has run nothing (design rule 21); 408 of a batch alone. */
const REFUSED: readonly number[] = [401, 413, 429];
/** With these nobody knows. */
const UNKNOWN: readonly number[] = [408, 502, 503, 504];

/** What an answer, or an error, says of whether the operation ran. */
export function verdictOf(error: BatchError | undefined): Verdict {
  if (error === undefined) return ANSWERED;
  if (error.attempts === 0) return NOT_RUN;
  switch (error._tag) {
    case "OperationError":
    case "DependencyError":
      return NOT_RUN;
    case "NotExecutedError":
      return error.certain ? NOT_RUN : UNCERTAIN;
    case "TransportError":
      return error.sent ? UNCERTAIN : NOT_RUN;
    case "ResponseError":
      if (REFUSED.includes(error.status)) return NOT_RUN;
      return UNKNOWN.includes(error.status) ? UNCERTAIN : ANSWERED;
    case "BatchHttpError":
      return REFUSED.includes(error.status) || error.status === 408 ? NOT_RUN : UNCERTAIN;
    case "BatchTimeoutError":
    case "ClosedError":
      return UNCERTAIN;
    default:
      return ANSWERED;
  }
}

/** An operation that a runner before this one had marked, and of which nothing was heard. */
export function lostWith(mailboxEpoch: number): WireOutcome {
  return {
    failure: {
      tag: "NotExecutedError",
      message:
        `Cannot tell whether {operation} ran as the runner that had sent it must tell how it ended: current value is none (epoch ${mailboxEpoch} of its mailbox has ended)`,
      certain: false,
      attempts: 1,
    },
  };
}

/** Is the key taken by another request? What surely did not run has left it free. */
export function isAnother(
  digest: string | undefined,
  first: Pick<JournalEntry, "digest" | "mayHaveRun"> | undefined,
): boolean {
  return digest !== undefined && first?.digest !== undefined && first.mayHaveRun &&
    first.digest !== digest;
}

/** An operation under the key of another one. */
export const ANOTHER: WireOutcome = {
  failure: {
    tag: "OperationError",
    message:
      "Cannot send {operation} as a key of keyOf must stand for one request (method, URL and body): current value is one that stands for another",
    attempts: 0,
  },
};

/** An operation for which there is no room. */
export function fullWith(maxQueued: number): WireOutcome {
  return {
    failure: {
      tag: "LimitError",
      message:
        `Cannot send {operation} as its mailbox must have no more than maxQueued operations in hand: current value is ${maxQueued}`,
      attempts: 0,
      limit: "maxQueued",
    },
  };
}

/** An operation for which there is no room in any mailbox. */
export function fleetFullWith(total: number): WireOutcome {
  return {
    failure: {
      tag: "LimitError",
      message:
        `Cannot send {operation} as all mailboxes together must have no more than maxQueuedInFleet operations in hand: current value is about ${total}`,
      attempts: 0,
      limit: "maxQueuedInFleet",
    },
  };
}

/** An operation whose parent, in the same message, has failed. */
export function fallenWith(parent: WireOutcome): WireOutcome | undefined {
  if (!("failure" in parent)) return undefined;
  return {
    failure: {
      tag: "DependencyError",
      message:
        `Cannot send {operation} as each operation in dependsOn must succeed: current value is one that failed with ${parent.failure.tag}`,
      attempts: 0,
      cause: parent.failure,
    },
  };
}
