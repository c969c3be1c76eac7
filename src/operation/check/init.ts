import { lengthOf } from "../errors.ts";
import { isOperation } from "../identity.ts";
import type { AnyOperation } from "../operation.ts";
import { kindOf } from "./kind.ts";
import { type Made, refusedOperation as refused } from "./refused.ts";
import { checkedText } from "./text.ts";

const NO_OPERATIONS: readonly AnyOperation[] = /* @__PURE__ */ Object.freeze([]);

/** A frozen copy of `dependsOn`. */
export function checkedOperations(made: Made, dependsOn: unknown): readonly AnyOperation[] {
  if (dependsOn === undefined) return NO_OPERATIONS;
  const isArray = Array.isArray(dependsOn);
  // A hole in an array is undefined in its copy; `every` passes it over.
  const copy: readonly unknown[] = isArray ? [...dependsOn] : [];
  if (isArray && copy.every(isOperation)) {
    return copy.length === 0 ? NO_OPERATIONS : Object.freeze(copy);
  }
  throw refused(
    made,
    "dependsOn must be an array of operations made by get, post, after and their kin",
    isArray ? "an array with something else in it" : kindOf(dependsOn),
  );
}

/** An `orderingKey` as it was given. */
export function checkedKey(made: Made, key: unknown): string | undefined {
  if (key === undefined || typeof key === "string") return key;
  throw refused(made, "an orderingKey must be a string", kindOf(key));
}

/** What would let one line of a log pass for two. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/u;

/**
 * A label as it was given.
 *
 * @throws {OperationError} when it could not stand in a line of a log
 */
export function checkedLabel(made: Made, label: unknown): string | undefined {
  if (label === undefined) return undefined;
  const text = checkedText(made, "a label", label);
  if (!UNPRINTABLE.test(text)) return text;
  throw refused(
    made,
    "a label must hold no control characters and no line breaks",
    lengthOf("a label", text),
  );
}
