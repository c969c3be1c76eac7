import { type Observer, Subscriber } from "rxjs";

/**
 * An observer that is its own subscription: it can leave a source that is still emitting synchronously, without an operator
 * in between.
 */
export class Listener<T> extends Subscriber<T> {
  readonly #observer: Observer<T>;

  constructor(observer: Observer<T>) {
    super();
    this.#observer = observer;
  }

  protected override _next(value: T): void {
    this.#observer.next(value);
  }

  protected override _error(cause: unknown): void {
    this.unsubscribe();
    this.#observer.error(cause);
  }

  protected override _complete(): void {
    this.unsubscribe();
    this.#observer.complete();
  }
}
