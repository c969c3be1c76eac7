import { kindOf } from "../operation/check/kind.ts";
import { isPromise } from "../operation/check/promise.ts";

/** Who is given what is pulled. */
export interface Taker<T> {
  /** May there be more at this moment? */
  readonly hasRoom: boolean;
  take(value: T): void;
  sourceEnded(): void;
  sourceFailed(reason: unknown): void;
}

/** Pulls values out of a source of either kind; whatever the source does, whoever pulls hears of it. */
export class Puller<T> {
  readonly #source: Iterator<T> | AsyncIterator<T>;
  readonly #taker: Taker<T>;
  #isPulling = false;
  #hasEnded = false;
  #isLeft = false;

  constructor(values: Iterable<T> | AsyncIterable<T>, taker: Taker<T>) {
    this.#source = iteratorOf(values);
    this.#taker = taker;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** As many as there is room for, one at a time. */
  pull(): void {
    while (!this.#isPulling && !this.#hasEnded && this.#taker.hasRoom) {
      try {
        const step = this.#source.next();
        if (isPromise(step)) this.#await(step);
        else this.#take(step);
      } catch (reason) {
        this.#fail(reason);
      }
    }
  }

  /** Tells the source that nobody pulls any more, as a loop does that is left. */
  async leave(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#isLeft = true;
    const returned = new Promise((resolve) => resolve(this.#source.return?.()));
    // A generator that is still making its next value answers only then, which may be never.
    if (this.#isPulling) returned.catch(() => {});
    else await returned;
  }

  #await(step: PromiseLike<IteratorResult<T>>): void {
    this.#isPulling = true;
    step.then(
      (result) => {
        this.#isPulling = false;
        if (this.#isLeft) return;
        try {
          this.#take(result);
        } catch (reason) {
          this.#fail(reason);
        }
        this.pull();
      },
      (reason) => this.#fail(reason),
    );
  }

  #take(step: IteratorResult<T>): void {
    if (typeof step !== "object" || step === null) {
      throw new TypeError(
        `Cannot send all of a source as its iterator must give objects with done and value: current value is ${
          kindOf(step)
        }`,
      );
    }
    if (step.done !== true) return this.#taker.take(step.value);
    this.#hasEnded = true;
    this.#taker.sourceEnded();
  }

  /** What fails has ended, as for a loop. */
  #fail(reason: unknown): void {
    this.#hasEnded = true;
    this.#taker.sourceFailed(reason);
  }
}

/** As a loop takes it: an asynchronous one, if there is one, otherwise the other. */
function iteratorOf<T>(values: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  const { [Symbol.asyncIterator]: later } = values as Partial<AsyncIterable<T>>;
  const source = later ? later.call(values) : (values as Iterable<T>)[Symbol.iterator]();
  if (typeof source?.next === "function") return source;
  throw new TypeError(
    `Cannot send all of a source as its iterator must have a function next: current value is ${
      kindOf(source)
    }`,
  );
}
