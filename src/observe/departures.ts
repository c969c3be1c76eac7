/** A POST that leaves, and what is told of it, sooner or later. */
export interface Departure<Event> {
  event: Event | undefined;
}

/** Brings together the calls of a transport and the events that tell of them: both come in the same order, one for one. */
export class Departures<Event> {
  readonly #untold: Departure<Event>[] = [];
  readonly #ahead: Departure<Event>[] = [];

  /** The transport is called. */
  leave(): Departure<Event> {
    const known = this.#ahead.shift();
    if (known !== undefined) return known;
    const departure = { event: undefined };
    this.#untold.push(departure);
    return departure;
  }

  /** The event has come. */
  told(event: Event): void {
    const departure = this.#untold.shift();
    if (departure === undefined) this.#ahead.push({ event });
    else departure.event = event;
  }
}
