import type { WireAnswer, WireOutcome } from "../message/answer.ts";
import type { WireEvent } from "../message/event.ts";
import type { Running, Waiter } from "./running.ts";

/** One message at work: it is answered when the last of its operations has ended, or before, with what has. */
export class Job implements Waiter {
  readonly wantsEvents: boolean;
  readonly #outcomes: WireOutcome[];
  readonly #events: WireEvent[] = [];
  readonly #running = new Set<Running>();
  readonly #done: (answer: WireAnswer) => void;
  #begun: (() => void)[] = [];
  #left: number;
  /** POSTs of which it was told that they left, and not yet that they ended. */
  #open = 0;

  constructor(
    size: number,
    { wantsEvents, done }: { wantsEvents: boolean; done: (answer: WireAnswer) => void },
  ) {
    this.#outcomes = new Array<WireOutcome>(size);
    this.#left = size;
    this.wantsEvents = wantsEvents;
    this.#done = done;
  }

  /** What it waits for. */
  get running(): ReadonlySet<Running> {
    return this.#running;
  }

  wait(running: Running, place: number): void {
    this.#running.add(running);
    running.join(this, place);
  }

  /** How the operation at this place ended, where that is known. */
  outcomeAt(place: number): WireOutcome | undefined {
    return this.#outcomes[place];
  }

  ended(place: number, outcome: WireOutcome): void {
    if (this.#outcomes[place] !== undefined) return;
    this.#outcomes[place] = outcome;
    this.#left--;
    for (const listener of this.#begun.splice(0)) listener();
    this.#finish();
  }

  /** Calls back when the first of its operations has ended. */
  whenBegun(listener: () => void): void {
    if (this.#left < this.#outcomes.length) listener();
    else this.#begun.push(listener);
  }

  /**
   * What is known so far, where the rest may be asked for by another message: not what has to keep its place among others
   * of an ordering key when the two messages are delivered again, and not while somebody wants to hear how a POST ends.
   */
  get early(): WireAnswer | undefined {
    if (this.#left === 0 || (this.wantsEvents && this.#open > 0)) return undefined;
    for (const { isEnded, operation } of this.#running) {
      if (!isEnded && operation.orderingKey !== undefined) return undefined;
    }
    return this.#answer();
  }

  /** It is answered: what has not ended goes on without it. */
  leave(): void {
    for (const running of this.#running) running.waiters.delete(this);
    this.#running.clear();
  }

  heard(event: WireEvent): void {
    this.#events.push(event);
    if (event.type === "sent") this.#open++;
    if (event.type !== "answered") return;
    this.#open--;
    this.#finish();
  }

  /** Who listens hears of the end of each POST too. */
  #finish(): void {
    if (this.#left === 0 && this.#open === 0) this.#done(this.#answer());
  }

  #answer(): WireAnswer {
    const outcomes = Array.from(this.#outcomes, (outcome) => outcome ?? null);
    return this.wantsEvents ? { outcomes, events: [...this.#events] } : { outcomes };
  }
}
