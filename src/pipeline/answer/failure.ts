import {
  type BatchError,
  BatchHttpError,
  BatchTimeoutError,
  DecodeError,
  LimitError,
  NotExecutedError,
  ResponseError,
  SchemaError,
  TransportError,
} from "../../operation/errors.ts";
import { nameOf } from "../../operation/identity.ts";
import type { OperationResponse } from "../../operation/response.ts";
import type { StandardSchemaIssue } from "../../operation/standard_schema.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import type { Entry } from "../entry.ts";
import type { Refusal } from "./retry.ts";

/** The errors that operations end with: fresh ones, for each has its own operation (design rule 27). */

/** Status 400 or more on a part. */
export function responseError(
  entry: Entry,
  response: OperationResponse<unknown>,
  refusal: Refusal,
): ResponseError {
  return new ResponseError(
    `Cannot complete ${
      nameOf(entry.operation)
    } as its status must be below 400: current value is ${response.status}${afterAttempts(entry)}`,
    { operation: entry.operation, cause: spent(entry, refusal), response },
  );
}

/** A POST that was answered with something that is no batch answer. */
export function batchHttpError(
  entry: Entry,
  head: ResponseHead,
  detail: string,
  refusal: Refusal,
): BatchHttpError {
  return new BatchHttpError(
    `Cannot complete ${
      nameOf(entry.operation)
    } as its POST must be answered with a batch: current value is status ${head.status}${
      afterAttempts(entry)
    }`,
    {
      operation: entry.operation,
      cause: spent(entry, refusal),
      status: head.status,
      headers: head.headers,
      detail,
    },
  );
}

/** No answer, and the server surely ran nothing. */
export function notSent(entry: Entry, cause: unknown, refusal: Refusal): BatchError {
  const { operation } = entry;
  if (cause instanceof TransportError) {
    return new TransportError(
      `Cannot send ${
        nameOf(operation)
      } as the server must be reachable: current value is no connection${afterAttempts(entry)}`,
      { operation, cause: spent(entry, refusal, cause), sent: false },
    );
  }
  return new NotExecutedError(
    `Cannot send ${
      nameOf(operation)
    } as its batch must have a token and a body: current value is a failure before it was sent`,
    { operation, cause, certain: true },
  );
}

/** No answer, and nobody can know what the server ran. */
export function lost(entry: Entry, cause: unknown, refusal: Refusal): BatchError {
  const { operation } = entry;
  if (cause instanceof BatchTimeoutError) {
    return new BatchTimeoutError(`${cause.message}${afterAttempts(entry)}`, {
      operation,
      cause: spent(entry, refusal),
    });
  }
  return new NotExecutedError(
    `Cannot tell whether ${
      nameOf(operation)
    } ran as its part of the answer must arrive: current value is none${afterAttempts(entry)}`,
    { operation, cause: cause ?? spent(entry, refusal), certain: false },
  );
}

/** The server stopped before it, and it cannot go again. */
export function skipped(entry: Entry, refusal: Refusal): NotExecutedError {
  return new NotExecutedError(
    `Cannot complete ${
      nameOf(entry.operation)
    } as the server must run the whole batch: current value is a stop at an error before it${
      afterAttempts(entry)
    }`,
    { operation: entry.operation, cause: spent(entry, refusal), certain: true },
  );
}

/** The answer, or this part of it, cannot be understood. */
export function malformed(entry: Entry, cause: unknown): BatchError {
  const { operation } = entry;
  if (cause instanceof LimitError) {
    return new LimitError(cause.message, { operation, cause, limit: cause.limit });
  }
  const message = cause instanceof DecodeError
    ? cause.message
    : `Cannot decode the answer to ${
      nameOf(operation)
    } as the wire must understand it: current value is one that it threw for`;
  return new DecodeError(message, { operation, cause });
}

/** The body does not fit, or the schema itself failed. */
export function schemaError(
  entry: Entry,
  response: OperationResponse<unknown>,
  issues: readonly StandardSchemaIssue[],
  cause?: unknown,
): SchemaError {
  const found = issues.length === 0 ? "a schema that threw" : `${issues.length} issues`;
  return new SchemaError(
    `Cannot accept the body for ${
      nameOf(entry.operation)
    } as it must fit the schema: current value is one with ${found}`,
    { operation: entry.operation, cause, issues, response },
  );
}

/** The schema's promise took too long. */
export function schemaTimeout(entry: Entry, timeoutMs: number): BatchTimeoutError {
  return new BatchTimeoutError(
    `Cannot wait longer for the schema of ${
      nameOf(entry.operation)
    } as it must answer within timeoutMs: current value is ${timeoutMs}`,
    { operation: entry.operation },
  );
}

function afterAttempts(entry: Entry): string {
  return entry.attempts > 1 ? ` after ${entry.attempts} attempts` : "";
}

/** Which budget ended the attempts. */
function spent(entry: Entry, refusal: Refusal, cause?: unknown): unknown {
  if (refusal === "policy") return cause;
  return new LimitError(
    `Cannot send ${
      nameOf(entry.operation)
    } again as ${refusal} must not be passed: current value is ${entry.attempts} attempts`,
    { operation: entry.operation, cause, limit: refusal },
  );
}
