import { xmlErrorOf } from "./xml_error.ts";

/** What a server says of an error of its own. */
export interface ServerError {
  /** For example `"ErrorItemNotFound"`. */
  readonly code?: string;
  /** In words. */
  readonly detail?: string;
}

/** Where words stand that a service, or what stands before it, says in another form than OData's. */
const WORDS = ["error_description", "Message", "message", "detail", "title"];

/**
 * Reads the body of an error: OData 4.01 JSON Format §21.1 has `{"error":{"code","message"}}`, OData 3 has
 * `message: {value}`, or the same in XML; of any other text all of it is the detail. Web API, OAuth and problem details
 * (RFC 9457) have words, and no code of OData's.
 *
 * @param body as it was decoded
 * @returns what it says, as far as it says it
 */
export function serverErrorOf(body: unknown): ServerError {
  if (typeof body === "string") return { detail: body, ...xmlErrorOf(body) };
  const error = member(body, "error") ?? member(body, "odata.error");
  const code = member(error, "code");
  const message = member(error, "message");
  const words = [
    message,
    member(message, "value"),
    ...WORDS.map((name) => member(body, name)),
    error,
  ];
  const detail = words.find((word) => typeof word === "string");
  return {
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    ...(detail === undefined ? {} : { detail }),
  };
}

/**
 * Finds the code in the text of an answer that nothing says the format of.
 *
 * @param text JSON, XML or anything else
 * @returns `undefined` when there is none
 */
export function codeInText(text: string): string | undefined {
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // XML, maybe, or the beginning of a longer text.
  }
  return serverErrorOf(body).code ?? BEGINNING.exec(text)?.[1];
}

/** OData 4.01 JSON Format §21.1: the code comes first. */
const BEGINNING = /^\s*\{\s*"(?:odata\.)?error"\s*:\s*\{\s*"code"\s*:\s*"([^"\\]+)"/;

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
