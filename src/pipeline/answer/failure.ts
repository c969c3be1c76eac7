import {
  type BatchError,
  BatchHttpError,
  BatchTimeoutError,
  LimitError,
  type MemberFate,
  NotExecutedError,
  ResponseError,
  TransportError,
} from "../../operation/errors.ts";
import { nameOf } from "../../operation/identity.ts";
import type { AnyOperation } from "../../operation/operation.ts";
import type { OperationResponse } from "../../operation/response.ts";
import { codeInText, serverErrorOf } from "../../operation/server_error/server_error.ts";
import type { Entry } from "../entry.ts";
import type { Unread } from "../send/exchange.ts";
import { type Anonymity, withoutToken } from "./anonymity.ts";
import type { Refusal } from "./again/retry.ts";

/** The errors that operations end with: fresh ones, for each has its own operation (design rule 27). */

/** Status 400 or more on a part. */
export function responseError(
  entry: Entry,
  { response, detail, members }: {
    response: OperationResponse<unknown>;
    detail: string | undefined;
    members?: readonly MemberFate[] | undefined;
  },
  refusal: Refusal,
  post: Anonymity,
): ResponseError {
  return new ResponseError(
    `Cannot complete ${
      nameOf(entry.operation)
    } as its status must be below 400: current value is ${response.status}${
      codeOf(serverErrorOf(response.body, detail).code)
    }${afterAttempts(entry)}${withoutToken(response.status, post)}`,
    { ...initOf(entry), cause: spent(entry, refusal), response, detail, members },
  );
}

/** A POST that was answered with something that is no batch answer, or with one error for all of its operations. */
export function batchHttpError(
  entry: Entry,
  { head: { status, headers }, detail }: Unread,
  refusal: Refusal,
  post?: Anonymity,
): BatchHttpError {
  return new BatchHttpError(
    `Cannot complete ${
      nameOf(entry.operation)
    } as its POST must be answered with a batch: current value is status ${status}${
      codeOf(codeInText(detail))
    }${afterAttempts(entry)}${withoutToken(status, post)}`,
    { ...initOf(entry), cause: spent(entry, refusal), status, headers, detail },
  );
}

/** No answer, and the server ran nothing of this attempt. */
export function notSent(entry: Entry, cause: unknown, refusal: Refusal): BatchError {
  const { operation } = entry;
  if (cause instanceof TransportError) {
    if (cause.isFinal) {
      const sent = entry.mayHaveRun;
      return new TransportError(cause.message, { ...initOf(entry), cause, sent, isFinal: true });
    }
    return new TransportError(
      `Cannot send ${
        nameOf(operation)
      } as the server must be reachable: current value is no connection${afterAttempts(entry)}`,
      { ...initOf(entry), cause: spent(entry, refusal, cause), sent: entry.mayHaveRun },
    );
  }
  return new NotExecutedError(
    `Cannot send ${
      nameOf(operation)
    } as the token, headers, beforeSend and body of its batch must be ready: current value is a failure before it was sent`,
    { ...initOf(entry), cause, certain: !entry.mayHaveRun },
  );
}

/** `beforeSend` said no. */
export function forbidden(entry: Entry, cause: unknown): NotExecutedError {
  return new NotExecutedError(
    `Cannot send ${
      nameOf(entry.operation)
    } as beforeSend must let its batch go: current value is one that it rejected`,
    { ...initOf(entry), cause, certain: !entry.mayHaveRun },
  );
}

/** No answer, and nobody can know what the server ran. */
export function lost(entry: Entry, cause: unknown, refusal: Refusal): BatchError {
  const { operation } = entry;
  if (cause instanceof BatchTimeoutError) {
    return new BatchTimeoutError(`${cause.message}${afterAttempts(entry)}`, {
      ...initOf(entry),
      cause: spent(entry, refusal),
    });
  }
  return new NotExecutedError(
    `Cannot tell whether ${
      nameOf(operation)
    } ran as its part of the answer must arrive: current value is none${afterAttempts(entry)}`,
    { ...initOf(entry), cause: spent(entry, refusal, cause), certain: false },
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
    { ...initOf(entry), cause: spent(entry, refusal), certain: !entry.mayHaveRun },
  );
}

/** What every error is given. */
export function initOf(
  { operation, posts }: Entry,
): { operation: AnyOperation; attempts: number } {
  return { operation, attempts: posts };
}

/**
 * A code is a word, behind a number with SharePoint (`-1, Microsoft.…`) and Azure (`1:…`); anything else may hold what must
 * not be told (design rule 27).
 */
function codeOf(code = ""): string {
  return /^(?:-?\d{1,12}(?:, |:))?[\w./-]{1,80}$/.test(code) ? ` (${code})` : "";
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
    } again as ${refusal} must not be passed: current value is ${
      refusal === "retry.maxTotalMs" ? "a wait that would" : `${entry.attempts} attempts`
    }`,
    { ...initOf(entry), cause, limit: refusal },
  );
}
