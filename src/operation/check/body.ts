import { kindOf } from "./kind.ts";
import { isExact } from "../json/exact.ts";
import { AS_IT_CAME, KeptValue } from "../json/kept_value.ts";
import { OperationError } from "../errors.ts";
import { checkedResult } from "./schema_result.ts";
import type { Method, OperationInit } from "../operation.ts";
import { isPromise } from "./promise.ts";
import { refusedOperation as refused } from "./refused.ts";
import type {
  StandardSchemaIssue,
  StandardSchemaResult,
  StandardSchemaV1,
} from "../standard_schema.ts";

/** A body as it goes on the wire, and the Content-Type that goes with it unless the caller names another. */
export interface Content {
  readonly body: string | Uint8Array | undefined;
  /** Shared and frozen, for most operations have no other header. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the text does not say; without a text, it is all there is. */
  readonly kept?: KeptValue | typeof AS_IT_CAME | undefined;
}

const NO_CONTENT: Content = { body: undefined, headers: /* @__PURE__ */ Object.freeze({}) };
const JSON_TYPE = /* @__PURE__ */ typed("application/json");
const TEXT_TYPE = /* @__PURE__ */ typed("text/plain;charset=utf-8");
const BYTES_TYPE = /* @__PURE__ */ typed("application/octet-stream");

function typed(type: string): Content["headers"] {
  return Object.freeze({ "Content-Type": type });
}

/** That of a method without a body. */
export function noContent(method: Method, { bodySchema }: OperationInit): Content {
  if (bodySchema === undefined) return NO_CONTENT;
  throw refused(method, "only post, put, patch and merge have a body", "one with a bodySchema");
}

/** Serialises here, so that later changes to the value do not count and every attempt sends the same bytes. */
export function contentOf(
  method: Method,
  given: unknown,
  schema: StandardSchemaV1 | undefined,
): Content {
  const body = schema === undefined ? given : fitting(method, given, schema);
  if (body === undefined || body === null) return NO_CONTENT;
  if (typeof body === "string") return { body, headers: TEXT_TYPE, kept: AS_IT_CAME };
  if (body instanceof Uint8Array) {
    // `slice` of a Buffer of Node's is a view, which would change with it.
    return { body: new Uint8Array(body), headers: BYTES_TYPE };
  }
  if (body instanceof ArrayBuffer) {
    return { body: new Uint8Array(body.slice(0)), headers: BYTES_TYPE };
  }
  const foreign = foreignKind(body);
  if (foreign !== undefined) {
    throw refused(
      method,
      `a body must be text, a Uint8Array, an ArrayBuffer or a JSON value, read whole beforehand`,
      foreign === "a Promise" ? "a Promise (await it)" : foreign,
    );
  }
  return jsonOf(method, body);
}

/** What `bodySchema` makes of the body. */
function fitting(method: Method, body: unknown, schema: StandardSchemaV1): unknown {
  let result: ReturnType<StandardSchemaV1["~standard"]["validate"]>;
  try {
    result = checkedSchema(method, schema, "bodySchema")["~standard"].validate(body);
  } catch (cause) {
    if (cause instanceof OperationError) throw cause;
    throw refused(method, "a body must fit its bodySchema", "one on which that threw", cause);
  }
  if (isPromise(result)) {
    result.then(undefined, () => {});
    throw refused(method, "a bodySchema must answer at once", "one that answers with a promise");
  }
  const { issues, value } = answerOf(method, result as StandardSchemaResult<unknown>);
  if (issues === undefined) return value;
  throw new OperationError(
    `Cannot make a ${method} operation as a body must fit its bodySchema: current value is one with ${issues.length} issues`,
    { issues },
  );
}

function answerOf(
  method: Method,
  result: StandardSchemaResult<unknown>,
): { issues?: readonly StandardSchemaIssue[] | undefined; value?: unknown } {
  try {
    return checkedResult(result);
  } catch (cause) {
    throw refused(method, "a bodySchema must answer with a result", kindOf(result), cause);
  }
}

/** What JSON.stringify would quietly turn into `{}`. */
const FOREIGN =
  /(?:Blob|File|FormData|Headers|Observable|Promise|Re(?:adableStream|quest|sponse)|URLSearchParams|SharedArrayBuffer|Weak(?:Map|Ref|Set)| (?:Error|Map|RegExp|Set))$/;

function foreignKind(body: unknown): string | undefined {
  // Nearly every body is a plain object, which need not be asked.
  if (Object.getPrototypeOf(body) === Object.prototype) return undefined;
  if (ArrayBuffer.isView(body)) return "a view that is no Uint8Array";
  // It says itself what it is in JSON.
  if (typeof (body as { toJSON?: unknown }).toJSON === "function") return undefined;
  const kind = kindOf(body);
  return FOREIGN.test(kind) ? kind : undefined;
}

function jsonOf(method: Method, value: unknown): Content {
  try {
    const body = textOf(value);
    const isAll = body !== undefined && isExact(value);
    return { body, headers: JSON_TYPE, kept: isAll ? undefined : new KeptValue(value) };
  } catch (cause) {
    throw refused(method, "a body must be serialisable as JSON", kindOf(value), cause);
  }
}

/** None where a BigInt, say, keeps JSON.stringify from it. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Any Standard Schema, such as those of zod, valibot, arktype and effect. */
export function checkedSchema<T>(
  method: Method,
  schema: StandardSchemaV1<unknown, T>,
  name: "schema" | "bodySchema" = "schema",
): StandardSchemaV1<unknown, T> {
  if (typeof schema?.["~standard"]?.validate === "function") return schema;
  throw refused(method, `a ${name} must be a Standard Schema`, kindOf(schema));
}
