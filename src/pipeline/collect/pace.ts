import type { Pace as PaceOption } from "../../options/options.ts";
import type { Clock } from "../time/clock.ts";
import type { Booking } from "./booking.ts";
import type { Lane } from "./lane.ts";

/** What a pace calls. */
export interface PaceCalls {
  /** When the lane may go on is known now, or has changed. */
  changed(lane: Lane): void;
}

/**
 * How many operations each lane may still send (design rule 33): in no span of `perMs` more than `operations`.
 *
 * What a batch takes is booked when it is sealed, and counts from when it is sent: `beforeSend` may take its time.
 */
export class Pace {
  readonly #pace: PaceOption | undefined;
  readonly #clock: Clock;
  readonly #calls: PaceCalls;

  constructor(pace: PaceOption | undefined, clock: Clock, calls: PaceCalls) {
    this.#pace = pace;
    this.#clock = clock;
    this.#calls = calls;
  }

  /** How many the lane may send at this moment. */
  room(lane: Lane): number {
    if (this.#pace === undefined) return Infinity;
    return Math.max(0, this.#pace.operations - this.#bookedBy(lane));
  }

  /** There is room, but not for the group that is next: the lane waits until there is more. */
  short(lane: Lane): void {
    lane.pacedUntilMs = this.#freeAtMs(lane);
    this.#calls.changed(lane);
  }

  /** A batch takes so many of the lane's. */
  book(lane: Lane, batch: object, count: number): void {
    if (this.#pace === undefined || count === 0) return;
    lane.bookings.push({ batch, count, sentAtMs: Infinity });
    this.#review(lane);
  }

  /** The batch leaves now. */
  sent(lanes: readonly Lane[], batch: object): void {
    if (this.#pace === undefined) return;
    const now = this.#clock.now();
    for (const lane of lanes) {
      for (const booking of lane.bookings) if (booking.batch === batch) booking.sentAtMs = now;
      lane.keptUntilMs = Math.max(lane.keptUntilMs, now + this.#pace.perMs);
      this.#review(lane);
    }
  }

  /** Some have left the batch before it did: it takes so many only. */
  thinned(lane: Lane, batch: object, count: number): void {
    if (this.#pace === undefined) return;
    for (const booking of lane.bookings) if (booking.batch === batch) booking.count = count;
    lane.bookings = lane.bookings.filter((booking) => booking.count > 0);
    this.#review(lane);
  }

  /** The batch never left. */
  dropped(lanes: readonly Lane[], batch: object): void {
    if (this.#pace === undefined) return;
    for (const lane of lanes) {
      const others = lane.bookings.filter((booking) => booking.batch !== batch);
      if (others.length === lane.bookings.length) continue;
      lane.bookings = others;
      this.#review(lane);
    }
  }

  #bookedBy(lane: Lane): number {
    const endedAtMs = this.#clock.now() - this.#pace!.perMs;
    if (lane.bookings.some(({ sentAtMs }) => sentAtMs <= endedAtMs)) {
      lane.bookings = lane.bookings.filter(({ sentAtMs }) => sentAtMs > endedAtMs);
    }
    return lane.bookings.reduce((sum: number, { count }: Booking) => sum + count, 0);
  }

  /** Until when it has no room; for ever while it hangs on batches that are not sent yet. */
  #review(lane: Lane): void {
    const isSpent = this.#bookedBy(lane) >= this.#pace!.operations;
    lane.pacedUntilMs = isSpent ? this.#freeAtMs(lane) : 0;
    this.#calls.changed(lane);
  }

  /** When the oldest of what counts does so no more. */
  #freeAtMs({ bookings }: Lane): number {
    const oldestMs = bookings.reduce((ms, { sentAtMs }) => Math.min(ms, sentAtMs), Infinity);
    return oldestMs + this.#pace!.perMs;
  }
}
