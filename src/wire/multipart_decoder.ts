import { DecodeError } from "../operation/errors.ts";
import { decodeBody } from "../mime/body.ts";
import type { Fields } from "../mime/http/head_scanner.ts";
import { framedBody, hasNoBody } from "../mime/http/body.ts";
import { readHttpAnswer } from "../mime/http/message.ts";
import type { ReaderLimits } from "../mime/limits.ts";
import { boundaryOf, type MediaType } from "../mime/media_type.ts";
import { type MimePart, MultipartReader } from "../mime/multipart/reader.ts";
import type { Octets } from "../mime/octets.ts";
import type { Operation } from "../operation/operation.ts";
import { rawBody } from "./json/raw_body.ts";
import { indexOfId } from "./part_id.ts";
import type { Decoder, Part } from "./wire.ts";

/**
 * Decodes multipart answers, whichever wire asked.
 *
 * Content-ID is looked for among the headers of the part, then among those of the answer in it (protocol E18). A part
 * that holds no HTTP answer comes out with status 0, and says why when its body is read: the others stay readable.
 */
export class MultipartDecoder implements Decoder {
  readonly #reader: MultipartReader;
  readonly #limits: ReaderLimits;
  readonly #operationCount: number;

  /**
   * `operationCount`: how many operations the batch carried.
   *
   * @throws {DecodeError} when the Content-Type names no boundary
   */
  constructor(mediaType: MediaType, limits: ReaderLimits, operationCount: number) {
    this.#reader = new MultipartReader(boundaryOf(mediaType), limits);
    this.#limits = limits;
    this.#operationCount = operationCount;
  }

  /** @inheritdoc */
  write(chunk: Uint8Array): Iterable<Part> {
    return this.#parts(this.#reader.write(chunk));
  }

  /** @inheritdoc */
  end(): Iterable<Part> {
    return this.#parts(this.#reader.end());
  }

  #parts(parts: Iterable<MimePart>): Iterable<Part> {
    return Array.isArray(parts) && parts.length === 0 ? parts : this.#read(parts);
  }

  *#read(parts: Iterable<MimePart>): Iterable<Part> {
    for (const part of parts) yield this.#partOf(part);
  }

  #partOf({ contentId, body }: MimePart): Part {
    const { maxPartHeaderBytes } = this.#limits;
    try {
      const message = readHttpAnswer(body, maxPartHeaderBytes);
      const id = contentId || message.headers["content-id"];
      const index = indexOfId(id, this.#operationCount);
      return new MultipartPart(index, message.status, message.headers, message.body);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return new UnreadablePart(indexOfId(contentId, this.#operationCount), error);
    }
  }
}

class MultipartPart implements Part {
  readonly index: number | undefined;
  readonly status: number;
  readonly headers: Fields;
  readonly #body: Octets;

  constructor(index: number | undefined, status: number, headers: Fields, body: Octets) {
    this.index = index;
    this.status = status;
    this.headers = headers;
    this.#body = body;
  }

  readBody(operation: Operation): unknown {
    // Line ends may still stand in such a part.
    if (operation.method === "HEAD" || hasNoBody(this.status)) return undefined;
    const body = framedBody(this.headers, this.#body);
    const contentType = this.headers["content-type"];
    return operation.read === undefined
      ? decodeBody(body, contentType)
      : rawBody(body.copy(), operation.read, contentType);
  }
}

class UnreadablePart implements Part {
  readonly index: number | undefined;
  readonly status = 0;
  readonly headers: Fields = {};
  readonly #error: DecodeError;

  constructor(index: number | undefined, error: DecodeError) {
    this.index = index;
    this.#error = error;
  }

  readBody(operation: Operation): never {
    throw new DecodeError(this.#error.message, { operation });
  }
}
