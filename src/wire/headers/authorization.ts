import { OperationError } from "../../operation/errors.ts";
import { headerOf } from "../../operation/headers.ts";
import type { Operation } from "../../operation/operation.ts";

/**
 * The operation's own Authorization, which makes a lane of its own.
 *
 * @throws {OperationError} when it is empty, as that of an unset variable is
 */
export function authorizationOf(operation: Operation): string | undefined {
  const authorization = headerOf(operation.headers, "authorization");
  if (authorization !== "") return authorization;
  throw new OperationError(
    `Cannot send a ${operation.method} operation as its Authorization must not be empty: current value is an empty string`,
    { operation },
  );
}
