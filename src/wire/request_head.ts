import { OperationError } from "../operation/errors.ts";
import { hasHeader, headerOf } from "../operation/headers.ts";
import type { Operation } from "../operation/operation.ts";
import { joinedPreferences } from "./headers/prefer.ts";

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

/** Latin-1 beyond ASCII, where an octet is no longer a character of UTF-8. */
const NOT_ASCII = /[\x80-\xff]/;

/** What follows the request-target: the version, header lines and the empty line. */
export interface HeadTail {
  /** A character an octet. */
  readonly text: string;
  /** Whether it is the same in UTF-8. */
  readonly isAscii: boolean;
}

/** The last headers that were written, and as what: most operations share theirs. */
let lastHeaders: Operation["headers"] | undefined;
let lastDefaults: Operation["headers"] | undefined;
let lastTail: HeadTail | undefined;

/**
 * What stands behind the request-target in an operation's part.
 *
 * @param operation what is written
 * @param defaults headers that the operation's own win over; never changed later
 * @returns the text; one object for all operations that share it
 * @throws {OperationError} when a header must not stand in a part
 */
export function headTail(
  operation: Operation,
  defaults: Readonly<Record<string, string>>,
): HeadTail {
  const { headers } = operation;
  // Those of an operation are frozen.
  if (headers === lastHeaders && defaults === lastDefaults) return lastTail!;
  const lines: string[] = [" HTTP/1.1\r\n"];
  for (const name in headers) {
    if (!staysInPart(operation, name.toLowerCase())) continue;
    lines.push(`${name}: ${withDefaults(name, headers[name]!, defaults)}\r\n`);
  }
  for (const name in defaults) {
    if (!hasHeader(headers, name.toLowerCase())) lines.push(`${name}: ${defaults[name]!}\r\n`);
  }
  lines.push("\r\n");
  const text = lines.join("");
  lastHeaders = headers;
  lastDefaults = defaults;
  return lastTail = { text, isAscii: !NOT_ASCII.test(text) };
}

/** The value of an operation's header beside those of the options: its own wins, but `Prefer` is a list. */
export function withDefaults(
  name: string,
  value: string,
  defaults: Readonly<Record<string, string>>,
): string {
  if (name.length !== "prefer".length || name.toLowerCase() !== "prefer") return value;
  const others = headerOf(defaults, "prefer");
  return others === undefined ? value : joinedPreferences(value, others);
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
