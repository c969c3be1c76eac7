import { expect } from "vitest";
import { DecodeError, LimitError } from "../../src/operation/errors.ts";
import type { ReaderLimits } from "../../src/mime/limits.ts";
import { type MimePart, MultipartReader } from "../../src/mime/multipart/reader.ts";
import { Octets } from "../../src/mime/octets.ts";
import { cutAt } from "../support/octets.ts";

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

/** Octets cut before each of these places. */
export function inPieces(bytes: Uint8Array, places: readonly number[]): Octets {
  const pieces = cutAt(bytes, places.map((place) => place % (bytes.length + 1)));
  return new Octets(pieces.filter((piece) => piece.length > 0), bytes.length);
}

/** What is made of octets in one piece; that it is the same of every two pieces is made sure of. */
export function ofEveryCut<T>(bytes: Uint8Array, read: (octets: Octets) => T): T {
  const whole = read(Octets.of(bytes));
  for (let at = 1; at < bytes.length; at++) expect(read(inPieces(bytes, [at]))).toEqual(whole);
  return whole;
}
