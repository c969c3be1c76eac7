import { type Answer, reasonOf } from "./http.ts";
import type { OpenEntry } from "../ledger.ts";

/** One part of a batch answer, on its way out. */
export interface AnswerPart {
  /** What a multipart answer gives as Content-ID, if anything. */
  readonly contentId: string | undefined;
  /** What an answer in JSON gives as `id`. */
  readonly id: string;
  readonly answer: Answer;
  /** Whom it answers; `undefined` for a part that nobody asked for. */
  readonly entry: OpenEntry | undefined;
  /** Will no other follow? */
  readonly last: boolean;
}

/** Some bytes of the answer; those of a part come in one chunk, its closing delimiter included. */
export interface AnswerChunk {
  readonly bytes: Uint8Array;
  readonly entry?: OpenEntry | undefined;
}

type Chunks = AsyncGenerator<AnswerChunk, void, undefined>;

const encoder = new TextEncoder();

/**
 * Writes the parts as Outlook's documentation shows them (protocol A4): an answer with neither headers nor body has one
 * empty line only, whose CRLF is the delimiter's.
 */
export async function* writeMultipart(parts: AsyncIterable<AnswerPart>, boundary: string): Chunks {
  const [delimiter, close] = [`--${boundary}\r\n`, `--${boundary}--\r\n`];
  let opened = false;
  for await (const part of parts) {
    yield {
      bytes: joined([
        opened ? "" : delimiter,
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n",
        part.contentId === undefined ? "" : `Content-ID: ${part.contentId}\r\n`,
        "\r\n",
        ...messageOf(part.answer),
        "\r\n",
        part.last ? close : delimiter,
      ]),
      entry: part.entry,
    };
    opened = true;
  }
  if (!opened) yield { bytes: encoder.encode(close) };
}

function messageOf({ status, headers, body }: Answer): (string | Uint8Array)[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const statusLine = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n`;
  if (lines.length === 0 && body === undefined) return [statusLine];
  return [statusLine, ...lines, "\r\n", body ?? ""];
}

function joined(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  const encoded = pieces.map((piece) => typeof piece === "string" ? encoder.encode(piece) : piece);
  const bytes = new Uint8Array(encoded.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of encoded) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** How a dialect writes what is no JSON into JSON. */
export interface JsonForm {
  headerName(name: string): string;
  /** A body that is no JSON, as a string. */
  foreignBody(bytes: Uint8Array, contentType: string): string;
}

/** OData 4.01 JSON Format §19.1 and §19.5: names in lower case, text as it is, anything else in base64url. */
export const ODATA_FORM: JsonForm = {
  headerName: (name) => name.toLowerCase(),
  foreignBody: (bytes, contentType) =>
    /^text\//i.test(contentType)
      ? new TextDecoder().decode(bytes)
      : base64Of(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
};

export function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (octet) => String.fromCharCode(octet)).join(""));
}

/** Writes the parts as `{"responses":[…]}`. */
export async function* writeJson(parts: AsyncIterable<AnswerPart>, form: JsonForm): Chunks {
  let opened = false;
  for await (const { id, answer, entry, last } of parts) {
    const { status, headers } = answer;
    const named = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [form.headerName(name), value]),
    );
    const body = jsonBody(answer, form);
    const text = JSON.stringify({
      id,
      status,
      headers: named,
      ...(body === undefined ? {} : { body }),
    });
    const lead = opened ? "," : '{"responses":[';
    yield { bytes: encoder.encode(lead + text + (last ? "]}" : "")), entry };
    opened = true;
  }
  if (!opened) yield { bytes: encoder.encode('{"responses":[]}') };
}

function jsonBody({ headers, body }: Answer, form: JsonForm): unknown {
  if (body === undefined) return undefined;
  const type = headers["Content-Type"] ?? "";
  if (typeof body === "string" && /^application\/json\b/i.test(type)) return JSON.parse(body);
  return form.foreignBody(typeof body === "string" ? encoder.encode(body) : body, type);
}
