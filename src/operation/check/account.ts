import { kindOf } from "./kind.ts";
import type { Method } from "../operation.ts";
import { refusedOperation as refused } from "./refused.ts";

/**
 * Whose token opens an operation.
 *
 * @throws {OperationError} when it names nobody
 */
export function checkedAccount(method: Method, account: unknown): string | undefined {
  if (account === undefined || (typeof account === "string" && account !== "")) return account;
  throw refused(
    method,
    "an account must be a string that is not empty",
    account === "" ? "an empty string" : kindOf(account),
  );
}
