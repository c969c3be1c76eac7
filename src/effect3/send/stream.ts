import { Effect, Stream } from "effect3";
import type { Batcher, Operation, ResultOf, SendAllOptions } from "../../../mod.ts";
import { Pull, PullFailure } from "./pull.ts";
import { currentCaller } from "../observe/callers.ts";
import type { Traces } from "../observe/spans.ts";

/** Stream in, stream of results out; the batcher pulls, and is pulled from. */
export function streamSender(
  batcher: Batcher,
  traces: Traces,
): <O extends Operation, E, R>(
  operations: Stream.Stream<O, E, R>,
  options?: SendAllOptions,
) => Stream.Stream<ResultOf<O>, E, R> {
  return <O extends Operation, E, R>(
    operations: Stream.Stream<O, E, R>,
    options?: SendAllOptions,
  ) =>
    Stream.unwrapScoped(Effect.gen(function* () {
      const caller = yield* currentCaller();
      yield* Effect.addFinalizer(() => Effect.sync(() => traces.forget(caller)));
      const runtime = yield* Effect.runtime<R>();
      const traced = Stream.tap(
        operations,
        (operation) => Effect.sync(() => traces.join(operation, caller)),
      );
      const pull = yield* Stream.toPull(traced);
      const pulled = { [Symbol.asyncIterator]: () => new Pull(pull, runtime) };
      const results = Stream.fromAsyncIterable(
        batcher.sendAll<O>(pulled, options),
        (thrown) => thrown,
      );
      return Stream.catchAll(
        results,
        (thrown) =>
          thrown instanceof PullFailure
            ? Stream.failCause((thrown as PullFailure<E>).cause)
            : Stream.die(thrown),
      );
    }));
}
