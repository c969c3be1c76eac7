import { kindOf } from "./kind.ts";
import { lengthOf } from "../errors.ts";
import type { Method } from "../operation.ts";
import { refusedOperation as refused } from "./refused.ts";
import { checkedText } from "./text.ts";

/** Anything that would end the request-target early, or that a URI cannot hold unescaped (RFC 3986 §2). */
const NOT_IN_TARGET = /[^\x21-\x7e]|#/;
const HINT = "did you mean the template tag uri, or encodeURIComponent for a value?";

/**
 * The URL of an operation as text.
 *
 * @throws {OperationError} when it could not stand in a request line
 */
export function checkedUrl(method: Method, url: string | URL): string {
  const text: unknown = url instanceof URL ? url.href : url;
  if (typeof text !== "string") {
    throw refused(method, "a URL must be a string or a URL", kindOf(url));
  }
  if (text === "") throw refused(method, "a URL must not be empty", "an empty string");
  const at = text.search(NOT_IN_TARGET);
  if (at !== -1) {
    throw refused(
      method,
      "a URL must hold visible ASCII characters only, anything else percent-encoded, and no fragment",
      `${lengthOf("a URL", text)} with U+${hex(text, at)} at ${at} (${HINT})`,
    );
  }
  return text;
}

/**
 * The context of an operation.
 *
 * @throws {OperationError} when it could not stand in a request line
 */
export function checkedContext(method: Method, context: unknown): string {
  const text = checkedText(method, "a context", context);
  if (!NOT_IN_TARGET.test(text)) return text;
  throw refused(
    method,
    "a context must hold visible ASCII characters only",
    lengthOf("a context", text),
  );
}

function hex(text: string, at: number): string {
  return text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
}
