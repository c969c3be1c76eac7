import { type Observable, type Observer, Subject } from "rxjs";
import type { BatchEvent } from "../options/events.ts";
import { Fifo } from "./time/fifo.ts";

/**
 * Tells what happens to whoever listens; while nobody does, no event is even built (see `isHeard`).
 *
 * Events are told in turns of the loop, when all state is written: whoever listens may submit, flush or leave. That
 * something was submitted is told within the call (a subscriber's own code runs there, so all state is written, too).
 */
export class Events {
  readonly #subject = new Subject<BatchEvent>();
  readonly #untold = new Fifo<BatchEvent>();
  #isOver = false;
  #isTelling = false;

  constructor(observer?: Partial<Observer<BatchEvent>>) {
    if (observer !== undefined) this.#subject.subscribe(observer);
  }

  get isHeard(): boolean {
    return this.#subject.observed;
  }

  get events$(): Observable<BatchEvent> {
    return this.#subject.asObservable();
  }

  emit(event: BatchEvent): void {
    this.#untold.push(event);
  }

  /** What is untold is told before this returns, so that whoever listens is called from where the cause is on the stack. */
  tellNow(): void {
    // Others listen to the event that is being told, and must have it first.
    while (!this.#isTelling && this.#tellNext());
  }

  /** There will be no more. */
  complete(): void {
    this.#isOver = true;
  }

  /** Tells one event: a piece of work for the loop. */
  turn(): boolean {
    if (this.#tellNext()) return true;
    if (this.#isOver) this.#subject.complete();
    return false;
  }

  #tellNext(): boolean {
    const event = this.#untold.shift();
    if (event === undefined) return false;
    this.#isTelling = true;
    this.#subject.next(event);
    this.#isTelling = false;
    return true;
  }
}
