import { OperationError } from "../errors.ts";
import { hasHeader } from "../header_fields.ts";
import { encodeLatin1 } from "../mime/latin1.ts";
import type { EncodedHead } from "../mime/multipart_writer.ts";
import type { Operation } from "../operation.ts";

const NOT_ASCII = /[\x80-\xff]/;

/** Not written: what the batch says for the part. */
const DROPPED: ReadonlySet<string> = new Set([
  // The lane has it, on the batch (protocol A1 row 20).
  "authorization",
  // The transport asks for compression; a compressed part could not be read (protocol E38).
  "accept-encoding",
  // The delimiter says where a part ends, and a wrong length would destroy the batch (protocol A5, E23).
  "content-length",
  // Of a connection that the part does not have.
  "connection",
  "keep-alive",
  "proxy-connection",
]);

/** Refused: dropping it would change what the caller asked for. */
const REFUSED: ReadonlySet<string> = new Set([
  // OData 4.01 Protocol §11.7.7.1.
  "expect",
  "from",
  "max-forwards",
  "range",
  "te",
  "proxy-authorization",
  // Framing that a part must not have (protocol E37).
  "trailer",
  "transfer-encoding",
  "upgrade",
  // The URL names the host, and the batch numbers its parts.
  "host",
  "content-id",
  "content-transfer-encoding",
]);

/** The last headers that were written, and as what: most operations share theirs. */
let lastHeaders: Operation["headers"] | undefined;
let lastDefaults: Operation["headers"] | undefined;
let lastText = "";

/**
 * Start line and headers of an operation's part, the empty line included.
 *
 * @param operation what is written
 * @param target the request-target
 * @param defaults headers that the operation's own win over; never changed later
 * @returns as it goes into the part
 * @throws {OperationError} when a header must not stand in a part
 */
export function requestHead(
  operation: Operation,
  target: string,
  defaults: Readonly<Record<string, string>>,
): EncodedHead {
  // Both are frozen, or never changed.
  if (operation.headers !== lastHeaders || defaults !== lastDefaults) {
    lastText = headersText(operation, defaults);
    lastHeaders = operation.headers;
    lastDefaults = defaults;
  }
  const head = `${operation.method} ${target} HTTP/1.1\r\n${lastText}\r\n`;
  // Method, target and names are ASCII always (design rule 25).
  return NOT_ASCII.test(lastText) ? encodeLatin1(head) : head;
}

function headersText(
  operation: Operation,
  defaults: Readonly<Record<string, string>>,
): string {
  const { headers } = operation;
  let text = "";
  for (const name in headers) {
    if (staysInPart(operation, name.toLowerCase())) text += `${name}: ${headers[name]!}\r\n`;
  }
  for (const name in defaults) {
    if (!hasHeader(headers, name.toLowerCase())) text += `${name}: ${defaults[name]!}\r\n`;
  }
  return text;
}

/**
 * Is a header of the operation written into its part?
 *
 * @param operation for the error
 * @param lowerName the header's name
 * @returns false for what the batch says in its place
 * @throws {OperationError} when the header must not stand in a part
 */
export function staysInPart(operation: Operation, lowerName: string): boolean {
  if (DROPPED.has(lowerName)) return false;
  if (REFUSED.has(lowerName)) throw refusedHeader(operation, lowerName);
  return true;
}

function refusedHeader(operation: Operation, name: string): OperationError {
  return new OperationError(
    `Cannot put a ${operation.method} operation into a batch as a part must not have such a header: current value is ${name}`,
    { operation },
  );
}
