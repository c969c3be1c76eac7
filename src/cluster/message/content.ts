import { Result, Schema } from "effect";
import { Base64 } from "effect/encoding";
import { DecodeError } from "../../../mod.ts";

/** A body as it stands in a message: text, JSON and bytes are told apart. */
export const WireContent: Schema.Codec<WireContent> = Schema.Union([
  Schema.Struct({ text: Schema.String }),
  Schema.Struct({ base64: Schema.String }),
  Schema.Struct({ json: Schema.Unknown }),
]);

/** A body as it stands in a message. */
export type WireContent =
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly json: unknown };

/** A body as it goes into a message; nothing stays nothing. */
export function contentOf(body: unknown): WireContent | undefined {
  if (body === undefined) return undefined;
  if (typeof body === "string") return { text: body };
  return body instanceof Uint8Array ? { base64: Base64.encode(body) } : { json: body };
}

/**
 * The body that went into a message.
 *
 * @throws {DecodeError} when bytes are no base64
 */
export function valueOf(content: WireContent | undefined): unknown {
  if (content === undefined) return undefined;
  if ("text" in content) return content.text;
  return "json" in content ? content.json : bytesOf(content.base64);
}

/** The body of a call: bytes or text. */
export function bodyOf(content: WireContent | undefined): string | Uint8Array | undefined {
  const value = valueOf(content);
  if (value === undefined || typeof value === "string" || value instanceof Uint8Array) return value;
  throw new DecodeError(
    "Cannot read a message as the body of a call must be text or bytes: current value is JSON",
  );
}

function bytesOf(base64: string): Uint8Array {
  const bytes = Base64.decode(base64);
  if (Result.isSuccess(bytes)) return bytes.success;
  throw new DecodeError(
    `Cannot read a message as its bytes must be base64: current value is a string of ${base64.length} characters`,
  );
}
