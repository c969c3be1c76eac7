import { Effect, Exit } from "effect3";
import type { Unsubscribable } from "rxjs";
import { type Batcher, BatchError, type Operation, type OperationResponse } from "../../../mod.ts";
import { currentCaller, type Traces } from "../observe/spans.ts";
import { type EffectError, yieldable } from "./errors.ts";

/** Submits one operation, and tells how it ended. */
export type Submit = <T>(
  operation: Operation<T>,
  end: (exit: Exit.Exit<OperationResponse<T>, EffectError>) => void,
) => Unsubscribable;

/** How the service submits, with or without a fiber for each operation. */
export function submitter(batcher: Batcher): Submit {
  return (operation, end) =>
    batcher.send(operation).subscribe({
      next: (response) => end(Exit.succeed(response)),
      error: (error) =>
        end(error instanceof BatchError ? Exit.fail(yieldable(error)) : Exit.die(error)),
    });
}

/** Sends one operation; the fiber that waits is its subscriber. */
export function sender(
  submit: Submit,
  traces: Traces,
): <T>(operation: Operation<T>) => Effect.Effect<OperationResponse<T>, EffectError> {
  return <T>(operation: Operation<T>) =>
    Effect.flatMap(
      currentCaller(),
      (caller) =>
        Effect.async<OperationResponse<T>, EffectError>((resume) => {
          traces.join(operation, caller);
          const subscription = submit(operation, resume);
          return Effect.sync(() => subscription.unsubscribe());
        }),
    );
}
