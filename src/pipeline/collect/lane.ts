import type { BatchContext } from "../../wire/wire.ts";
import type { BatchReason } from "../../options/events.ts";
import type { Entry } from "../entry.ts";
import type { Booking } from "./booking.ts";
import type { Mix } from "./mix.ts";
import { Waiting } from "./waiting.ts";

/** What becomes of an entry when a batch is taken; `waits`: outside its lane, until it is released again. */
export type Boarding = "joins" | "stays" | "waits";

/** What tells one lane from another: the key of the context and the account, each compared by itself (design rule 6). */
export interface LaneName {
  readonly context: BatchContext;
  readonly account: string | undefined;
}

/** All operations of one context and account that wait for a POST. The groups of members are named by the stage that keeps them. */
export class Lane {
  declare readonly number: number;
  declare readonly context: BatchContext;
  /** Whose token opens it, where operations say so. */
  declare readonly account: string | undefined;
  /** It and the lanes that may fill its batches, as it may fill theirs. */
  declare readonly mix: Mix<Lane> | undefined;

  /** How many wait, how many operations they are, and the octets that they add to a body. */
  live = 0;
  size = 0;
  bytes = 0;
  /** What was in a POST before stands before what never was: its time is counted (design rule 22). */
  readonly #repeated = new Waiting();
  readonly #fresh = new Waiting();

  /** Window: is it open, since when, and its neighbours by age. */
  isOpen = false;
  openedAtMs = 0;
  older: Lane | undefined = undefined;
  younger: Lane | undefined = undefined;

  /** Dispatch: POSTs that hold a slot, those of them that wait for a token, and why the lane is due. */
  inFlight = 0;
  /** What they cost the server, in chains. */
  load = 0;
  reserved = 0;
  dueFor: BatchReason | undefined = undefined;
  isInLine = false;
  flushedFor: "flush" | "complete" | undefined = undefined;

  /** Pace: what counts against it, until when nothing may be sent, and how long all that is remembered. */
  bookings: Booking[] = [];
  pacedUntilMs = 0;
  keptUntilMs = 0;
  /** A limit of the server is near: the next batch takes its time. */
  slowedUntilMs = 0;

  /** Retry: nothing is sent before this time, how many wait alone, and what one batch may hold since a 413. */
  pausedUntilMs = 0;
  /** The same for each service by itself, where a server has several. */
  servicePauses: Map<string, number> | undefined = undefined;
  parked = 0;
  declare maxSize: number;
  declare maxBytes: number;

  constructor(
    number: number,
    { context, account }: LaneName,
    limits: { readonly size: number; readonly bytes: number },
    mix?: Mix<Lane>,
  ) {
    this.number = number;
    this.context = context;
    this.account = account;
    this.mix = mix;
    this.maxSize = limits.size;
    this.maxBytes = limits.bytes;
  }

  /** Has this entry joined it, and none of the others that are in its batch? Whoever joins takes over the lane's context. */
  has(entry: Entry): boolean {
    return this.context === entry.context;
  }

  /** May their batches be filled with each other's operations? */
  mixesWith(lane: Lane): boolean {
    return this !== lane && this.mix !== undefined && this.mix === lane.mix;
  }

  /** The server takes nothing of it before this time. */
  get heldUntilMs(): number {
    return Math.max(this.pausedUntilMs, this.slowedUntilMs);
  }

  /** Nothing of it leaves before this time. */
  get readyAtMs(): number {
    return Math.max(this.heldUntilMs, this.pacedUntilMs);
  }

  push(entry: Entry): void {
    entry.state = "queued";
    this.#queueOf(entry).push(entry);
    this.live++;
    if (entry.share?.add(entry) === false) return;
    this.#grow(entry.size, entry.encoded!.bytes);
  }

  #grow(size: number, bytes: number): void {
    this.size += size;
    this.bytes += bytes;
    this.mix?.grow(size, bytes);
  }

  /** Those who wait, in the order in which batches take them; up to so many. */
  *front(count: number): Iterable<Entry> {
    let left = count;
    for (const queue of [this.#repeated, this.#fresh]) {
      for (const entry of queue) {
        if (left-- <= 0) return;
        yield entry;
      }
    }
  }

  /** Takes those out that must wait elsewhere. */
  takeOut(mustWait: (entry: Entry) => boolean): readonly Entry[] {
    const taken = [...this.front(this.live)].filter(mustWait);
    for (const entry of taken) {
      this.remove(entry);
      entry.state = "held";
      // Whoever comes meanwhile may share with it, once both are back.
      if (entry.attempts === 0) entry.share = undefined;
    }
    return taken;
  }

  /** Those who wait and were in a POST before. */
  get repeated(): Iterable<Entry> {
    return this.#repeated;
  }

  /** Since when the one has waited that has waited longest. */
  get waitsSinceMs(): number {
    const repeated = this.#repeated.first?.queuedAtMs ?? Infinity;
    return Math.min(repeated, this.#fresh.first?.queuedAtMs ?? Infinity);
  }

  /**
   * Takes the next batch: what was in a POST before, then the rest, oldest first, and no more than fit. One that is too
   * large for any batch goes alone.
   *
   * @param batch what it holds already
   * @param board marks the entry as taken, or says why it is not: it stays where it is, or waits outside the lane
   */
  take(batch: Entry[], board: (entry: Entry) => Boarding): void {
    const isFull = this.#takeFrom(this.#repeated, batch, board);
    if (!isFull) this.#takeFrom(this.#fresh, batch, board);
  }

  /** @returns whether the next one did not fit */
  #takeFrom(queue: Waiting, batch: Entry[], board: (entry: Entry) => Boarding): boolean {
    let bytes = batch.reduce((sum, entry) => sum + entry.encoded!.bytes, 0);
    let size = sizeOf(batch);
    let staying = 0;
    let next = queue.first;
    while (next !== undefined) {
      const entry = next;
      const fits = bytes + entry.encoded!.bytes <= this.maxBytes;
      const isLong = size + entry.size > this.maxSize || staying >= this.maxSize;
      if (batch.length > 0 && (isLong || !fits)) return true;
      const boarding = board(entry);
      // Not before: some behind it may have boarded along with it.
      next = entry.behind;
      if (boarding === "stays") {
        staying++;
        continue;
      }
      this.#forget(entry, queue);
      if (boarding === "joins") {
        batch.push(entry);
        size += entry.size;
        bytes += entry.encoded!.bytes;
      } else {
        entry.state = "held";
      }
    }
    return false;
  }

  /** It waits here no more. */
  remove(entry: Entry): void {
    this.#forget(entry, this.#queueOf(entry));
  }

  #forget(entry: Entry, queue: Waiting): void {
    const { share } = entry;
    queue.remove(entry);
    this.live--;
    if (share?.remove(entry) === false) return;
    this.#grow(-entry.size, -(share?.bytes ?? entry.encoded!.bytes));
  }

  /** Its attempts are counted when it is taken. */
  #queueOf({ attempts }: Entry): Waiting {
    return attempts > 0 ? this.#repeated : this.#fresh;
  }
}

/** How many operations these are. */
export function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.size, 0);
}
