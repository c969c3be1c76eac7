import type { BatchError } from "./errors.ts";
import type { AnyOperation, BodyOf, Operation } from "./operation.ts";
import type { OperationResponse } from "./response.ts";

/** What became of one operation, as a value: a failure never ends the stream. */
export type OperationResult<T = unknown, O extends AnyOperation = Operation<T>> =
  | {
    /** It was answered with a status below 400, or with one of its `okStatuses`. */
    readonly ok: true;
    /** What was submitted, the very object: what belongs to it may stand in a Map. */
    readonly operation: O;
    /** Its answer. */
    readonly response: OperationResponse<T>;
  }
  | {
    /** It failed. */
    readonly ok: false;
    /** What was submitted. */
    readonly operation: O;
    /** Why. */
    readonly error: BatchError;
  };

/** What becomes of an operation of this type. */
export type ResultOf<O extends AnyOperation> = OperationResult<BodyOf<O>, O>;
