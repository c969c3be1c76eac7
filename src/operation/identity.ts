import type { AnyOperation } from "./operation.ts";

let operationCount = 0;

/** What every operation has, whoever made it: a number of its own, and what pipelines note about it. */
export abstract class Identity {
  readonly id: number = ++operationCount;
  /** Private names stay writable when the object is frozen. */
  #last: object | undefined = undefined;
  #keepsAnswer = false;

  static isOperation(value: unknown): value is AnyOperation {
    return typeof value === "object" && value !== null && #last in value;
  }

  static last(operation: AnyOperation): object | undefined {
    return (operation as AnyOperation & Identity).#last;
  }

  static setLast(operation: AnyOperation, submission: object | undefined): void {
    (operation as AnyOperation & Identity).#last = submission;
  }

  static keepsAnswer(operation: AnyOperation): boolean {
    return (operation as AnyOperation & Identity).#keepsAnswer;
  }

  static keepAnswer(operation: AnyOperation): void {
    (operation as AnyOperation & Identity).#keepsAnswer = true;
  }
}

/** Was this made by `get`, `post`, `after` and their kin? */
export const isOperation: (value: unknown) => value is AnyOperation = Identity.isOperation;

/** What was last kept for this operation with {@link keepSubmission}; a slot in the object is half the cost of a WeakMap. */
export const submissionOf: (operation: AnyOperation) => object | undefined = Identity.last;

/** Keeps the latest submission of this operation. */
export const keepSubmission: (operation: AnyOperation, submission: object | undefined) => void =
  Identity.setLast;

/** Has something been derived from this operation? Then its answers are kept from now on (design rule 32). */
export const keepsAnswer: (operation: AnyOperation) => boolean = Identity.keepsAnswer;

/** From now on this operation's answers are kept, for what is derived from it. */
export const keepAnswer: (operation: AnyOperation) => void = Identity.keepAnswer;

/** What messages call an operation: its number, and its label if it has one. */
export function nameOf({ id, label }: AnyOperation): string {
  return label === undefined ? `operation ${id}` : `operation ${id} (${label})`;
}
