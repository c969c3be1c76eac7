import type { Entry, Flight } from "../entry.ts";
import type { Boarding, Lane } from "./lane.ts";
import type { Order } from "./order.ts";

/** What a batch may become. */
export interface FormationRoom {
  /** There is room for a chain, and for no other batch. */
  readonly isForChain: boolean;
  readonly companions: Iterable<Lane>;
}

/**
 * Decides who travels together on a wire that honours `dependsOn`. Graph takes a batch in which nothing depends on
 * anything, or a chain in which each depends on the one before it, and refuses whatever lies between (protocol C2).
 */
export class Formation {
  readonly #order: Order;
  readonly #flight: Flight;
  readonly #isForChain: boolean;
  readonly #favoursChains: boolean;
  /** Known once the first has joined. */
  isChain: boolean | undefined = undefined;
  #last: Entry | undefined = undefined;

  /** @param room for what the lane has room, and other lanes that may fill its batches */
  constructor(order: Order, lane: Lane, flight: Flight, room: FormationRoom) {
    this.#order = order;
    this.#flight = flight;
    this.#isForChain = room.isForChain;
    this.#favoursChains = this.#isForChain || favoursChains(order, lane, room.companions);
  }

  /** Would the lane's next batch be a chain? */
  static isChainNext(order: Order, lane: Lane, companions: Iterable<Lane>): boolean {
    if (!favoursChains(order, lane, companions)) return false;
    for (const entry of lane.front(lane.maxSize)) {
      if (entry.waits === 0) return order.isFollowed(entry);
    }
    return false;
  }

  board(entry: Entry): Boarding {
    const boarding = entry.waits === 0 ? this.#free(entry) : this.#bound(entry);
    if (boarding === "joins") this.#last = entry;
    return boarding;
  }

  /** It waits for nothing: the first of these says what the batch becomes. */
  #free(entry: Entry): Boarding {
    const leadsChain = this.#favoursChains && this.#order.isFollowed(entry);
    if (this.#last !== undefined) return leadsChain || this.isChain ? "stays" : "joins";
    // The lane may have changed since it got the slot, while its token was on its way.
    if (this.#isForChain && !leadsChain) return "stays";
    this.isChain = leadsChain;
    return "joins";
  }

  #bound(entry: Entry): Boarding {
    const last = this.isChain ? this.#last : undefined;
    if (last !== undefined && this.#order.isNext(entry, last, this.#flight)) return "joins";
    return this.#order.canFollow(entry) ? "stays" : "waits";
  }
}

/** A look at more would cost more than it saves. */
const MAX_SEEN = 2_000;

/**
 * n chains of length k cost n batches as chains, and one more for what stands alone; side by side they cost k with all of
 * that, and nothing where that fills the batches anyway. They may stand one behind the other, so as many are looked at as
 * fill a batch with the first of each.
 */
function favoursChains(order: Order, lane: Lane, companions: Iterable<Lane>): boolean {
  const { maxSize } = lane;
  let free = 0;
  let chains = 0;
  let linked = 0;
  for (const entry of lane.front(Math.min(maxSize * maxSize, MAX_SEEN))) {
    if (entry.waits === 0) {
      if (++free === maxSize) return false;
      if (!order.isFollowed(entry)) continue;
      chains++;
    }
    linked++;
  }
  const batches = free > chains ? chains + 1 : chains;
  return batches * chains < linked && areFew(order, lane, companions);
}

/** The same of all that may go together: a chain in each of many lanes is many chains. */
function areFew(order: Order, lane: Lane, companions: Iterable<Lane>): boolean {
  const { maxSize } = lane;
  let chains = 0;
  let linked = 0;
  const count = (one: Lane) => {
    for (const entry of one.front(maxSize)) {
      if (entry.waits === 0 && !order.isFollowed(entry)) continue;
      linked++;
      if (entry.waits === 0) chains++;
    }
  };
  count(lane);
  for (const other of companions) {
    count(other);
    if (chains >= maxSize || linked >= MAX_SEEN) break;
  }
  return chains * chains <= linked;
}
