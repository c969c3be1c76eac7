import { kindOf } from "../../operation/check/kind.ts";
import type { OperationInit } from "../../operation/operation.ts";
import type { Call } from "./call.ts";
import type { BatchingFetchOptions } from "./options.ts";

/**
 * What the user's `init` says of a call.
 *
 * @throws {TypeError} when that is neither an operation's init nor "fallback": of a promise, say, nothing could be read, and
 * an account or an order would be lost in silence
 */
export function initOf(
  call: Call,
  init: BatchingFetchOptions["init"],
): OperationInit | "fallback" | undefined {
  const given: unknown = init?.(requestOf(call));
  if (given === undefined || given === "fallback") return given;
  const isObject = typeof given === "object" && given !== null;
  if (isObject && !("then" in given)) return given;
  throw new TypeError(
    `Cannot fetch as option init must return the init of an operation, or "fallback": current value is ${
      isObject ? "a Promise (await it beforehand)" : kindOf(given)
    }`,
  );
}

/** The Request itself, or one without the body. */
function requestOf({ request, url, method, headers }: Call): Request {
  return request ?? new Request(url, { method, headers });
}
