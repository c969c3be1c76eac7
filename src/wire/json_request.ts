import { OperationError } from "../operation/errors.ts";
import { headerOf } from "../operation/headers.ts";
import { bodyFormatOf } from "../mime/body.ts";
import { utf8Length } from "../mime/utf8.ts";
import type { Operation } from "../operation/operation.ts";
import { staysInPart, withDefaults } from "./request_head.ts";
import type { BatchShape, EncodedOperation } from "./wire.ts";

/** What dialects write differently. */
export interface JsonDialect {
  /** How a header's name is spelled. */
  headerName(name: string): string;
  /** The JSON text of a body that is no JSON itself. */
  foreignBody(body: string | Uint8Array, isText: boolean): string;
  /** Its ids have no more digits than this. */
  readonly maxBatchSize: number;
  /** What stands for the body of a POST, PATCH or PUT that has none. */
  readonly emptyBody: string | undefined;
}

const METHODS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "GET",
  "POST",
  "PATCH",
  "PUT",
  "DELETE",
]);

/** Octets of a JSON batch beyond what its operations add: the first has no comma. */
export const JSON_FRAME_BYTES: number = '{"requests":[]}'.length - 1;
/** What is written around a request once its place is known, but for the digits. */
const ID_BYTES = ',{"id":"",'.length;
const DEPENDS_ON_BYTES = '"dependsOn":[""],'.length;

const encoder = /* @__PURE__ */ new TextEncoder();
const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

/** What stands in a JSON batch: a request, or a group of them. */
export interface JsonItem extends EncodedOperation {
  /** Its id in a batch that carries a group. */
  readonly ownId: string;
  /**
   * The text of it.
   *
   * @param id in this batch
   * @param before the id of what it depends on, in a chain
   */
  written(id: string, before: string | undefined): string;
}

/** An operation as a request object of OData 4.01 JSON Format §19.1, but for what depends on its place in the batch. */
export class JsonRequest implements JsonItem {
  declare readonly operation: Operation;
  /** Everything behind `id` and `dependsOn`. */
  declare readonly text: string;
  /** With ids as long as the last one's, as its number is not known yet. */
  declare readonly bytes: number;

  /**
   * `target` and `body`: as they are written; `defaults`: headers that the operation's own win over.
   *
   * @throws {OperationError} when a header must not stand there, or a body is not what its Content-Type says
   */
  constructor(
    operation: Operation,
    { target, body: given }: { readonly target: string; readonly body: Operation["body"] },
    { dialect, defaults }: {
      readonly dialect: JsonDialect;
      readonly defaults: Readonly<Record<string, string>>;
    },
  ) {
    const { method } = operation;
    if (!METHODS.has(method)) throw refusedMethod(operation);
    const contentType = headerOf(operation.headers, "content-type");
    const body = bodyText(operation, given, { contentType, dialect });
    const headers = headersText(operation, defaults, {
      dialect,
      addsContentType: body !== undefined && contentType === undefined,
    });
    this.operation = operation;
    this.text = `"method":"${method}","url":${JSON.stringify(target)}${headers}${
      body === undefined ? "" : `,"body":${body}`
    }}`;
    const digits = String(dialect.maxBatchSize).length;
    const dependsOnBytes = operation.dependsOn.length === 0 ? 0 : DEPENDS_ON_BYTES + digits;
    this.bytes = utf8Length(this.text) + ID_BYTES + digits + dependsOnBytes;
  }

  get ownId(): string {
    return String(this.operation.id);
  }

  written(id: string, before: string | undefined): string {
    return `{"id":"${id}",${before === undefined ? "" : dependsOn([before])}${this.text}`;
  }

  /** The same as a member of a group, with the ids of all that it depends on. */
  writtenIn(group: string, needs: readonly string[]): string {
    const membership = `"atomicityGroup":"${group}",${dependsOn(needs)}`;
    return `{"id":"${this.ownId}",${membership}${this.text}`;
  }
}

function dependsOn(ids: readonly string[]): string {
  return ids.length === 0 ? "" : `"dependsOn":["${ids.join('","')}"],`;
}

/** The body of a batch; ids are "1" to "n", or the operations' own beside a group. In a chain each depends on the last. */
export function writeJsonBatch(
  items: readonly JsonItem[],
  shape: BatchShape | undefined,
): Uint8Array {
  const hasGroups = items.some(({ operation }) => operation.method === undefined);
  let text = '{"requests":[';
  let before: string | undefined;
  for (const [at, item] of items.entries()) {
    const id = hasGroups ? item.ownId : String(at + 1);
    if (at > 0) text += ",";
    text += item.written(id, before);
    if (shape === "chain") before = id;
  }
  return encoder.encode(`${text}]}`);
}

function headersText(
  operation: Operation,
  defaults: Readonly<Record<string, string>>,
  { dialect, addsContentType }: { dialect: JsonDialect; addsContentType: boolean },
): string {
  let members = "";
  const add = (name: string, value: string) => {
    members += `${members === "" ? "" : ","}${JSON.stringify(dialect.headerName(name))}:${
      JSON.stringify(value)
    }`;
  };
  for (const name in operation.headers) {
    if (!staysInPart(operation, name.toLowerCase())) continue;
    add(name, withDefaults(name, operation.headers[name]!, defaults));
  }
  if (addsContentType) add("Content-Type", "application/json");
  for (const name in defaults) {
    if (headerOf(operation.headers, name.toLowerCase()) === undefined) add(name, defaults[name]!);
  }
  return members === "" ? "" : `,"headers":{${members}}`;
}

function bodyText(
  operation: Operation,
  body: Operation["body"],
  { contentType, dialect }: { contentType: string | undefined; dialect: JsonDialect },
): string | undefined {
  const { method } = operation;
  if (body === undefined) {
    return method === "GET" || method === "DELETE" ? undefined : dialect.emptyBody;
  }
  const { kind } = bodyFormatOf(contentType);
  return kind === "json" ? jsonText(operation, body) : dialect.foreignBody(body, kind === "text");
}

/** It becomes a piece of the batch's own JSON, so a slip in it would cost all others their answer. */
function jsonText(operation: Operation, body: string | Uint8Array): string {
  try {
    const text = typeof body === "string" ? body : utf8.decode(body);
    JSON.parse(text);
    return text;
  } catch {
    throw new OperationError(
      `Cannot put a ${operation.method} operation into a batch as its body must be the JSON that its Content-Type says: current value is one of ${body.length} ${
        typeof body === "string" ? "characters" : "bytes"
      } that is none`,
      { operation },
    );
  }
}

/** OData 4.01 JSON Format §19.1 has no other method. */
function refusedMethod(operation: Operation): OperationError {
  const { method } = operation;
  return new OperationError(
    `Cannot put a ${method} operation into a batch as a JSON batch must hold GET, POST, PATCH, PUT and DELETE only: current value is ${method}`,
    { operation },
  );
}
