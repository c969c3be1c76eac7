import type { AnyOperation, BodyOf, Operation } from "./operation.ts";

/** The answer to one operation. */
export interface OperationResponse<T = unknown> {
  /** The operation that is answered: of a derived one, what was built for it. */
  readonly operation: Operation<T>;
  /** The HTTP status of this operation, 200 to 399: from 400 on it is a `ResponseError`, unless it is one of `okStatuses`. */
  readonly status: number;
  /** The headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * JSON parsed; text as a string; anything else as a `Uint8Array`; nothing as `undefined`. With a `schema`, what that made
   * of it; with `read`, as it came; of an atomic group, the responses of its members.
   */
  readonly body: T;
  /** How many POSTs carried the operation; after more than one, an earlier attempt may have done what this one reports. */
  readonly attempts: number;
}

/** The answer to an operation of this type. */
export type ResponseOf<O> = O extends AnyOperation ? OperationResponse<BodyOf<O>> : never;

/** The answers to operations of these types, in their order. */
export type ResponsesOf<P extends readonly AnyOperation[]> = {
  readonly [K in keyof P]: ResponseOf<P[K]>;
};
