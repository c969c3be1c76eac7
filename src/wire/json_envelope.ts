import { DecodeError } from "../operation/errors.ts";
import { bodyFormatOf } from "../mime/body.ts";
import { Collector } from "../mime/collector.ts";
import type { Fields } from "../mime/http/head_scanner.ts";
import { hasNoBody } from "../mime/http/body.ts";
import { type ReaderLimits, tooMany } from "../mime/limits.ts";
import type { Operation } from "../operation/operation.ts";
import { fromBase64 } from "./json/base64.ts";
import { type ReadJsonBody, readODataBody } from "./json/body.ts";
import { bodyTexts } from "./json/source.ts";
import { rawBody, rawText } from "./json/raw_body.ts";
import { indexOfId } from "./part_id.ts";
import type { Decoder, Part } from "./wire.ts";

/** What may stand in a JSON batch answer (OData 4.01 JSON Format §19.5); nothing of it is certain. */
interface ResponseObject {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
}

const NO_PARTS: readonly Part[] = Object.freeze([]);
const utf8 = new TextDecoder();

/**
 * Decodes `{"responses":[{id,status,headers,body}]}`, whichever wire asked. All parts come out at the end, as JSON has
 * to be read whole.
 */
export class JsonEnvelopeDecoder implements Decoder {
  readonly #chunks = new Collector();
  readonly #limits: ReaderLimits;
  readonly #operationCount: number;
  readonly #readBody: ReadJsonBody;
  readonly #needsIds: boolean;

  /**
   * `operationCount`: how many operations the batch carried; `readBody`: what bodies mean on this wire; `needsIds`:
   * positions mean nothing there.
   */
  constructor(
    limits: ReaderLimits,
    operationCount: number,
    dialect: { readonly readBody?: ReadJsonBody; readonly needsIds?: boolean } = {},
  ) {
    this.#limits = limits;
    this.#operationCount = operationCount;
    this.#readBody = dialect.readBody ?? readODataBody;
    this.#needsIds = dialect.needsIds ?? false;
  }

  /** @inheritdoc */
  write(chunk: Uint8Array): Iterable<Part> {
    this.#chunks.add(chunk);
    return NO_PARTS;
  }

  /** @inheritdoc */
  end(): Iterable<Part> {
    const octets = this.#chunks.take();
    const text = octets.decode(utf8);
    const responses = responsesIn(text, octets.length);
    if (responses.length > this.#limits.maxParts) throw tooMany(this.#limits.maxParts);
    let texts: readonly (string | undefined)[] | undefined;
    const parts = responses.map((response, at) =>
      new JsonPart(response, this.#operationCount, {
        readBody: this.#readBody,
        bodyText: () => (texts ??= bodyTexts(text))[at],
      })
    );
    const named = parts.filter((part) => part.index !== undefined);
    if (named.length === parts.length) return parts;
    if (named.length === 0 && this.#needsIds) {
      throw unreadable("its responses must have ids", `${parts.length} responses without one`);
    }
    // Responses may come in any order: one that has an id says that all are matched by theirs.
    return [...named, ...parts.filter((part) => part.index === undefined)];
  }
}

function responsesIn(text: string, byteCount: number): readonly ResponseObject[] {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    // The engine's own message would quote the answer.
    throw unreadable("it must be JSON", `${byteCount} bytes that are none`, {
      isTruncated: isOpen(text),
    });
  }
  const responses = typeof envelope === "object" && envelope !== null
    ? (envelope as Record<string, unknown>)["responses"]
    : undefined;
  if (!Array.isArray(responses)) {
    throw unreadable("it must have an array of responses", `${byteCount} bytes without one`);
  }
  return responses.map((response) => isObject(response) ? response : {});
}

/** Is a string, an object or an array without its end, or nothing there at all? */
function isOpen(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') isInString = !isInString;
    else if (isInString && character === "\\") at++;
    else if (isInString) continue;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
  }
  return isInString || depth > 0 || text.trim() === "";
}

/** Where a part's body comes from. */
interface BodySource {
  readonly readBody: ReadJsonBody;
  /** The text of the member, as it stood. */
  readonly bodyText: () => string | undefined;
}

class JsonPart implements Part {
  readonly index: number | undefined;
  readonly status: number;
  readonly headers: Fields;
  readonly #body: unknown;
  readonly #source: BodySource;

  constructor(response: ResponseObject, operationCount: number, source: BodySource) {
    const { id, status } = response;
    this.index = id === undefined || id === null
      ? undefined
      : indexOfId(typeof id === "string" ? id || "-" : String(id), operationCount);
    this.status = isStatus(status) ? status : 0;
    this.headers = fieldsOf(response.headers);
    this.#body = response.body;
    this.#source = source;
  }

  readBody(operation: Operation): unknown {
    if (this.status === 0) throw unreadable("each response must have a status", "none");
    if (operation.method === "HEAD" || hasNoBody(this.status)) return undefined;
    const contentType = this.headers["content-type"];
    if (isNothing(this.#body, contentType)) return undefined;
    return operation.read === undefined
      ? this.#source.readBody(this.#body, contentType)
      : this.#asItCame(operation.read, contentType);
  }

  #asItCame(read: "bytes" | "text", contentType: string | undefined): unknown {
    const body = this.#body;
    const value = typeof body === "string" ? this.#source.readBody(body, contentType) : undefined;
    if (value instanceof Uint8Array) return rawBody(value, read, contentType);
    const isJson = contentType === undefined || bodyFormatOf(contentType).kind === "json";
    if (typeof value === "string" && !isJson) return rawText(value, read);
    // JSON in base64.
    if (typeof value === "object") return rawBody(fromBase64(body as string), read, contentType);
    return rawText(this.#source.bodyText() ?? "", read);
  }
}

/** An empty string is a value in JSON; in place of text or bytes it stands for none, as in a multipart answer. */
function isNothing(body: unknown, contentType: string | undefined): boolean {
  if (body === undefined || body === null) return true;
  return body === "" && contentType !== undefined && bodyFormatOf(contentType).kind !== "json";
}

function fieldsOf(headers: unknown): Fields {
  const fields: Record<string, string> = {};
  if (!isObject(headers)) return fields;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null) continue;
    Object.defineProperty(fields, name.toLowerCase(), {
      value: Array.isArray(value) ? value.join(", ") : String(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return fields;
}

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 100 && (status as number) <= 999;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function unreadable(
  rule: string,
  value: string,
  init: { readonly isTruncated?: boolean } = {},
): DecodeError {
  return new DecodeError(
    `Cannot decode a JSON batch answer as ${rule}: current value is ${value}`,
    init,
  );
}
