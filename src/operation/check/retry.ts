import { kindOf } from "./kind.ts";
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
      kindOf(retry),
    );
  }
  const odd: unknown = statuses.find((status: unknown) => !isErrorStatus(status));
  if (odd === undefined && !statuses.includes(undefined)) {
    return Object.freeze({ statuses: Object.freeze([...statuses as number[]]) });
  }
  throw refused(
    method,
    "retry.statuses must be whole numbers from 400 to 599",
    typeof odd === "number" ? String(odd) : `a list with ${kindOf(odd)}`,
  );
}

/**
 * The statuses that count as an answer, as a copy.
 *
 * @throws {OperationError} when it is no list of statuses from 400 to 599 without 401 and 424
 * @throws {TypeError} when one of them is among `retry.statuses`: nothing can be an answer and no answer
 */
export function checkedOkStatuses(
  method: Method,
  statuses: unknown,
  retry: Operation["retry"],
): readonly number[] | undefined {
  if (statuses === undefined) return undefined;
  if (!Array.isArray(statuses)) {
    throw refused(method, "okStatuses must be a list of statuses", kindOf(statuses));
  }
  for (const status of statuses as unknown[]) {
    if (isErrorStatus(status) && status !== 401 && status !== 424) continue;
    throw refused(
      method,
      "okStatuses must be whole numbers from 400 to 599, and neither 401 nor 424",
      typeof status === "number" ? String(status) : `a list with ${kindOf(status)}`,
    );
  }
  const both = (statuses as number[]).find((status) => retry && retry.statuses.includes(status));
  if (both === undefined) return Object.freeze([...statuses as number[]]);
  throw new TypeError(
    `Cannot make a ${method} operation as a status must not be in okStatuses and in retry.statuses: current value is ${both}`,
  );
}

function isErrorStatus(status: unknown): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
}
