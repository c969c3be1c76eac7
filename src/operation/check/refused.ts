import { OperationError } from "../errors.ts";
import type { Method } from "../operation.ts";

/** What kind of operation was to be made. */
export type Made = Method | "derived" | "atomic";

/** The error of an operation that cannot be made: `rule` says how it must be, `value` what it is, without quoting it. */
export function refusedOperation(
  made: Made,
  rule: string,
  value: string,
  cause?: unknown,
): OperationError {
  return new OperationError(
    `Cannot make ${operationOf(made)} as ${rule}: current value is ${value}`,
    { cause },
  );
}

/** As messages name it, with its article. */
export function operationOf(made: Made): string {
  return `${made === "atomic" ? "an" : "a"} ${made} operation`;
}
