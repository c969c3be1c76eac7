import type { StandardSchemaResult } from "../standard_schema.ts";
import { kindOf } from "./kind.ts";

/**
 * What a schema answered with: one that gives back the value alone would be taken for one that accepts nothing.
 *
 * @throws {TypeError} when it is neither a value in an object nor issues
 */
export function checkedResult<T>(result: StandardSchemaResult<T>): StandardSchemaResult<T> {
  const isResult = typeof result === "object" && result !== null &&
    ("value" in result || "issues" in result);
  if (isResult) return result;
  throw new TypeError(
    `Cannot use what a schema answered as it must be { value } or { issues }: current value is ${
      kindOf(result)
    }`,
  );
}
