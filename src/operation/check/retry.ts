import type { Method, Operation } from "../operation.ts";
import { refusedOperation as refused } from "./refused.ts";

/**
 * What one operation says of trying it again, as a copy.
 *
 * @throws {OperationError} when it is neither `false` nor a list of statuses from 400 to 599
 */
export function checkedRetry(method: Method, retry: unknown): Operation["retry"] {
  if (retry === undefined || retry === false) return retry;
  const statuses = typeof retry === "object" && retry !== null && "statuses" in retry
    ? retry.statuses
    : undefined;
  if (!Array.isArray(statuses)) {
    throw refused(
      method,
      "retry must be false or { statuses }",
      retry === null ? "null" : `a ${typeof retry}`,
    );
  }
  const odd: unknown = statuses.find((status: unknown) => !isErrorStatus(status));
  if (odd === undefined && !statuses.includes(undefined)) {
    return Object.freeze({ statuses: Object.freeze([...statuses as number[]]) });
  }
  throw refused(
    method,
    "retry.statuses must be whole numbers from 400 to 599",
    typeof odd === "number" ? String(odd) : `a list with a ${typeof odd}`,
  );
}

function isErrorStatus(status: unknown): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
}
