import { Cause, Exit, Option, Runtime } from "effect3";
import type { Chunk, Effect } from "effect3";

/** A stream failed from which operations were pulled; thrown through the batcher, which knows nothing of causes. */
export class PullFailure<E> {
  readonly cause: Cause.Cause<E>;

  /** @param cause what the stream failed with */
  constructor(cause: Cause.Cause<E>) {
    this.cause = cause;
  }
}

/** A pull of a stream as an iterator, whose `return` does not wait for an item that may never come. */
export class Pull<A, E, R> implements AsyncIterator<A, undefined> {
  readonly #pull: Effect.Effect<Chunk.Chunk<A>, Option.Option<E>, R>;
  readonly #fork: ReturnType<typeof Runtime.runFork<R>>;
  #items: Iterator<A> = [][Symbol.iterator]();
  #stop: (() => Promise<void>) | undefined = undefined;

  constructor(
    pull: Effect.Effect<Chunk.Chunk<A>, Option.Option<E>, R>,
    runtime: Runtime.Runtime<R>,
  ) {
    this.#pull = pull;
    this.#fork = Runtime.runFork(runtime);
  }

  async next(): Promise<IteratorResult<A, undefined>> {
    while (true) {
      const item = this.#items.next();
      if (item.done !== true) return item;
      const exit = await this.#nextItems();
      if (Exit.isSuccess(exit)) {
        this.#items = exit.value[Symbol.iterator]();
        continue;
      }
      const failure = Cause.flipCauseOption(exit.cause);
      if (Option.isSome(failure)) throw new PullFailure(failure.value);
      return { done: true, value: undefined };
    }
  }

  async return(): Promise<IteratorResult<A, undefined>> {
    await this.#stop?.();
    return { done: true, value: undefined };
  }

  async #nextItems(): Promise<Exit.Exit<Chunk.Chunk<A>, Option.Option<E>>> {
    const fiber = this.#fork(this.#pull);
    const ended = new Promise<Exit.Exit<Chunk.Chunk<A>, Option.Option<E>>>((resolve) =>
      fiber.addObserver(resolve)
    );
    this.#stop = async () => {
      fiber.unsafeInterruptAsFork(fiber.id());
      await ended;
    };
    const exit = await ended;
    this.#stop = undefined;
    return exit;
  }
}
