import { DecodeError } from "../operation/errors.ts";
import { charsetOf, type ParseJson } from "../mime/body.ts";
import type { ReaderLimits } from "../mime/limits.ts";
import type { MediaType } from "../mime/media_type.ts";
import { readODataBody } from "./json/body.ts";
import { JsonEnvelopeDecoder } from "./json/envelope.ts";
import type { PartIds } from "./part_id.ts";
import { MultipartDecoder } from "./multipart_decoder.ts";
import type { Decoder, Part } from "./wire.ts";

/**
 * The decoder of an answer, chosen by its Content-Type alone: whatever was sent, and whatever its status (protocol E27,
 * E35).
 *
 * @param mediaType of the answer
 * @param options what the reader refuses to go beyond, and what ids name
 * @returns `undefined` when the answer is no batch answer
 */
export function decoderFor(
  mediaType: MediaType,
  options: {
    readonly limits: ReaderLimits;
    /** What the ids in the answer name. */
    readonly ids: PartIds;
    /** What makes a value of a body that is JSON, if not `JSON.parse`. */
    readonly parseJson?: ParseJson | undefined;
  },
): Decoder | undefined {
  const { limits, ids, parseJson } = options;
  if (mediaType.type === "application/json") {
    return new JsonEnvelopeDecoder(
      limits,
      ids,
      readODataBody,
      parseJson,
      charsetOf(mediaType),
    );
  }
  if (!mediaType.type.startsWith("multipart/")) return undefined;
  try {
    return new MultipartDecoder(mediaType, limits, ids, parseJson);
  } catch (error) {
    if (error instanceof DecodeError) return new FailingDecoder(error);
    throw error;
  }
}

/** For an answer that nothing can be read of. */
class FailingDecoder implements Decoder {
  readonly #error: DecodeError;

  constructor(error: DecodeError) {
    this.#error = error;
  }

  write(): Iterable<Part> {
    throw this.#error;
  }

  end(): Iterable<Part> {
    throw this.#error;
  }
}
