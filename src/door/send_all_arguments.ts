import { kindOf } from "../operation/check/kind.ts";
import type { KnownNames } from "../operation/check/known_names.ts";

/** How `sendAll` pulls. */
export interface SendAllOptions {
  /**
   * How many operations may be in hand at once: sent for, but not yet taken by the loop. Raise it when there are many
   * contexts, for each of them fills its own batches.
   *
   * @default twice what fills all slots, 2 × concurrency × maxBatchSize (160), and no more than `maxQueued`
   */
  readonly maxInHand?: number | undefined;
}

/** Every other name is refused. */
export const SEND_ALL_NAMES: KnownNames<SendAllOptions> = { maxInHand: true };

/** @throws {TypeError} when nothing can be pulled from it, with a hint for an Observable */
export function checkSource(operations: unknown): void {
  if (typeof operations === "object" && operations !== null) {
    if (Symbol.asyncIterator in operations || Symbol.iterator in operations) return;
    if ("subscribe" in operations) {
      throw new TypeError(
        "Cannot send all of a source as it must be iterable, for what is pulled cannot overrun memory: current value is an Observable, which pushes (pipe it into batchOutlook() or its kin, or merge what send() gives)",
      );
    }
  }
  throw new TypeError(
    `Cannot send all of a source as it must be iterable or async iterable: current value is ${
      kindOf(operations)
    }`,
  );
}
