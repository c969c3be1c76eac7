import { kindOf } from "../../operation/check/kind.ts";
import { lengthOf, OperationError } from "../../operation/errors.ts";
import { checkedHeaders } from "../../operation/headers.ts";
import { encodeLatin1 } from "../latin1.ts";
import type { EncodedChangeSet, EncodedMessage, EncodedPart } from "../multipart/writer.ts";
import { utf8Length } from "../utf8.ts";

/** One HTTP request, as a part of type `application/http` holds it. */
export interface PartRequest {
  /** A token: `GET`, `MERGE`. */
  readonly method: string;
  /** The request target as it goes on the wire: visible ASCII, anything else percent-encoded. */
  readonly url: string;
  /**
   * Headers of the request itself, Latin-1; not of the part.
   *
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * The body; text is written in UTF-8.
   *
   * @default none
   */
  readonly body?: string | Uint8Array | undefined;
  /**
   * Names the part in the answer; unique in the batch.
   *
   * @default its number among all requests of the batch, from 1
   */
  readonly contentId?: string | undefined;
}

/** Requests in a multipart of their own: a change set, which OData carries out whole or not at all. */
export interface PartGroup {
  /** In the order in which they are written. */
  readonly members: readonly PartRequest[];
}

/** How parts are written. */
export interface WriteOptions {
  /**
   * Whether each request that has a body says how many octets it has, as some servers read by that.
   *
   * @default false
   */
  readonly contentLength?: boolean | undefined;
}

const LINE_END = "\r\n";
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VISIBLE = /^[\x21-\x7e]+$/;
/** What a server gives back as it came, without quotes or brackets of our own. */
const CONTENT_ID = /^[\x20-\x7e]+$/;

/** A request, or a change set, in the form in which it is written. */
export function encodedPart(part: PartRequest | PartGroup, options: WriteOptions): EncodedPart {
  if (typeof part !== "object" || part === null) {
    throw refused("it must be a request or a group", kindOf(part));
  }
  return "members" in part ? encodedGroup(part, options) : encodedRequest(part, options);
}

function encodedGroup({ members }: PartGroup, options: WriteOptions): EncodedChangeSet {
  if (!Array.isArray(members)) throw refused("a group must have members", kindOf(members));
  if (members.length === 0) throw refused("a group must have members", "none");
  return { members: members.map((member) => encodedRequest(member, options)) };
}

function encodedRequest(request: PartRequest, options: WriteOptions): EncodedMessage {
  const { method, url, body, contentId } = request;
  checkText(method, METHOD, "its method must be a token");
  checkText(url, VISIBLE, "its url must hold visible ASCII characters only");
  if (contentId !== undefined) {
    checkText(contentId, CONTENT_ID, "its contentId must be ASCII on one line");
  }
  if (body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array)) {
    throw refused("its body must be a string or a Uint8Array", kindOf(body));
  }
  const bodyBytes = typeof body === "string" ? utf8Length(body) : body?.length ?? 0;
  const headers = checkedHeaders(request.headers ?? {}, refused);
  if (options.contentLength === true && body !== undefined) setContentLength(headers, bodyBytes);
  let head = `${method} ${url} HTTP/1.1${LINE_END}`;
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}${LINE_END}`;
  const octets = encodeLatin1(head + LINE_END);
  return { head: octets, headBytes: octets.length, body, bodyBytes, contentId };
}

/** What a text must match. */
interface Form {
  test(text: string): boolean;
}

function checkText(value: unknown, form: Form, rule: string): void {
  if (typeof value !== "string") throw refused(rule, kindOf(value));
  if (!form.test(value)) throw refused(rule, lengthOf("a text", value));
}

/** The octets that are there count, whatever the caller thought. */
function setContentLength(headers: Record<string, string>, bodyBytes: number): void {
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === "content-length") delete headers[name];
  }
  headers["Content-Length"] = String(bodyBytes);
}

function refused(rule: string, value: string): OperationError {
  return new OperationError(`Cannot write a part as ${rule}: current value is ${value}`);
}
