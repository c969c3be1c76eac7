import { checkNames } from "./init_names.ts";
import { kindOf } from "./kind.ts";
import type { Method, Operation } from "../operation.ts";
import { refusedOperation as refused } from "./refused.ts";

/** What else a batcher's `retry` has counts for all of its operations alike. */
const RETRY_NAMES: Readonly<Record<string, true>> = { statuses: true };

/**
 * What one operation says of trying it again, as a copy.
 *
 * @throws {OperationError} when it is neither `false` nor a list of statuses from 400 to 599
 * @throws {TypeError} when it has a name that nobody reads
 */
export function checkedRetry(method: Method, retry: unknown): Operation["retry"] {
  if (retry === undefined || retry === false) return retry;
  const { statuses } = (retry ?? {}) as { readonly statuses?: unknown };
  if (!Array.isArray(statuses)) {
    throw refused(
      method,
      "retry must be false or { statuses }",
      kindOf(retry),
    );
  }
  checkNames(method, retry as object, RETRY_NAMES);
  return Object.freeze({
    statuses: checkedStatuses(
      method,
      "retry.statuses must be whole numbers from 400 to 599",
      statuses,
    ),
  });
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
  const checked = checkedStatuses(
    method,
    "okStatuses must be whole numbers from 400 to 599, and neither 401 nor 424",
    statuses,
    (status) => status !== 401 && status !== 424,
  );
  const both = checked.find((status) => retry && retry.statuses.includes(status));
  if (both === undefined) return checked;
  throw new TypeError(
    `Cannot make a ${method} operation as a status must not be in okStatuses and in retry.statuses: current value is ${both}`,
  );
}

function checkedStatuses(
  method: Method,
  rule: string,
  statuses: readonly unknown[],
  mayBe: (status: number) => boolean = () => true,
): readonly number[] {
  const copy: number[] = [];
  for (const status of statuses) {
    if (!isErrorStatus(status) || !mayBe(status)) {
      throw refused(
        method,
        rule,
        typeof status === "number" ? String(status) : `a list with ${kindOf(status)}`,
      );
    }
    copy.push(status);
  }
  return Object.freeze(copy);
}

function isErrorStatus(status: unknown): status is number {
  return Number.isInteger(status) && status as number >= 400 && status as number <= 599;
}
