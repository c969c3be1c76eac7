import { type Observable, type Observer, Subject } from "rxjs";
import type { BatchEvent } from "../options/events.ts";
import { Fifo } from "./time/fifo.ts";

/**
 * Tells what happens to whoever listens; while nobody does, no event is even built (see `isHeard`).
 *
 * Events are told in turns of the loop, when all state is written: whoever listens may submit, flush or leave.
 */
export class Events {
  readonly #subject = new Subject<BatchEvent>();
  readonly #untold = new Fifo<BatchEvent>();
  #isOver = false;

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

  /** There will be no more. */
  complete(): void {
    this.#isOver = true;
  }

  /** Tells one event: a piece of work for the loop. */
  turn(): boolean {
    const event = this.#untold.shift();
    if (event !== undefined) this.#subject.next(event);
    else if (this.#isOver) this.#subject.complete();
    return event !== undefined;
  }
}
