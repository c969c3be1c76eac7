import type { BatchError } from "./errors.ts";
import type { Operation } from "./operation.ts";

/** The answer to one operation. */
export interface OperationResponse<T = unknown> {
  /** The operation that is answered. */
  readonly operation: Operation<T>;
  /** The HTTP status of this operation, 200 to 399: from 400 on it is a `ResponseError`. */
  readonly status: number;
  /** The headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON parsed; text as a string; anything else as a `Uint8Array`; nothing as `undefined`. */
  readonly body: T;
}

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
