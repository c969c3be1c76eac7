import { Cause, Effect, Exit, Stream } from "effect";
import { defer, Observable, type Unsubscribable } from "rxjs";
import {
  type Batcher,
  BatchError,
  type Operation,
  type OperationResponse,
  pages,
} from "../../../mod.ts";
import { type Callers, currentCaller } from "../observe/callers.ts";
import { type EffectError, yieldable } from "./errors.ts";

/**
 * One page of a collection.
 *
 * @since 0.2.0
 * @category models
 */
export type Page<T> = OperationResponse<T> & {
  /** Where to ask for changes since; the last page may have one. */
  readonly deltaLink?: string | undefined;
};

/** A collection as a stream of its pages: the next one is asked for when it is pulled. */
export function pageReader(
  batcher: Batcher,
  callers: Callers,
): <T>(operation: Operation<T>) => Stream.Stream<Page<T>, EffectError> {
  return <T>(operation: Operation<T>) =>
    Stream.unwrap(Effect.gen(function* () {
      const caller = yield* currentCaller;
      const send: Batcher["send"] = (page) => {
        callers.join(page, caller);
        return batcher.send(page);
      };
      const book = new Book<T>(send, operation);
      yield* Effect.addFinalizer(() => Effect.sync(() => book.close()));
      return Stream.fromPull(Effect.succeed(book.pull));
    }));
}

type Turn<T> = Exit.Exit<readonly [Page<T>], EffectError | Cause.Done<void>>;

/** Pages that come one at a time, each when it is asked for. */
class Book<T> {
  readonly #subscription: Unsubscribable;
  /** Sends for the next page. */
  #ask: (() => void) | undefined = undefined;
  /** Whoever took the last page wanted the next one before it could be asked for. */
  #isAwaited = false;
  #end: Turn<T> | undefined = undefined;
  #turned: (turn: Turn<T>) => void = () => {};

  constructor(send: Batcher["send"], operation: Operation<T>) {
    const held: Pick<Batcher, "send"> = {
      send: (page) =>
        new Observable((subscriber) => {
          const ask = () => subscriber.add(send(page).subscribe(subscriber));
          this.#ask = ask;
          if (this.#isAwaited) this.#askNow();
        }),
    };
    // What it refuses at once is an error of the stream, too.
    this.#subscription = defer(() => pages(held, operation)).subscribe({
      next: (page) => this.#turned(Exit.succeed([page])),
      error: (error) =>
        this.#ended(error instanceof BatchError ? Exit.fail(yieldable(error)) : Exit.die(error)),
      complete: () => this.#ended(Exit.fail(Cause.Done())),
    });
  }

  readonly pull: Effect.Effect<readonly [Page<T>], EffectError | Cause.Done<void>> = Effect
    .callback(
      (resume) => {
        if (this.#end !== undefined) return resume(this.#end);
        this.#turned = resume;
        this.#isAwaited = true;
        this.#askNow();
      },
    );

  close(): void {
    this.#subscription.unsubscribe();
  }

  #askNow(): void {
    const ask = this.#ask;
    if (ask === undefined) return;
    this.#ask = undefined;
    this.#isAwaited = false;
    ask();
  }

  #ended(end: Turn<T>): void {
    this.#end = end;
    this.#turned(end);
  }
}
