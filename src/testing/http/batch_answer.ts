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
  /** What an answer in JSON gives as `atomicityGroup`, if anything. */
  readonly group?: string | undefined;
  /** Of a group: what an answer in JSON holds in its place. */
  readonly members?: readonly AnswerPart[] | undefined;
  /** Of a group: what a multipart answer nests in this part; `undefined`: nothing, the answer is all of it. */
  readonly nested?: readonly AnswerPart[] | undefined;
  /** Will no other follow? */
  readonly last: boolean;
}

/** Some bytes of the answer; those of a part come in one chunk, its closing delimiter included. */
export interface AnswerChunk {
  readonly bytes: Uint8Array;
  /** Whose last bytes these are. */
  readonly entries?: readonly OpenEntry[] | undefined;
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
        ...part.nested === undefined
          ? httpPart(part)
          : nestedPart(part.nested, `${boundary}_group`),
        "\r\n",
        part.last ? close : delimiter,
      ]),
      entries: entriesOf(part),
    };
    opened = true;
  }
  if (!opened) yield { bytes: encoder.encode(close) };
}

type Pieces = readonly (string | Uint8Array)[];

function httpPart({ contentId, answer }: AnswerPart): Pieces {
  return [
    "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n",
    contentId === undefined ? "" : `Content-ID: ${contentId}\r\n`,
    "\r\n",
    ...messageOf(answer),
  ];
}

/** The answer of a change set (OData 4.01 Protocol §11.7.7.5). */
function nestedPart(members: readonly AnswerPart[], boundary: string): Pieces {
  return [
    `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n`,
    ...members.flatMap((member) => [`--${boundary}\r\n`, ...httpPart(member), "\r\n"]),
    `--${boundary}--\r\n`,
  ];
}

function entriesOf({ entry, members }: AnswerPart): readonly OpenEntry[] {
  return members?.flatMap(entriesOf) ?? (entry === undefined ? [] : [entry]);
}

function messageOf({ status, headers, body }: Answer): Pieces {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const statusLine = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n`;
  if (lines.length === 0 && body === undefined) return [statusLine];
  return [statusLine, ...lines, "\r\n", body ?? ""];
}

function joined(pieces: Pieces): Uint8Array {
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
  for await (const part of parts) {
    const texts = (part.members ?? [part]).map((member) => responseText(member, form));
    const lead = opened ? "," : '{"responses":[';
    const bytes = encoder.encode(lead + texts.join() + (part.last ? "]}" : ""));
    yield { bytes, entries: entriesOf(part) };
    opened = true;
  }
  if (!opened) yield { bytes: encoder.encode('{"responses":[]}') };
}

function responseText({ id, group, answer }: AnswerPart, form: JsonForm): string {
  const { status } = answer;
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [form.headerName(name), value]),
  );
  const body = jsonBody(answer, form);
  return JSON.stringify({
    id,
    ...(group === undefined ? {} : { atomicityGroup: group }),
    status,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

function jsonBody({ headers, body }: Answer, form: JsonForm): unknown {
  if (body === undefined) return undefined;
  const type = headers["Content-Type"] ?? "";
  if (typeof body === "string" && /^application\/json\b/i.test(type)) return JSON.parse(body);
  return form.foreignBody(typeof body === "string" ? encoder.encode(body) : body, type);
}
