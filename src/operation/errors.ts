import { hideCauses, setHidden } from "./inspected.ts";
import type { AnyOperation, Operation } from "./operation.ts";
import type { OperationResponse } from "./response.ts";
import { codeInText, serverErrorOf } from "./server_error/server_error.ts";
import type { StandardSchemaIssue } from "./standard_schema.ts";

/** What every {@link BatchError} may be given. */
export interface BatchErrorInit {
  /** The operation that failed. */
  readonly operation?: AnyOperation | undefined;
  /** What it failed of. */
  readonly cause?: unknown;
  /**
   * POSTs that carried it.
   *
   * @default 0
   */
  readonly attempts?: number | undefined;
  /**
   * What became of each member, when the operation is an atomic group.
   *
   * @default none
   */
  readonly members?: readonly MemberFate[] | undefined;
}

/** What became of one member of an atomic group that failed: all of it failed, whatever a member's own part says. */
export interface MemberFate {
  /** The member. */
  readonly operation: Operation;
  /** Its error is the group's. */
  readonly isCulprit: boolean;
  /** The service promises that nothing of it remains. */
  readonly certain: boolean;
  /** What its own part of the answer said, if it had one. */
  readonly response: OperationResponse<unknown> | undefined;
}

/** On every error of every copy of the package, as ES module and CommonJS in one process or in two versions. */
const BRAND: unique symbol = Symbol.for("@rxbatch/rxbatch error");

abstract class AbstractBatchError extends Error {
  /** The name of the class: `switch (error._tag)` and `Effect.catchTag` work without importing anything. */
  abstract readonly _tag: string;
  /** The operation that failed; not enumerable, so that logging an error prints no URL. */
  declare readonly operation: AnyOperation | undefined;
  /**
   * How many POSTs carried the operation: 0 when none did. After more than one, an error may be the echo of an earlier
   * attempt that worked, as a 404 to a repeated DELETE.
   */
  declare readonly attempts: number;
  /** What became of each member, when the operation is an atomic group whose answer was an error. */
  declare readonly members: readonly MemberFate[] | undefined;

  /** An error of another copy of the package counts as one of this, by its brand and its tag. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== "object" || value === null || !(BRAND in value)) return false;
    if (this === AbstractBatchError) return true;
    return Object.hasOwn(this, "_tag") && "_tag" in this
      ? (value as { readonly _tag?: unknown })._tag === this._tag
      : super[Symbol.hasInstance](value);
  }

  constructor(message: string, init: BatchErrorInit = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.attempts = init.attempts ?? 0;
    const { operation, members } = init;
    setHidden(this, { name: new.target.name, operation, members });
  }
}

hideCauses(AbstractBatchError);
setHidden(AbstractBatchError.prototype, { [BRAND]: true });

/** An operation was refused before anything of it was sent: it is malformed, or breaks a rule of the wire. */
export class OperationError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "OperationError" as const;
  /** The name of the class. */
  readonly _tag = "OperationError" as const;
  /** What does not fit `bodySchema`, and where; none when something else was refused. */
  declare readonly issues: readonly StandardSchemaIssue[];

  /**
   * `issues` as `bodySchema` gave them.
   *
   * @default `issues`: none
   */
  constructor(
    message: string,
    init: BatchErrorInit & { readonly issues?: readonly StandardSchemaIssue[] | undefined } = {},
  ) {
    super(message, init);
    setHidden(this, { issues: init.issues ?? [] });
  }
}

/** The server answered the operation with a status of 400 or more. */
export class ResponseError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "ResponseError" as const;
  /** The name of the class. */
  readonly _tag = "ResponseError" as const;
  /** The status of the answer. */
  declare readonly status: number;
  /** The error `code`, for example `"ErrorItemNotFound"`, if the body holds one in JSON or XML, whatever its Content-Type. */
  declare readonly code: string | undefined;
  /** The server's own text, if the body holds one. */
  declare readonly detail: string | undefined;
  /** The whole answer. */
  declare readonly response: OperationResponse<unknown>;

  /**
   * Reads `code` and `detail` out of the OData error body of `init.response`; `detail`: the text of a body that is none.
   *
   * @default `detail`: none
   */
  constructor(
    message: string,
    init: BatchErrorInit & {
      readonly response: OperationResponse<unknown>;
      readonly detail?: string | undefined;
    },
  ) {
    super(message, init);
    const { code, detail = init.detail } = serverErrorOf(init.response.body, init.detail);
    this.status = init.response.status;
    this.code = code;
    setHidden(this, { detail, response: init.response });
  }
}

/** The operation got no answer. */
export class NotExecutedError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "NotExecutedError" as const;
  /** The name of the class. */
  readonly _tag = "NotExecutedError" as const;
  /** `true`: it surely did not run. `false`: nobody can know, so ask the server before sending it again. */
  declare readonly certain: boolean;

  /** `certain`: did it surely not run? */
  constructor(message: string, init: BatchErrorInit & { readonly certain: boolean }) {
    super(message, init);
    this.certain = init.certain;
  }
}

/**
 * The operation surely did not run, as one that it depends on failed (`cause`) or was left by its subscriber. Where the
 * service honours `dependsOn` itself, it may have been in a POST all the same: see `attempts`.
 */
export class DependencyError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "DependencyError" as const;
  /** The name of the class. */
  readonly _tag = "DependencyError" as const;
}

/** The batch POST itself was answered with something that is no batch answer. */
export class BatchHttpError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "BatchHttpError" as const;
  /** The name of the class. */
  readonly _tag = "BatchHttpError" as const;
  /** The status of the POST's answer. */
  declare readonly status: number;
  /** The headers of the POST's answer, names in lower case. */
  declare readonly headers: Readonly<Record<string, string>>;
  /** The OData error `code`, if the body holds one. */
  declare readonly code: string | undefined;
  /** The first 8 kB of the body. */
  declare readonly detail: string;

  /** `detail`: the first 8 kB of the body. */
  constructor(
    message: string,
    init: BatchErrorInit & {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly detail: string;
    },
  ) {
    super(message, init);
    this.status = init.status;
    this.code = codeInText(init.detail);
    setHidden(this, { headers: init.headers, detail: init.detail });
  }
}

/** What a {@link DecodeError} keeps of what could not be understood. */
export interface DecodeErrorInit extends BatchErrorInit {
  /**
   * It was cut off, not malformed.
   *
   * @default false
   */
  readonly isTruncated?: boolean | undefined;
  /** The status of the POST's answer, when nobody could read it. */
  readonly status?: number | undefined;
  /** Its headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The first 8 kB of what could not be read. */
  readonly detail?: string | undefined;
  /** The answer to the operation but for its body, when that alone could not be read. */
  readonly response?: OperationResponse<unknown> | undefined;
}

/** The bytes of an answer, or of one part, could not be understood. */
export class DecodeError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "DecodeError" as const;
  /** The name of the class. */
  readonly _tag = "DecodeError" as const;
  /** The answer was well-formed as far as it went, and then cut off. */
  declare readonly isTruncated: boolean;
  /** The status of the POST's answer, when nobody could read it. */
  declare readonly status: number | undefined;
  /** The headers beside that status, names in lower case. */
  declare readonly headers: Readonly<Record<string, string>> | undefined;
  /** The first 8 kB of what could not be read. */
  declare readonly detail: string | undefined;
  /**
   * The answer to the operation, its body `undefined`, when that body alone could not be read: with a status of 201 the
   * operation was carried out.
   */
  declare readonly response: OperationResponse<unknown> | undefined;

  /** What is known of the answer stays on the error. */
  constructor(message: string, init: DecodeErrorInit = {}) {
    super(message, init);
    const { isTruncated = false, status, headers, detail, response } = init;
    this.isTruncated = isTruncated;
    this.status = status;
    setHidden(this, { headers, detail, response });
  }
}

/** The body of an answer does not fit the operation's `schema`. */
export class SchemaError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "SchemaError" as const;
  /** The name of the class. */
  readonly _tag = "SchemaError" as const;
  /** What does not fit, and where. */
  declare readonly issues: readonly StandardSchemaIssue[];
  /** The answer, its body as it came. */
  declare readonly response: OperationResponse<unknown>;

  /** `issues` as the schema gave them; none when the schema itself threw (`cause`). */
  constructor(
    message: string,
    init: BatchErrorInit & {
      readonly issues: readonly StandardSchemaIssue[];
      readonly response: OperationResponse<unknown>;
    },
  ) {
    super(message, init);
    setHidden(this, { issues: init.issues, response: init.response });
  }
}

/** The POST did not get through: no connection, a reset, an answer cut off. */
export class TransportError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "TransportError" as const;
  /** The name of the class. */
  readonly _tag = "TransportError" as const;
  /** `false`: not a byte reached the server, so nothing ran. `true`: nobody can know. */
  declare readonly sent: boolean;
  /** Another attempt would end the same way: the program, or what it is allowed, must change first. */
  declare readonly isFinal: boolean;

  /**
   * A transport that knows that nothing was sent says `{ sent: false }`.
   *
   * @default `sent`: true; `isFinal`: false
   */
  constructor(
    message: string,
    init: BatchErrorInit & {
      readonly sent?: boolean | undefined;
      readonly isFinal?: boolean | undefined;
    } = {},
  ) {
    super(message, init);
    this.sent = init.sent ?? true;
    this.isFinal = init.isFinal ?? false;
  }
}

/** Something took longer than `timeoutMs`. */
export class BatchTimeoutError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "BatchTimeoutError" as const;
  /** The name of the class. */
  readonly _tag = "BatchTimeoutError" as const;
}

/**
 * A limit was passed: `maxQueued`, `maxResponseBytes`, or one of the reader's own; `retry.maxRetries` or `retry.maxTotalMs`
 * as the `cause` of the error that was the last.
 */
export class LimitError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "LimitError" as const;
  /** The name of the class. */
  readonly _tag = "LimitError" as const;
  /** The option that sets the limit, for example `"maxQueued"`. */
  declare readonly limit: string;
  /** The status of the answer that was too large, if it was an answer. */
  declare readonly status: number | undefined;
  /** Its headers, names in lower case. */
  declare readonly headers: Readonly<Record<string, string>> | undefined;
  /** Its first 8 kB. */
  declare readonly detail: string | undefined;

  /** `limit`: the option that sets it; the rest of an answer that was too large. */
  constructor(
    message: string,
    init: BatchErrorInit & {
      readonly limit: string;
      readonly status?: number | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly detail?: string | undefined;
    },
  ) {
    super(message, init);
    const { limit, status, headers, detail } = init;
    this.limit = limit;
    this.status = status;
    setHidden(this, { headers, detail });
  }
}

/**
 * The batcher was closed, or its `signal` aborted (`cause` is the signal's reason). With `attempts` of 1 or more a POST had
 * carried the operation, and the error does not know whether it ran.
 */
export class ClosedError extends AbstractBatchError {
  /** By which those of another copy of the package are known. */
  static readonly _tag = "ClosedError" as const;
  /** The name of the class. */
  readonly _tag = "ClosedError" as const;
}

/**
 * Whatever a `send()` can fail with, and the `error` of a result: a union, so `switch (error._tag)` narrows.
 *
 * As a value it is the abstract class that all of them extend: `error instanceof BatchError`.
 */
export type BatchError =
  | OperationError
  | ResponseError
  | NotExecutedError
  | DependencyError
  | BatchHttpError
  | DecodeError
  | SchemaError
  | TransportError
  | BatchTimeoutError
  | LimitError
  | ClosedError;

/** The abstract class that every error of this library extends, for `instanceof`. */
export const BatchError: abstract new (message: string, init?: BatchErrorInit) => BatchError =
  AbstractBatchError as unknown as abstract new (
    message: string,
    init?: BatchErrorInit,
  ) => BatchError;

/** Names a value that may be a secret by its length alone. */
export function lengthOf(what: string, value: string): string {
  return `${what} of ${value.length} characters`;
}
