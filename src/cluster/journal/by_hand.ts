import { Effect } from "effect";
import { wireResponseOf } from "../message/response.ts";
import { NO_SEAL, type Seal } from "../message/seal.ts";
import type { Journal, JournalError, JournalKey } from "./journal.ts";

/** What somebody has found out of an operation that was uncertain. */
export type Fate =
  | {
    /** It ran: a second call under its key gets this answer. */
    readonly ran: true;
    /** The status that it had, or would have had. */
    readonly status: number;
    /**
     * What it was answered.
     *
     * @default none
     */
    readonly body?: unknown;
  }
  | {
    /** It did not run: a second call under its key is sent. */
    readonly ran: false;
  };

/**
 * Settles an operation that the journal calls uncertain, once somebody has looked at the service.
 *
 * @param journal where it stands
 * @param operation which: an entry of `journal.uncertain()`
 * @param fate what became of it
 * @param options `seal`: that of the runners
 * @returns an effect that writes it down; who was told that it is uncertain is not told again
 *
 * @example
 * ```ts
 * import { Effect } from "effect";
 * import { type Journal, settleByHand } from "@rxbatch/rxbatch/cluster";
 *
 * const forget = (journal: Journal) =>
 *   Effect.gen(function* () {
 *     for (const operation of yield* journal.uncertain("me", 100)) {
 *       yield* settleByHand(journal, operation, { ran: false });
 *     }
 *   });
 * ```
 */
export function settleByHand(
  journal: Journal,
  { mailbox, key, label }: JournalKey & { readonly label?: string | undefined },
  fate: Fate,
  { seal = NO_SEAL }: { readonly seal?: Seal | undefined } = {},
): Effect.Effect<void, JournalError> {
  const text = JSON.stringify(fate.ran ? ran(fate) : NOT_RUN);
  return Effect.flatMap(
    Effect.promise(async () => await seal.seal(text)),
    (outcome) =>
      journal.settle([{
        ...{ mailbox, key, label, outcome },
        message: "by hand",
        mayHaveRun: fate.ran,
        isUncertain: false,
      }]),
  );
}

const NOT_RUN = {
  failure: {
    tag: "NotExecutedError",
    message:
      "Cannot send {operation} as its batch must be answered: current value is none (it did not run)",
    certain: true,
    attempts: 1,
  },
};

function ran({ status, body }: Fate & { readonly ran: true }): object {
  return { attempts: 1, responses: [wireResponseOf({ status, headers: {}, body })] };
}
