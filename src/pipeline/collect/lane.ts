import type { BatchContext } from "../../wire/wire.ts";
import type { BatchReason } from "../../options/events.ts";
import type { Entry } from "../entry.ts";

/** What becomes of an entry when a batch is taken; `waits`: outside its lane, until it is released again. */
export type Boarding = "joins" | "stays" | "waits";

/** What tells one lane from another: the key of the context and the account, each compared by itself (design rule 6). */
export interface LaneName {
  readonly context: BatchContext;
  readonly account: string | undefined;
}

/** All operations of one context and account that wait for a POST. The groups of members are named by the stage that keeps them. */
export class Lane {
  readonly number: number;
  readonly context: BatchContext;
  /** Whose token opens it, where operations say so. */
  readonly account: string | undefined;

  /** How many wait, and the octets that they add to a body. */
  live = 0;
  bytes = 0;
  #entries: Entry[] = [];
  #head = 0;

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

  /** Tokens: what its latest POST was refused with. */
  refusedToken: string | undefined = undefined;

  /** Retry: nothing is sent before this time, how many wait alone, and what one batch may hold since a 413. */
  pausedUntilMs = 0;
  parked = 0;
  maxSize: number;
  maxBytes: number;

  constructor(
    number: number,
    { context, account }: LaneName,
    limits: { readonly size: number; readonly bytes: number },
  ) {
    this.number = number;
    this.context = context;
    this.account = account;
    this.maxSize = limits.size;
    this.maxBytes = limits.bytes;
  }

  /** Is it the lane of this entry? */
  takes(entry: Entry): boolean {
    return this.account === entry.account && this.context.key === entry.context!.key;
  }

  /** May their batches be filled with each other's operations? */
  mixesWith(lane: Lane): boolean {
    return this !== lane && this.context.mix === lane.context.mix && this.account === lane.account;
  }

  push(entry: Entry): void {
    entry.state = "queued";
    this.#entries.push(entry);
    this.live++;
    this.bytes += entry.encoded!.bytes;
  }

  /** Up to so many of those that have waited longest. */
  *front(count: number): Iterable<Entry> {
    let at = this.#head;
    for (let left = count; left > 0 && at < this.#entries.length; at++) {
      const entry = this.#entries[at]!;
      if (entry.state !== "queued") continue;
      left--;
      yield entry;
    }
  }

  /** The entry has left: it stays in the array as a husk until it is passed over. */
  withdraw(entry: Entry): void {
    this.live--;
    this.bytes -= entry.encoded!.bytes;
    if (this.live === 0) this.#clear();
    else if (this.#entries.length > 4 * this.live + 64) this.#compact();
  }

  /** The one that has waited longest. */
  get oldest(): Entry | undefined {
    while (this.#head < this.#entries.length) {
      const entry = this.#entries[this.#head]!;
      if (entry.state === "queued") return entry;
      this.#head++;
    }
    return undefined;
  }

  /**
   * Takes the next batch, oldest first, and no more than fit. One that is too large for any batch goes alone.
   *
   * @param batch what it holds already
   * @param board marks the entry as taken, or says why it is not: it stays where it is, or waits outside the lane
   */
  take(batch: Entry[], board: (entry: Entry) => Boarding): void {
    const staying: Entry[] = [];
    let bytes = batch.reduce((sum, entry) => sum + entry.encoded!.bytes, 0);
    for (let entry = this.oldest; entry !== undefined; entry = this.oldest) {
      const fits = bytes + entry.encoded!.bytes <= this.maxBytes;
      const isLong = batch.length >= this.maxSize || staying.length >= this.maxSize;
      if (batch.length > 0 && (isLong || !fits)) break;
      this.#head++;
      const boarding = board(entry);
      if (boarding === "stays") {
        staying.push(entry);
        continue;
      }
      this.live--;
      this.bytes -= entry.encoded!.bytes;
      if (boarding === "joins") {
        batch.push(entry);
        bytes += entry.encoded!.bytes;
      } else {
        entry.state = "held";
      }
    }
    // Each of them has left a place behind itself, so there is room.
    while (staying.length > 0) this.#entries[--this.#head] = staying.pop()!;
    if (this.live === 0) this.#clear();
    else if (this.#head >= 1024 && this.#head * 2 >= this.#entries.length) this.#compact();
  }

  #clear(): void {
    this.#entries = [];
    this.#head = 0;
  }

  #compact(): void {
    const waiting: Entry[] = [];
    for (let at = this.#head; at < this.#entries.length; at++) {
      const entry = this.#entries[at]!;
      if (entry.state === "queued") waiting.push(entry);
    }
    this.#entries = waiting;
    this.#head = 0;
  }
}
