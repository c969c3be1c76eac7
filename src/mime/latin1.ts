const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

/** Above this many octets one native call is cheaper than passing each octet as an argument. */
const MAX_ARGUMENTS = 4096;

/**
 * Octets as characters U+0000 to U+00FF: what HTTP heads are made of (RFC 9110 §5.5).
 *
 * `TextDecoder("latin1")` would be windows-1252, and the UTF-8 decoder is the fast one in every runtime. Its answer is
 * as long as the input and free of U+FFFD only when every octet was ASCII, and then the two encodings agree.
 */
export function decodeLatin1(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  if (text.length === bytes.length && !text.includes("\ufffd")) return text;
  let latin1 = "";
  for (let at = 0; at < bytes.length; at += MAX_ARGUMENTS) {
    latin1 += String.fromCharCode(...bytes.subarray(at, at + MAX_ARGUMENTS));
  }
  return latin1;
}

/** Characters U+0000 to U+00FF as one octet each. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
