import { xmlErrorOf } from "./xml_error.ts";

/** What a server says of an error of its own. */
export interface ServerError {
  /** For example `"ErrorItemNotFound"`. */
  readonly code?: string;
  /** In words. */
  readonly detail?: string;
}

/**
 * Reads the body of an error: OData 4.01 JSON Format §21.1 has `{"error":{"code","message"}}`, OData 3 has
 * `message: {value}`, or the same in XML; of any other text all of it is the detail.
 *
 * @param body as it was decoded
 * @returns what it says, as far as it says it
 */
export function serverErrorOf(body: unknown): ServerError {
  if (typeof body === "string") return { detail: body, ...xmlErrorOf(body) };
  const error = member(body, "error") ?? member(body, "odata.error");
  const code = member(error, "code");
  const message = member(error, "message");
  const detail = typeof message === "string" ? message : member(message, "value");
  return {
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof detail === "string" ? { detail } : {}),
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
