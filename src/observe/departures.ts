import { from, mergeMap, type Observable, type ObservableInput } from "rxjs";

/** A POST that leaves, and what is told of it, if anything is. */
interface Departure<Event> {
  event: Event | undefined;
}

/**
 * Brings together the calls of a transport and the events that tell of them: both come in the same order. What leaves is told
 * once all state is written, which is before the next microtask; what comes alone is let go then, so that one that was not
 * told, or a call more, takes nothing from those after it.
 */
export class Departures<Event> {
  readonly #untold = new Set<Departure<Event>>();

  /** The transport is called: it is to `send` with what is told of that, if anything is. */
  leave<Answer>(
    send: (event: Event | undefined) => ObservableInput<Answer>,
  ): Observable<Answer> {
    const departure: Departure<Event> = { event: undefined };
    this.#untold.add(departure);
    return from(Promise.resolve().then(() => this.#untold.delete(departure))).pipe(
      mergeMap(() => send(departure.event)),
    );
  }

  /** The event has come. */
  told(event: Event): void {
    for (const departure of this.#untold) {
      this.#untold.delete(departure);
      departure.event = event;
      return;
    }
  }
}
