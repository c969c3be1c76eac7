import { type Cause, Effect, Queue, Stream } from "effect";
import type { Observable } from "rxjs";
import type { AnyOperation, Batcher, ResultOf, SendAllOptions } from "../../../mod.ts";
import { type Callers, currentCaller } from "../observe/callers.ts";

/** The stream failed from which operations were pulled; thrown through the batcher, which knows nothing of causes. */
class PullFailure<E> {
  readonly cause: Cause.Cause<E>;

  /** @param cause what the stream failed with */
  constructor(cause: Cause.Cause<E>) {
    this.cause = cause;
  }
}

/** Stream in, stream of results out; the batcher pulls, and is pulled from. */
export function streamSender(
  batcher: Batcher,
  callers: Callers,
): <O extends AnyOperation, E, R>(
  operations: Stream.Stream<O, E, R>,
  options?: SendAllOptions,
) => Stream.Stream<ResultOf<O>, E, R> {
  return <O extends AnyOperation, E, R>(
    operations: Stream.Stream<O, E, R>,
    options?: SendAllOptions,
  ) =>
    Stream.unwrap(Effect.gen(function* () {
      const caller = yield* currentCaller;
      yield* Effect.addFinalizer(() => Effect.sync(() => callers.forget(caller)));
      const pulled = operations.pipe(
        Stream.tap((operation) => Effect.sync(() => callers.join(operation, caller))),
        Stream.catchCause((cause) => Stream.fail(new PullFailure(cause))),
      );
      const source = yield* Stream.toAsyncIterableEffect(pulled);
      const results = Stream.fromAsyncIterable(
        batcher.sendAll<O>(source, options),
        (thrown) => thrown,
      );
      return Stream.catch(
        results,
        (thrown) =>
          thrown instanceof PullFailure
            ? Stream.failCause((thrown as PullFailure<E>).cause)
            : Stream.die(thrown),
      );
    }));
}

/** What an observable tells, from when somebody pulls; it never waits for whoever pulls. */
export function streamOf<T>(values: Observable<T>): Stream.Stream<T> {
  return Stream.callback<T>(
    (queue) =>
      Effect.acquireRelease(
        Effect.sync(() =>
          values.subscribe({
            next: (value) => void Queue.offerUnsafe(queue, value),
            complete: () => void Queue.endUnsafe(queue),
          })
        ),
        (subscription) => Effect.sync(() => subscription.unsubscribe()),
      ),
    { bufferSize: Number.POSITIVE_INFINITY },
  );
}
