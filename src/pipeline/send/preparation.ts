import type { Operation } from "../../operation/operation.ts";
import type { BeforeSend } from "../../options/options.ts";
import type { Lane } from "../collect/lane.ts";
import type { Loop } from "../time/loop.ts";
import { safely } from "../time/safely.ts";

/** Who waits for `beforeSend`. */
export interface PreparationListener {
  /** It has nothing against it. */
  prepared(): void;
  /** It threw, or rejected. */
  unprepared(cause: unknown): void;
}

/** One call of `beforeSend` (design rule 33): until it resolves nothing is out. */
export class Preparation {
  readonly #controller = new AbortController();
  readonly #loop: Loop;
  #isOver = false;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** Tells the listener at once when the answer is no promise. */
  ask(
    beforeSend: BeforeSend,
    { operations, lane }: { readonly operations: readonly Operation[]; readonly lane: Lane },
    listener: PreparationListener,
  ): void {
    const { context, account } = lane;
    const { signal } = this.#controller;
    let answer: void | PromiseLike<void>;
    let isPromise: boolean;
    try {
      answer = beforeSend(operations, { context: context.name, account, signal });
      isPromise = typeof answer?.then === "function";
    } catch (cause) {
      return this.#once(() => listener.unprepared(cause));
    }
    if (!isPromise) return this.#once(() => listener.prepared());
    Promise.resolve(answer).then(
      () => this.#once(() => listener.prepared()),
      (cause) => this.#once(() => listener.unprepared(cause)),
    );
  }

  /** Nobody waits for the answer any more. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    safely(() => this.#controller.abort());
  }

  #once(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#loop.run(tell);
  }
}
