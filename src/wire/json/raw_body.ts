import { bodyFormatOf } from "../../mime/body.ts";
import { charsetOfXml, laxDecoder } from "../../mime/charset.ts";
import { Octets } from "../../mime/octets.ts";

const encoder = /* @__PURE__ */ new TextEncoder();

/** A body as an operation's `read` asks for it, from its bytes; nothing is `undefined`. */
export function rawBody(
  bytes: Uint8Array,
  read: "bytes" | "text",
  contentType: string | undefined,
): Uint8Array | string | undefined {
  if (bytes.length === 0) return undefined;
  return read === "bytes" ? bytes : textIn(bytes, contentType);
}

/** The same, from its text. */
export function rawText(text: string, read: "bytes" | "text"): Uint8Array | string | undefined {
  if (text === "") return undefined;
  return read === "text" ? text : encoder.encode(text);
}

function textIn(bytes: Uint8Array, contentType: string | undefined): string {
  const octets = Octets.of(bytes);
  const charset = bodyFormatOf(contentType).charset ?? charsetOfXml(octets);
  return laxDecoder(octets, charset).decode(bytes);
}
