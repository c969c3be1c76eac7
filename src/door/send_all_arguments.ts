import { kindOf } from "../operation/check/kind.ts";
import type { KnownNames } from "../operation/check/known_names.ts";

/** How `sendAll` pulls. */
export interface SendAllOptions {
  /**
   * How many operations may be in hand at once: sent for, but not yet taken by the loop. Raise it when there are many
   * contexts, for each of them fills its own batches.
   *
   * @default twice what fills all slots, 2 × concurrency × maxBatchSize (160 at a limit of 20), and no more than `maxQueued`
   */
  readonly maxInHand?: number | undefined;
}

/** Every other name is refused. */
export const SEND_ALL_NAMES: KnownNames<SendAllOptions> = { maxInHand: true };

/** @throws {TypeError} when nothing can be pulled from it, with a hint for an Observable */
export function checkSource(operations: unknown): void {
  if (typeof operations === "object" && operations !== null) {
    if (isIterable(operations)) return;
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

function isIterable(operations: object): boolean {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = operations as {
    readonly [Symbol.asyncIterator]?: unknown;
    readonly [Symbol.iterator]?: unknown;
  };
  return typeof (later ?? now) === "function";
}

/**
 * How many operations may be in hand.
 *
 * @throws {RangeError} when it is no whole number from 1
 */
export function checkedMaxInHand(maxInHand: unknown, byDefault: number): number {
  if (maxInHand === undefined) return byDefault;
  const isNumber = typeof maxInHand === "number";
  if (isNumber && Number.isInteger(maxInHand) && maxInHand >= 1) return maxInHand;
  throw new RangeError(
    `Cannot use option maxInHand as it must be a whole number from 1: current value is ${
      isNumber ? maxInHand : kindOf(maxInHand)
    }`,
  );
}
