import { membersOf } from "../../operation/atomic.ts";
import type { Entry } from "../entry.ts";

/** Who is in a batch that carries groups: on the wire each operation has one id, and some servers take few groups. */
export class Roster {
  readonly #maxChangeSets: number;
  #changeSets = 0;
  /** Made when the first group comes: without one, ids are places. */
  #ids: Set<number> | undefined = undefined;

  constructor(maxChangeSets: number = Infinity) {
    this.#maxChangeSets = maxChangeSets;
  }

  /** Has it a place beside those that are in the batch already? */
  accepts(entry: Entry, batch: readonly Entry[]): boolean {
    const { changeSets = 0 } = entry.encoded!;
    if (this.#changeSets + changeSets > this.#maxChangeSets) return false;
    if (!this.#isUnique(entry, batch)) return false;
    this.#changeSets += changeSets;
    return true;
  }

  #isUnique(entry: Entry, batch: readonly Entry[]): boolean {
    const isGroup = entry.built!.method === undefined;
    if (!isGroup && this.#ids === undefined) return true;
    const ids = this.#ids ??= new Set(batch.flatMap(idsOf));
    const own = idsOf(entry);
    if (own.some((id) => ids.has(id))) return false;
    for (const id of own) ids.add(id);
    return true;
  }
}

function idsOf({ built }: Entry): number[] {
  return membersOf(built!).map(({ id }) => id);
}
