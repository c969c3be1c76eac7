import { Effect, Exit } from "effect3";
import type { Unsubscribable } from "rxjs";
import {
  type Batcher,
  BatchError,
  NotExecutedError,
  type Operation,
  type OperationResponse,
} from "../../../mod.ts";
import { TokenDefect } from "../program/token.ts";
import { currentCaller } from "../observe/callers.ts";
import { describe, type Traces } from "../observe/spans.ts";
import { spanOfOperation } from "../../observe/http.ts";
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
      error: (error) => end(failureOf(error)),
    });
}

function failureOf(error: unknown): Exit.Exit<never, EffectError> {
  if (!(error instanceof BatchError)) return Exit.die(error);
  const cause = error instanceof NotExecutedError ? error.cause : undefined;
  return cause instanceof TokenDefect ? Exit.failCause(cause.defect) : Exit.fail(yieldable(error));
}

/** Sends one operation in a span of its own; the fiber that waits is its subscriber. */
export function sender(
  submit: Submit,
  traces: Traces,
): <T>(operation: Operation<T>) => Effect.Effect<OperationResponse<T>, EffectError> {
  return <T>(operation: Operation<T>) => {
    const { name, attributes } = spanOfOperation(operation);
    return Effect.useSpan(
      name,
      { kind: "client", attributes },
      (span) =>
        Effect.flatMap(
          currentCaller(),
          (caller) =>
            Effect.async<OperationResponse<T>, EffectError>((resume) => {
              traces.join(
                operation,
                caller.isTraced ? { ...caller, span, isOwnSpan: true } : caller,
              );
              const subscription = submit(operation, (exit) => {
                describe(span, attributesOf(exit));
                resume(exit);
              });
              return Effect.sync(() => subscription.unsubscribe());
            }),
        ),
    );
  };
}

function attributesOf(
  exit: Exit.Exit<OperationResponse<unknown>, EffectError>,
): Readonly<Record<string, unknown>> {
  if (Exit.isSuccess(exit)) return { "http.response.status_code": exit.value.status };
  const { cause } = exit;
  if (cause._tag !== "Fail") return { "error.type": "_OTHER" };
  const { error } = cause;
  const status = error._tag === "ResponseError" ? error.status : undefined;
  return { "http.response.status_code": status, "error.type": `${status ?? error._tag}` };
}
