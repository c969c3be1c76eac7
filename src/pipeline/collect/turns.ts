import { type Entry, type Ties, tiesOf } from "../entry.ts";

/** Lets operations of one ordering key run one after another, in the order submitted (design rule 11). */
export class Turns {
  /** The last in line of each ordering key that is in use. */
  readonly #lastOfKey = new Map<string, Entry>();

  /** It gets the turn, or stands in line for it, which is one more wait. */
  queueUp(entry: Entry, key: string): void {
    const last = this.#lastOfKey.get(key);
    this.#lastOfKey.set(key, entry);
    if (last === undefined) {
      tiesOf(entry).hasTurn = true;
    } else {
      tiesOf(last).nextOfKey = entry;
      tiesOf(entry).waits++;
    }
  }

  /** The entry is out no more. @returns the next of its ordering key, whose wait for it is over */
  end(entry: Entry): Entry | undefined {
    const { ties } = entry;
    if (ties === undefined || !ties.hasTurn) return undefined;
    ties.hasTurn = false;
    let next = ties.nextOfKey;
    ties.nextOfKey = undefined;
    while (next?.isSettled) {
      const passedOver: Ties = next.ties!;
      next = passedOver.nextOfKey;
      passedOver.nextOfKey = undefined;
    }
    if (next === undefined) this.#lastOfKey.delete(entry.operation.orderingKey!);
    else next.ties!.hasTurn = true;
    return next;
  }
}
