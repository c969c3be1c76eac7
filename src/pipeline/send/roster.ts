import { membersOf } from "../../operation/atomic.ts";
import type { Entry } from "../entry.ts";

/** Who is in a batch that carries groups: on the wire each operation has one id, and some servers take few groups. */
export class Roster {
  readonly #maxChangeSets: number;
  #changeSets = 0;
  /** Made when the first group comes: without one, ids are places. */
  #ids: Set<number> | undefined = undefined;
  #hasTwice = false;

  constructor(maxChangeSets: number = Infinity) {
    this.#maxChangeSets = maxChangeSets;
  }

  /** Has it a place beside those that are in the batch already? */
  accepts({ encoded, built }: Entry, batch: readonly Entry[]): boolean {
    const { changeSets = 0 } = encoded!;
    if (this.#changeSets + changeSets > this.#maxChangeSets) return false;
    if (built!.method === undefined && !this.#startsIds(batch)) return false;
    const ids = this.#ids;
    return ids === undefined || !membersOf(built!).some(({ id }) => ids.has(id));
  }

  /** An operation that stands there twice keeps groups out: until one comes, the server may be told so. */
  #startsIds(batch: readonly Entry[]): boolean {
    if (this.#ids !== undefined || this.#hasTwice) return !this.#hasTwice;
    const all = batch.flatMap(idsOf);
    const ids = new Set(all);
    this.#hasTwice = ids.size < all.length;
    if (!this.#hasTwice) this.#ids = ids;
    return !this.#hasTwice;
  }

  /** It has joined: whoever only might have takes no place. */
  joined(entry: Entry): void {
    this.#changeSets += entry.encoded!.changeSets ?? 0;
    if (this.#ids !== undefined) { for (const id of idsOf(entry)) this.#ids.add(id); }
  }
}

function idsOf({ built }: Entry): number[] {
  return membersOf(built!).map(({ id }) => id);
}
