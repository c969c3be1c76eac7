import { type Observable, type Observer, Subject } from "rxjs";
import type { BatchEvent } from "../events.ts";

/** Tells what happens to whoever listens; while nobody does, no event is even built (see `isHeard`). */
export class Events {
  readonly #subject = new Subject<BatchEvent>();

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
    this.#subject.next(event);
  }

  complete(): void {
    this.#subject.complete();
  }
}
