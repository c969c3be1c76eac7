import { Effect } from "effect";
import { type Batcher, BatchError, type Operation, type OperationResponse } from "../../mod.ts";
import { currentCaller, type Traces } from "./traces.ts";

/** Sends one operation; the fiber that waits is its subscriber. */
export function sender(
  batcher: Batcher,
  traces: Traces,
): <T>(operation: Operation<T>) => Effect.Effect<OperationResponse<T>, BatchError> {
  return <T>(operation: Operation<T>) =>
    Effect.flatMap(
      currentCaller,
      (caller) =>
        Effect.async<OperationResponse<T>, BatchError>((resume) => {
          traces.join(operation, caller);
          const subscription = batcher.send(operation).subscribe({
            next: (response) => resume(Effect.succeed(response)),
            error: (error) =>
              resume(error instanceof BatchError ? Effect.fail(error) : Effect.die(error)),
          });
          return Effect.sync(() => subscription.unsubscribe());
        }),
    );
}
