import { OperationError } from "../errors.ts";
import { encodeLatin1 } from "../mime/latin1.ts";
import type { EncodedHead } from "../mime/multipart_writer.ts";
import { hasHeader, type Operation } from "../operation.ts";

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

/**
 * Start line and headers of an operation's part, the empty line included.
 *
 * @param operation what is written
 * @param target the request-target
 * @param defaults headers that the operation's own win over
 * @returns as it goes into the part
 * @throws {OperationError} when a header must not stand in a part
 */
export function requestHead(
  operation: Operation,
  target: string,
  defaults: Readonly<Record<string, string>>,
): EncodedHead {
  // Method, target and names are ASCII always (design rule 25).
  let isAscii = true;
  let head = `${operation.method} ${target} HTTP/1.1\r\n`;
  const { headers } = operation;
  for (const name in headers) {
    const lowerName = name.toLowerCase();
    if (!staysInPart(operation, lowerName)) continue;
    const value = headers[name]!;
    isAscii &&= !NOT_ASCII.test(value);
    head += `${name}: ${value}\r\n`;
  }
  for (const name in defaults) {
    if (hasHeader(headers, name.toLowerCase())) continue;
    const value = defaults[name]!;
    isAscii &&= !NOT_ASCII.test(value);
    head += `${name}: ${value}\r\n`;
  }
  head += "\r\n";
  return isAscii ? head : encodeLatin1(head);
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
