import { Effect, Exit } from "effect";
import type { Unsubscribable } from "rxjs";
import {
  type AnyOperation,
  type Batcher,
  BatchError,
  NotExecutedError,
  type OperationResponse,
} from "../../../mod.ts";
import type { Callers } from "../observe/callers.ts";
import { spanOfOperation } from "../../observe/http.ts";
import { describe } from "../observe/spans.ts";
import { TokenDefect } from "../program/token.ts";
import { type EffectError, yieldable } from "./errors.ts";

/** How one operation ended. */
export type Answer<T> = Exit.Exit<OperationResponse<T>, EffectError>;

/** Submits one operation, and tells how it ended. */
export type Submit = <T>(
  operation: AnyOperation<T>,
  end: (answer: Answer<T>) => void,
) => Unsubscribable;

/** How the service submits, with or without a fiber for each operation. */
export function submitter(batcher: Batcher): Submit {
  return (operation, end) =>
    batcher.send(operation).subscribe({
      next: (response) => end(Exit.succeed(response)),
      error: (error) => end(failureOf(error)),
    });
}

/** Sends one operation in a span of its own; the fiber that waits is its subscriber. */
export function sender(
  submit: Submit,
  callers: Callers,
): <T>(operation: AnyOperation<T>) => Effect.Effect<OperationResponse<T>, EffectError> {
  return <T>(operation: AnyOperation<T>) => {
    const { name, attributes } = spanOfOperation(operation);
    return Effect.useSpan(
      name,
      { kind: "client", attributes },
      (span) =>
        Effect.withFiber((fiber) => {
          const caller = { context: fiber.context, span, isOwnSpan: true };
          return Effect.callback<OperationResponse<T>, EffectError>((resume) => {
            callers.join(operation, caller);
            const subscription = submit(operation, (answer) => {
              describe(span, attributesOf(answer));
              resume(answer);
            });
            return Effect.sync(() => subscription.unsubscribe());
          });
        }),
    );
  };
}

function failureOf(error: unknown): Exit.Exit<never, EffectError> {
  if (!(error instanceof BatchError)) return Exit.die(error);
  const cause = error instanceof NotExecutedError ? error.cause : undefined;
  return cause instanceof TokenDefect ? Exit.failCause(cause.defect) : Exit.fail(yieldable(error));
}

function attributesOf(answer: Answer<unknown>): Readonly<Record<string, unknown>> {
  if (Exit.isSuccess(answer)) return { "http.response.status_code": answer.value.status };
  const error = answer.cause.reasons.find((reason) => reason._tag === "Fail")?.error;
  if (error === undefined) return { "error.type": "_OTHER" };
  const status = error._tag === "ResponseError" ? error.status : undefined;
  return { "http.response.status_code": status, "error.type": `${status ?? error._tag}` };
}
