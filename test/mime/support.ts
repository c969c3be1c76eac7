import { DecodeError, LimitError } from "../../src/errors.ts";
import type { ReaderLimits } from "../../src/mime/limits.ts";
import { type MimePart, MultipartReader } from "../../src/mime/multipart_reader.ts";

/** What a reader made of some chunks: the parts, and what it failed with. */
export interface Reading {
  readonly parts: readonly { headers: object; body: string; depth: number }[];
  readonly failure: string | undefined;
}

/** Reads it all. Bodies are Latin-1, so that every octet shows. */
export function reading(
  boundary: string,
  chunks: readonly Uint8Array[],
  limits?: ReaderLimits,
): Reading {
  const reader = new MultipartReader(boundary, limits);
  const parts: MimePart[] = [];
  let failure: string | undefined;
  try {
    for (const chunk of chunks) for (const part of reader.write(chunk)) parts.push(part);
    for (const part of reader.end()) parts.push(part);
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof LimitError)) throw error;
    failure = `${error._tag}: ${error.message}`;
  }
  return {
    parts: parts.map(({ headers, body, depth }) => ({
      headers,
      body: shown(body.joined()),
      depth,
    })),
    failure,
  };
}

function shown(body: Uint8Array): string {
  let text = "";
  for (const octet of body) text += String.fromCharCode(octet);
  return text;
}
