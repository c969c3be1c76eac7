import { Schema } from "effect";
import type { Method, Operation } from "../../../mod.ts";
import { RestOperation } from "../../operation/rest_operation.ts";
import { bodyOf, contentOf, WireContent } from "./content.ts";

const Headers = Schema.Record(Schema.String, Schema.String);

/** One REST call as it stands in a message. */
export const WireCall: Schema.Codec<WireCall> = Schema.Struct({
  id: Schema.Int,
  method: Schema.Literals(["GET", "HEAD", "POST", "PUT", "PATCH", "MERGE", "DELETE"]),
  url: Schema.String,
  headers: Schema.optionalKey(Headers),
  body: Schema.optionalKey(WireContent),
  context: Schema.optionalKey(Schema.String),
  account: Schema.optionalKey(Schema.String),
  label: Schema.optionalKey(Schema.String),
  idempotent: Schema.optionalKey(Schema.Boolean),
  read: Schema.optionalKey(Schema.Literals(["bytes", "text"])),
  retry: Schema.optionalKey(
    Schema.Union([
      Schema.Literal(false),
      Schema.Struct({ statuses: Schema.Array(Schema.Int) }),
    ]),
  ),
  okStatuses: Schema.optionalKey(Schema.Array(Schema.Int)),
});

/** One REST call as it stands in a message. There is no member for a token, and none for a schema, which stays at the client. */
export interface WireCall {
  /** The client's number, by which later members of a group refer to it. */
  readonly id: number;
  readonly method: Method;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: WireContent;
  readonly context?: string;
  readonly account?: string;
  readonly label?: string;
  readonly idempotent?: boolean;
  readonly read?: "bytes" | "text";
  readonly retry?: false | { readonly statuses: readonly number[] };
  readonly okStatuses?: readonly number[];
}

/** An operation as it goes into a message; what is not there takes no room. */
export function callOf(operation: Operation): WireCall {
  const { id, method, url, headers, context, account, label } = operation;
  const { idempotent, read, retry, okStatuses } = operation;
  const body = contentOf(operation.body);
  return {
    id,
    method,
    url,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(body === undefined ? {} : { body }),
    ...(context === undefined ? {} : { context }),
    ...(account === undefined ? {} : { account }),
    ...(label === undefined ? {} : { label }),
    ...(idempotent === undefined ? {} : { idempotent }),
    ...(read === undefined ? {} : { read }),
    ...(retry === undefined ? {} : { retry }),
    ...(okStatuses === undefined ? {} : { okStatuses }),
  };
}

/**
 * The operation of a call, on the runner.
 *
 * @throws {OperationError} when it is malformed
 */
export function operationOf(
  call: WireCall,
  order: Pick<Operation, "orderingKey" | "dependsOn"> = { orderingKey: undefined, dependsOn: [] },
): Operation {
  const { method, url, headers, context, account, label, idempotent, read, retry, okStatuses } =
    call;
  const content = { body: bodyOf(call.body), headers: {} };
  const init = { headers, context, account, label, idempotent, read, retry, okStatuses };
  return new RestOperation(method, url, content, { ...init, ...order });
}
