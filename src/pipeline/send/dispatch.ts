import type { BatchReason } from "../../options/events.ts";
import type { Settings } from "../../options/settings.ts";
import type { Wire } from "../../wire/wire.ts";
import type { Clock } from "../time/clock.ts";
import { Formation } from "../collect/formation.ts";
import type { Order } from "../collect/order.ts";
import type { Windows } from "../collect/window.ts";
import { Fifo } from "../time/fifo.ts";
import type { Lane } from "../collect/lane.ts";

/** What dispatch asks. */
export interface DispatchStages {
  readonly settings: Pick<Settings, "concurrency" | "concurrencyPerContext">;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly order: Order;
  readonly lanes: Iterable<Lane>;
  readonly windows: Windows;
  /** The server honours `dependsOn` within a batch. */
  readonly isNative: boolean;
}

/** What dispatch calls. */
export interface DispatchCalls {
  /** It is due no more, as somebody has left since: it collects on. */
  collectOn(lane: Lane): void;
  /** It has got a slot. */
  post(lane: Lane, reason: BatchReason): void;
}

/**
 * Gives slots to lanes (design rules 3 and 4). A free slot pulls: until then a lane stays open and keeps filling. Due lanes
 * stand in one line, and whoever got a slot goes to its end if it is still due.
 */
export class Dispatch {
  readonly #stages: DispatchStages;
  /** What a lane may have in flight, and what a batch that is no chain weighs, in chains. */
  readonly #loadPerLane: number;
  readonly #batchLoad: number;
  readonly #calls: DispatchCalls;
  readonly #line = new Fifo<Lane>();
  readonly #allSlots: number;
  #freeSlots: number;

  constructor(stages: DispatchStages, calls: DispatchCalls) {
    const { concurrency, concurrencyPerContext } = stages.settings;
    this.#stages = stages;
    this.#calls = calls;
    this.#allSlots = concurrency;
    this.#freeSlots = concurrency;
    this.#batchLoad = stages.wire.chainsPerBatch ?? 1;
    this.#loadPerLane = concurrencyPerContext * this.#batchLoad;
  }

  /** No POST is out, nor about to be. */
  get isIdle(): boolean {
    return this.#freeSlots === this.#allSlots;
  }

  due(lane: Lane, reason: BatchReason): void {
    lane.dueFor = this.#freeSlots > 0 && !this.#isBlocked(lane) ? reason : "slot";
    this.unblock(lane);
  }

  /** What blocked the lane may be over: its pause, or its share of the slots. */
  unblock(lane: Lane): void {
    if (lane.dueFor === undefined || lane.isInLine || this.#isBlocked(lane)) return;
    lane.isInLine = true;
    this.#line.push(lane);
  }

  /** Nobody waits there any more: whoever comes next opens a window as usual. */
  forget(lane: Lane): void {
    lane.flushedFor = undefined;
    if (!lane.isInLine) lane.dueFor = undefined;
  }

  /** Gives one slot to one lane: a piece of work for the loop. */
  turn(): boolean {
    if (this.#freeSlots === 0) return false;
    const lane = this.#line.shift();
    if (lane === undefined) return false;
    lane.isInLine = false;
    if (this.#isBlocked(lane) && lane.live > 0) return true;
    const reason = lane.dueFor!;
    const isDue = this.#stages.windows.dueNow(lane) !== undefined;
    lane.dueFor = undefined;
    if (isDue && this.#isCarried(lane)) {
      lane.mix!.carry(lane);
    } else if (isDue) {
      this.#freeSlots--;
      this.share(lane);
      lane.reserved++;
      lane.mix?.reserve(lane);
      this.#calls.post(lane, reason);
    } else {
      this.#calls.collectOn(lane);
    }
    return true;
  }

  /** May a batch that another lane got the slot for carry some of this lane? */
  mayShare(lane: Lane): boolean {
    return lane.live > 0 && !this.isPaused(lane) && this.#fits(lane);
  }

  /** The slot that it got is for a chain: beside what it has in flight there is no room for another batch. */
  isForChain(lane: Lane): boolean {
    return lane.load > this.#loadPerLane;
  }

  /** Other lanes that may fill this one's batches at this moment: none where it has room for a chain alone. */
  *companions(lane: Lane): Iterable<Lane> {
    if (lane.mix === undefined || this.isForChain(lane)) return;
    for (const other of this.#stages.lanes) {
      if (other.mixesWith(lane) && this.mayShare(other)) yield other;
    }
  }

  /** It does: that is one of the lane's own share of POSTs. */
  share(lane: Lane): void {
    lane.inFlight++;
    lane.load += this.#batchLoad;
  }

  /** What got the slot is a chain: there may be room for another. */
  lighten(lane: Lane): void {
    lane.load -= this.#batchLoad - 1;
    this.unblock(lane);
  }

  /** A POST has ended that carried these lanes. */
  ended(lanes: readonly Lane[], isChain: boolean): void {
    this.#freeSlots++;
    this.unload(lanes, isChain);
  }

  /** A POST carries these lanes no more. */
  unload(lanes: readonly Lane[], isChain: boolean): void {
    for (const lane of lanes) {
      lane.inFlight--;
      lane.load -= isChain ? 1 : this.#batchLoad;
      this.unblock(lane);
    }
  }

  /** It may send nothing at this moment: a pause, or its pace. */
  isPaused(lane: Lane): boolean {
    const { readyAtMs } = lane;
    return readyAtMs > 0 && readyAtMs > this.#stages.clock.now();
  }

  #isBlocked(lane: Lane): boolean {
    if (this.isPaused(lane)) return true;
    if (this.#fits(lane)) return false;
    return lane.load >= this.#loadPerLane || !this.#isChainNext(lane);
  }

  /** What waits in it will go with a batch that got its slot before, and waits for its token; a chain goes by itself. */
  #isCarried(lane: Lane): boolean {
    const { mix } = lane;
    if (mix === undefined || !mix.mayCarry(lane) || !this.mayShare(lane)) return false;
    return ![lane, ...mix.unsealed].some((each) => this.#isChainNext(each));
  }

  /** A chain takes less of the lane's share. */
  #isChainNext(lane: Lane): boolean {
    const { isNative, order } = this.#stages;
    return isNative && Formation.isChainNext(order, lane, this.companions(lane));
  }

  #fits(lane: Lane): boolean {
    return lane.load + this.#batchLoad <= this.#loadPerLane;
  }
}
