import { textOf } from "./charset.ts";
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
 * What the Content-Type says of it does not count: many an error has none, or that of what was asked for.
 *
 * @param body as it was decoded, or as it came where the operation asked for that
 * @param unread the beginning of a body that could not be decoded: it counts where there is no other
 * @returns what it says, as far as it says it
 */
export function serverErrorOf(body: unknown, unread?: string): ServerError {
  if (body === undefined && unread !== undefined) {
    return { ...codeOf(codeInText(unread)), detail: unread };
  }
  if (typeof body === "string") return errorInText(body);
  if (body instanceof Uint8Array) {
    const text = textOf(body, undefined);
    return text === "" || text.includes(NO_TEXT) ? {} : errorInText(text);
  }
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
  return { ...codeOf(code), ...(detail === undefined ? {} : { detail }) };
}

/**
 * Finds the code in the text of an answer that nothing says the format of.
 *
 * @param text JSON, XML or anything else
 * @returns `undefined` when there is none
 */
export function codeInText(text: string): string | undefined {
  return errorInText(text).code;
}

/** What octets become that are no text. */
const NO_TEXT = "\ufffd";
/** OData 4.01 JSON Format §21.1: the code comes first. */
const BEGINNING = /^\s*\{\s*"(?:odata\.)?error"\s*:\s*\{\s*"code"\s*:\s*"([^"\\]+)"/;

function errorInText(text: string): ServerError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // XML, maybe, or the beginning of a longer text.
    return { detail: text, ...codeOf(BEGINNING.exec(text)?.[1]), ...xmlErrorOf(text) };
  }
  return typeof body === "object" ? { detail: text, ...serverErrorOf(body) } : { detail: text };
}

function codeOf(code: unknown): ServerError {
  const isCode = (typeof code === "string" && code !== "") || typeof code === "number";
  return isCode ? { code: String(code) } : {};
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
