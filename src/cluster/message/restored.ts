import {
  type AnyOperation,
  type BatchError,
  type BatchErrorInit,
  BatchHttpError,
  BatchTimeoutError,
  ClosedError,
  DecodeError,
  DependencyError,
  LimitError,
  type MemberFate,
  NotExecutedError,
  type Operation,
  OperationError,
  type OperationResponse,
  ResponseError,
  TransportError,
} from "../../../mod.ts";
import { isAtomic } from "../../operation/atomic.ts";
import { nameOf } from "../../operation/identity.ts";
import { valueOf } from "./content.ts";
import type { WireFailure } from "./failure.ts";

/** Of whom an error tells: what was submitted, and what was sent for it. */
export interface Failed {
  readonly operation: AnyOperation;
  readonly built: AnyOperation;
}

/** The error that a message tells of, as an object of its class. */
export function errorOf(failure: WireFailure, failed: Failed): BatchError {
  const message = (failure.message ?? "").replaceAll("{operation}", () => nameOf(failed.operation));
  const init = initOf(failure, failed);
  const { status = 0, headers = {}, detail, response } = failure;
  switch (failure.tag) {
    case "OperationError":
      return new OperationError(message, init);
    case "ResponseError":
      return new ResponseError(message, {
        ...init,
        detail,
        response: responseOf(response ?? { status: 0, headers: {} }, failure, failed.built),
      });
    case "DependencyError":
      return new DependencyError(message, init);
    case "BatchHttpError":
      return new BatchHttpError(message, { ...init, status, headers, detail: detail ?? "" });
    case "DecodeError":
      return new DecodeError(message, {
        ...init,
        isTruncated: failure.isTruncated,
        status: failure.status,
        headers: failure.headers,
        detail,
        response: response && responseOf(response, failure, failed.built),
      });
    case "TransportError":
      return new TransportError(message, { ...init, sent: failure.sent, isFinal: failure.isFinal });
    case "BatchTimeoutError":
      return new BatchTimeoutError(message, init);
    case "LimitError":
      return new LimitError(message, { ...init, limit: failure.limit ?? "" });
    case "ClosedError":
      return new ClosedError(message, init);
    default:
      // A class of a later version says at least as much as that nobody knows.
      return new NotExecutedError(message, { ...init, certain: failure.certain ?? false });
  }
}

function initOf(failure: WireFailure, failed: Failed): BatchErrorInit {
  const { attempts, cause, members } = failure;
  return {
    operation: failed.operation,
    attempts,
    cause: cause && causeOf(cause, failed),
    members: members && fatesOf(members, failure, failed.built),
  };
}

/** Whose cause it is: an error of ours, or the name of another's class. */
function causeOf(cause: WireFailure, failed: Failed): Error {
  if (cause.message !== undefined) return errorOf(cause, failed);
  const error = new Error(
    "Cannot show a cause as what it says stays on its runner: current value is its class alone",
  );
  error.name = cause.tag;
  return error;
}

function fatesOf(
  members: NonNullable<WireFailure["members"]>,
  failure: WireFailure,
  built: AnyOperation,
): readonly MemberFate[] | undefined {
  if (!isAtomic(built)) return undefined;
  return built.members.map((operation, at) => {
    const { isCulprit = false, certain = false, response } = members[at] ?? {};
    return {
      operation,
      isCulprit,
      certain,
      response: response && responseOf(response, failure, operation),
    };
  });
}

function responseOf(
  { status, headers, body }: NonNullable<WireFailure["response"]>,
  { attempts = 0 }: WireFailure,
  operation: AnyOperation,
): OperationResponse {
  return { operation: operation as Operation, status, headers, body: valueOf(body), attempts };
}
