import { kindOf } from "./check/kind.ts";
import { checkedText } from "./check/text.ts";
import { checkedSchema, type Content } from "./check/body.ts";
import { OperationError } from "./errors.ts";
import { checkedHeaders, hasHeader } from "./headers.ts";
import { Identity } from "./identity.ts";
import { AS_IT_CAME, keepValue } from "./json/kept_value.ts";
import type { AnyOperation, Method, Operation, OperationInit } from "./operation.ts";
import { refusedOperation as refused } from "./check/refused.ts";
import { checkedOkStatuses, checkedRetry } from "./check/retry.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";
import { checkedContext, checkedUrl } from "./check/url.ts";
import { checkedKey, checkedLabel, checkedOperations } from "./check/init.ts";

/** An operation as `get`, `post` and their kin make it: checked, copied and frozen. */
export class RestOperation<T> extends Identity implements Operation<T> {
  declare readonly method: Method;
  declare readonly url: string;
  declare readonly headers: Readonly<Record<string, string>>;
  declare readonly body: string | Uint8Array | undefined;
  declare readonly context: string | undefined;
  declare readonly dependsOn: readonly AnyOperation[];
  declare readonly orderingKey: string | undefined;
  declare readonly idempotent: boolean | undefined;
  declare readonly read: "bytes" | "text" | undefined;
  declare readonly account: string | undefined;
  declare readonly retry: Operation["retry"];
  declare readonly okStatuses: readonly number[] | undefined;
  declare readonly label: string | undefined;
  declare readonly schema: StandardSchemaV1<unknown, T> | undefined;

  constructor(method: Method, url: string | URL, content: Content, init: OperationInit<T>) {
    super();
    this.method = method;
    this.url = checkedUrl(method, url);
    this.body = content.body;
    this.headers = headersOf(method, init.headers, content.headers);
    this.context = init.context === undefined ? undefined : checkedContext(method, init.context);
    this.dependsOn = checkedOperations(method, init.dependsOn);
    this.orderingKey = checkedKey(method, init.orderingKey);
    this.idempotent = checkedFlag(method, init.idempotent);
    this.read = checkedRead(method, init.read);
    this.account = init.account === undefined
      ? undefined
      : checkedText(method, "an account", init.account);
    this.retry = checkedRetry(method, init.retry);
    this.okStatuses = checkedOkStatuses(method, init.okStatuses, this.retry);
    this.label = checkedLabel(method, init.label);
    this.schema = init.schema === undefined ? undefined : checkedSchema(method, init.schema);
    const { kept } = content;
    // Text alone is no JSON unless a header says so.
    if (kept !== undefined && (kept !== AS_IT_CAME || this.headers !== content.headers)) {
      keepValue(this, kept, () => unwritten(this));
    }
    Object.freeze(this);
  }
}

/** Of a body that JSON.stringify cannot write. */
function unwritten(operation: Operation): OperationError {
  return new OperationError(
    `Cannot send a ${operation.method} operation as JSON.stringify must be able to write its body, or option stringifyJson: current value is one with a BigInt`,
    { operation },
  );
}

function headersOf(
  method: Method,
  given: Readonly<Record<string, string>> | undefined,
  ofContent: Content["headers"],
): Readonly<Record<string, string>> {
  if (given === undefined) return ofContent;
  const checked = checkedHeaders(given, (rule, value) => refused(method, rule, value));
  if (!hasHeader(checked, "content-type")) Object.assign(checked, ofContent);
  return Object.freeze(checked);
}

/** Anything but a boolean would decide by its truth whether a mail may go out twice. */
function checkedFlag(method: Method, idempotent: unknown): boolean | undefined {
  if (idempotent === undefined || typeof idempotent === "boolean") return idempotent;
  throw refused(method, "idempotent must be a boolean", kindOf(idempotent));
}

function checkedRead(method: Method, read: unknown): "bytes" | "text" | undefined {
  if (read === undefined || read === "bytes" || read === "text") return read;
  throw refused(method, 'read must be "bytes" or "text"', kindOf(read));
}
