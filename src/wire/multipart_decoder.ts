import { DecodeError, LimitError } from "../operation/errors.ts";
import { readFinalAnswer } from "../mime/http/message.ts";
import type { ParseJson } from "../mime/body.ts";
import type { ReaderLimits } from "../mime/limits.ts";
import { boundaryOf, type MediaType } from "../mime/media_type.ts";
import { type MimePart, MultipartReader } from "../mime/multipart/reader.ts";
import { MultipartPart, UnreadablePart } from "./multipart_part.ts";
import { NoAnswer } from "./no_answer.ts";
import type { PartIds } from "./part_id.ts";
import type { Decoder, Part } from "./wire.ts";

const NOTHING: readonly Part[] = /* @__PURE__ */ Object.freeze([]);

/**
 * Decodes multipart answers, whichever wire asked.
 *
 * Each part of the outermost multipart is one place, however many parts it holds in its turn. Content-ID counts among the
 * headers of the part; among those of the answer in it, it may be the resource's own (protocol E18). A part that holds
 * no HTTP answer comes out with status 0, and says why when its body is read: the others stay readable.
 */
export class MultipartDecoder implements Decoder {
  readonly #reader: MultipartReader;
  readonly #limits: ReaderLimits;
  readonly #ids: PartIds;
  readonly #parseJson: ParseJson | undefined;
  /** The place that is not complete yet, and the parts that have come of it. */
  #place = 0;
  #members: Part[] = [];

  /**
   * `ids`: what those in the answer name.
   *
   * @throws {DecodeError} when the Content-Type names no boundary
   */
  constructor(
    mediaType: MediaType,
    limits: ReaderLimits,
    ids: PartIds,
    parseJson?: ParseJson,
  ) {
    this.#reader = new MultipartReader(boundaryOf(mediaType), limits);
    this.#limits = limits;
    this.#ids = ids;
    this.#parseJson = parseJson;
  }

  /** @inheritdoc */
  get isClosed(): boolean {
    return this.#reader.isClosed;
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
    const isNothing = Array.isArray(parts) && parts.length === 0 &&
      this.#place === this.#reader.placeCount;
    return isNothing ? NOTHING : this.#read(parts);
  }

  *#read(parts: Iterable<MimePart>): Iterable<Part> {
    const { placeCount } = this.#reader;
    let failure: { readonly error: unknown } | undefined;
    try {
      for (const part of parts) {
        while (this.#place < part.place) yield this.#nested();
        if (part.depth > 0) {
          this.#members.push(this.#partOf(part));
        } else {
          this.#place++;
          yield this.#partOf(part);
        }
      }
    } catch (error) {
      failure = { error };
    }
    // What is complete before something malformed counts.
    while (this.#place < placeCount) yield this.#nested();
    if (failure !== undefined) throw failure.error;
  }

  /** A multipart in the place of one answer is that answer if it holds just one. */
  #nested(): Part {
    const members = this.#members;
    this.#members = [];
    this.#place++;
    return members.length === 1 ? members[0]! : new NoAnswer(undefined, members);
  }

  #partOf({ contentId, body }: MimePart): Part {
    const index = this.#ids.placeOf(contentId);
    try {
      const message = readFinalAnswer(body, this.#limits.maxPartHeaderBytes);
      if (message === undefined) return new NoAnswer(index, NOTHING);
      const innerId = message.headers["content-id"];
      const named = {
        index,
        innerIndex: this.#ids.placeOf(innerId),
        member: this.#ids.memberOf(contentId),
        innerMember: this.#ids.memberOf(innerId),
      };
      return new MultipartPart(named, message, this.#parseJson);
    } catch (error) {
      // Its own headers are too long: that is no reason to read no others.
      if (!(error instanceof DecodeError || error instanceof LimitError)) throw error;
      return new UnreadablePart(index, error, body);
    }
  }
}
