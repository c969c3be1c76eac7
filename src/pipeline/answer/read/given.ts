import { kindOf } from "../../../operation/check/kind.ts";
import { DecodeError } from "../../../operation/errors.ts";
import { lowerCased } from "../../../operation/headers.ts";
import type { HttpResponse, ResponseHead } from "../../../transport/transport.ts";

/** What a transport of somebody's gives may be anything at all: what it should be is said here, and what it is. */

/**
 * Status and headers of an answer.
 *
 * @throws {DecodeError} when it has no status: what is fetched without leave has 0
 */
export function headOf(response: HttpResponse): ResponseHead {
  const { status, headers } = (response ?? {}) as Partial<HttpResponse>;
  if (Number.isInteger(status) && status! >= 100 && status! <= 999) {
    return { status: status!, headers: lowerCased(headers ?? {}) };
  }
  throw unreadable(
    "a transport must give an HttpResponse, with a status from 100 to 999",
    response,
  );
}

/** What it is when the answer, or its body, comes in no way that one could subscribe to. */
export function noStream(given: unknown): DecodeError {
  return unreadable(
    "a transport must give it as an Observable, a promise or another stream",
    given,
  );
}

/** What it is when a chunk of the body is something else. */
export function noBytes(chunk: unknown): DecodeError {
  return unreadable("its body must come in chunks that are Uint8Arrays", chunk);
}

function unreadable(rule: string, given: unknown): DecodeError {
  return new DecodeError(`Cannot read an answer as ${rule}: current value is ${kindOf(given)}`);
}
