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
