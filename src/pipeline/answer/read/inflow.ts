import { from, type ObservableInput, Subscription } from "rxjs";
import { Listener } from "../../time/listener.ts";
import type { Loop } from "../../time/loop.ts";
import { safely } from "../../time/safely.ts";
import { noStream } from "./given.ts";

/** What is done with what comes in. */
export interface InflowListener<T> {
  next(value: T): void;
  complete(): void;
  /** It has ended, or broken: told at once, whatever else waits. */
  over?(): void;
}

/** What can end all that comes in. */
export interface InflowOwner {
  /** Nothing more is wanted. */
  readonly isEnded: boolean;
  /** The input broke. */
  broke(cause: unknown): void;
  /** Whoever was told threw, or the input is none. */
  threw(cause: unknown): void;
}

/**
 * What a transport gives, one thing at a time: a subscriber may make it push on, and that waits until the part before it
 * is delivered.
 */
export class Inflow {
  readonly #loop: Loop;
  readonly #owner: InflowOwner;
  readonly #subscription = new Subscription();
  /** What came while a part was being delivered. */
  #later: (() => void)[] = [];
  #isHeld = false;

  constructor(loop: Loop, owner: InflowOwner) {
    this.#loop = loop;
    this.#owner = owner;
  }

  subscribe<T>(
    input: () => ObservableInput<T>,
    { next, complete, over = () => {} }: InflowListener<T>,
  ): void {
    const listener = new Listener<T>({
      next: (value) => this.#guarded(() => next(value)),
      error: (cause) => {
        over();
        this.#guarded(() => this.#owner.broke(cause));
      },
      complete: () => {
        over();
        this.#guarded(complete);
      },
    });
    // Before there is a value: what comes synchronously is left in the middle of it.
    this.#subscription.add(listener);
    let given: ObservableInput<T>;
    try {
      given = input();
    } catch (cause) {
      return this.#owner.broke(cause);
    }
    try {
      from(given).subscribe(listener);
    } catch {
      // What `from` says quotes what it was given.
      this.#owner.threw(noStream(given));
    }
  }

  /** What comes while this is done waits. */
  hold(work: () => void): void {
    this.#isHeld = true;
    try {
      work();
    } catch (cause) {
      this.#owner.threw(cause);
    } finally {
      this.#isHeld = false;
    }
  }

  /** To be done when it stops. */
  whenStopped(teardown: () => void): void {
    this.#subscription.add(teardown);
  }

  /** Nothing more is read, and the connection is given back or dropped. */
  stop(): void {
    safely(() => this.#subscription.unsubscribe());
  }

  #guarded(work: () => void): void {
    if (this.#isHeld) this.#later.push(work);
    else this.#loop.run(() => this.#inTurn(work));
  }

  #inTurn(first: () => void): void {
    let work: (() => void) | undefined = first;
    while (work !== undefined && !this.#owner.isEnded) {
      this.#careful(work);
      work = this.#later.shift();
    }
  }

  /** A transport of somebody else may give anything at all: whatever it is, the POST ends. */
  #careful(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#owner.threw(cause);
    }
  }
}
