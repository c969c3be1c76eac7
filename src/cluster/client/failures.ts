import {
  type BatchError,
  DependencyError,
  NotExecutedError,
  type OperationResponse,
  ResponseError,
  type ResultOf,
} from "../../../mod.ts";
import type { AnyOperation } from "../../../mod.ts";
import { BatchError as AnyBatchError } from "../../../mod.ts";
import { errorOf } from "../message/restored.ts";
import { FailedBody } from "./decoder.ts";

/** The error as its runner had it: to the pipeline of a client it is an answer with an error. */
export function asOnRunner(error: BatchError): BatchError {
  const { operation, cause } = error;
  if (error instanceof ResponseError && error.response.body instanceof FailedBody) {
    const { operation: built, body } = error.response;
    return errorOf(body.failure, { operation: operation ?? built, built });
  }
  if (!(cause instanceof AnyBatchError)) return error;
  const real = asOnRunner(cause);
  if (real === cause) return error;
  const init = { operation, attempts: error.attempts, cause: real };
  const message = error.message.replace("with ResponseError", `with ${real._tag}`);
  if (error instanceof DependencyError) return new DependencyError(message, init);
  if (error instanceof NotExecutedError) {
    return new NotExecutedError(message, { ...init, certain: error.certain });
  }
  return error;
}

/** The same for what may be no error of ours. */
export function restored(error: unknown): unknown {
  return error instanceof AnyBatchError ? asOnRunner(error) : error;
}

/** What became of an operation, as its runner had it. */
export function restoredResult<O extends AnyOperation>(
  result: ResultOf<O>,
  attempts: Attempts,
): ResultOf<O> {
  return result.ok
    ? { ...result, response: attempts.in(result.response) }
    : { ...result, error: asOnRunner(result.error) };
}

/** How many POSTs of a runner's carried what was answered; the client's pipeline counts messages. */
export class Attempts {
  readonly #ofHeaders = new WeakMap<object, number>();

  keep(headers: object, attempts: number): void {
    // One is what a response says anyway.
    if (attempts !== 1) this.#ofHeaders.set(headers, attempts);
  }

  in<R extends OperationResponse>(response: R): R {
    const { body, headers } = response;
    const attempts = this.#ofHeaders.get(headers);
    if (attempts !== undefined) return { ...response, attempts };
    const first = Array.isArray(body)
      ? body[0] as Partial<OperationResponse> | undefined
      : undefined;
    const ofGroup = first?.headers && this.#ofHeaders.get(first.headers);
    if (ofGroup === undefined) return response;
    const members = (body as readonly OperationResponse[]).map((member) => ({
      ...member,
      attempts: ofGroup,
    }));
    return { ...response, attempts: ofGroup, body: members };
  }
}
