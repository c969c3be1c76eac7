import { OperationError } from "./errors.ts";
import type { Method } from "./operation.ts";

/** The error of an operation that cannot be made: `rule` says how it must be, `value` what it is, without quoting it. */
export function refusedOperation(
  method: Method,
  rule: string,
  value: string,
  cause?: unknown,
): OperationError {
  return new OperationError(
    `Cannot make a ${method} operation as ${rule}: current value is ${value}`,
    { cause },
  );
}
