import { kindOf } from "./kind.ts";
import { type Made, refusedOperation as refused } from "./refused.ts";

/**
 * A text that says something, as it was given.
 *
 * @param name of the member with its article, as messages say it
 * @throws {OperationError} when it is something else, or empty
 */
export function checkedText(made: Made, name: string, given: unknown): string {
  if (typeof given === "string" && given !== "") return given;
  throw refused(
    made,
    `${name} must be a string that is not empty`,
    given === "" ? "an empty string" : kindOf(given),
  );
}
