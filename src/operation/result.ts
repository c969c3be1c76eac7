import type { BatchError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import type { OperationResponse } from "./response.ts";

/** What became of one operation, as a value: a failure never ends the stream. */
export type OperationResult<T = unknown> =
  | {
    /** It was answered with a status below 400. */
    readonly ok: true;
    /** The operation. */
    readonly operation: Operation<T>;
    /** Its answer. */
    readonly response: OperationResponse<T>;
  }
  | {
    /** It failed. */
    readonly ok: false;
    /** The operation. */
    readonly operation: Operation<T>;
    /** Why. */
    readonly error: BatchError;
  };
