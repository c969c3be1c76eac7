import type { ResponseHead } from "../../transport/transport.ts";
import type { Part, Wire } from "../../wire/wire.ts";
import type { Lane } from "../collect/lane.ts";
import type { Entry } from "../entry.ts";
import type { Batch } from "./batch.ts";
import type { AnswerListener, PostEnd } from "./exchange.ts";

/** What the answer to a batch is given to. */
export interface DeliveryCalls {
  /** The answer, or an error in it, may ask for a pause, whether anybody waits for it or not. */
  obey(lanes: readonly Lane[], headers: ResponseHead["headers"], date?: string): void;
  /** A limit of the server is near. */
  slowDown(lane: Lane, delayMs: number): void;
  /** A part has come for an entry that still waits. */
  answer(batch: Batch, entry: Entry, part: Part): void;
}

/** The POST that is answered. */
export interface Answered {
  /** A part is read, and others may have come with it. */
  reads(): void;
  /** All that has come so far is read. */
  caughtUp(): void;
  ended(end: PostEnd): void;
}

/** Gives each part of an answer to all who wait for it, and what it asks for to its lane. */
export class Delivery implements AnswerListener {
  readonly #wire: Wire;
  readonly #calls: DeliveryCalls;
  readonly #batch: Batch;
  readonly #post: Answered;

  constructor(
    stages: { readonly wire: Wire; readonly postCalls: DeliveryCalls },
    batch: Batch,
    post: Answered,
  ) {
    this.#wire = stages.wire;
    this.#calls = stages.postCalls;
    this.#batch = batch;
    this.#post = post;
  }

  /** Whatever its status: beside throttled parts the batch itself says 200. */
  began(head: ResponseHead): void {
    const { lanes } = this.#batch;
    this.#batch.head = head;
    this.#calls.obey(lanes, head.headers);
    for (const lane of lanes) this.#heed(lane, head.headers);
  }

  deliver(place: number, part: Part): void {
    const { entries, riders } = this.#batch;
    this.#post.reads();
    const entry = entries[place]!;
    let isHeard = this.#answer(entry, part);
    for (const rider of riders.of(entry)) if (this.#answer(rider, part)) isHeard = true;
    // Of what has left nobody keeps the lane.
    if (!isHeard) this.stray(part);
  }

  caughtUp(): void {
    this.#post.caughtUp();
  }

  /** Nobody is told what it says, but when it asks for a pause that counts. */
  stray(part: Part): void {
    const { date, lanes } = this.#batch;
    for (const lane of lanes) this.#heed(lane, part.headers);
    if (part.status >= 400) this.#calls.obey(lanes, part.headers, date);
    for (const member of part.members ?? []) this.stray(member);
  }

  ended(end: PostEnd): void {
    this.#post.ended(end);
  }

  /** @returns whether it still waits */
  #answer(entry: Entry, part: Part): boolean {
    if (!this.#batch.isAwaited(entry)) return false;
    const lane = this.#batch.laneOf(entry);
    this.#heed(lane, part.headers);
    for (const { status, headers } of part.members ?? []) {
      if (status >= 400) this.#calls.obey([lane], headers, this.#batch.date);
    }
    this.#calls.answer(this.#batch, entry, part);
    return true;
  }

  #heed(lane: Lane, headers: ResponseHead["headers"]): void {
    const delayMs = this.#wire.nearLimitMs?.(headers);
    if (delayMs !== undefined) this.#calls.slowDown(lane, delayMs);
  }
}
