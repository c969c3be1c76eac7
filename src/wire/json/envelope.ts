import { DecodeError } from "../../operation/errors.ts";
import { laxDecoder } from "../../mime/charset.ts";
import { Collector } from "../../mime/collector.ts";
import type { ParseJson } from "../../mime/body.ts";
import { type ReaderLimits, tooMany } from "../../mime/limits.ts";
import type { ReadJsonBody } from "./body.ts";
import { JsonPart, type ResponseObject } from "./part.ts";
import { isCut } from "./cut.ts";
import { bodyTexts } from "./source.ts";
import type { PartIds } from "../part_id.ts";
import type { Decoder, Part } from "../wire.ts";
const NO_PARTS: readonly Part[] = /* @__PURE__ */ Object.freeze([]);

/**
 * Decodes `{"responses":[{id,status,headers,body}]}`, whichever wire asked. All parts come out at the end, as JSON has
 * to be read whole, and in any order, as responses may.
 */
export class JsonEnvelopeDecoder implements Decoder {
  /** @inheritdoc */
  readonly isOrdered = false;
  readonly #chunks = new Collector();
  readonly #limits: ReaderLimits;
  readonly #ids: PartIds;
  readonly #readBody: ReadJsonBody;
  readonly #parseJson: ParseJson | undefined;
  readonly #charset: string | undefined;

  /** `ids`: what those in the answer name; `readBody`: what bodies mean on this wire; `charset`: of the answer. */
  constructor(
    limits: ReaderLimits,
    ids: PartIds,
    readBody: ReadJsonBody,
    parseJson?: ParseJson,
    charset?: string,
  ) {
    this.#limits = limits;
    this.#ids = ids;
    this.#readBody = readBody;
    this.#parseJson = parseJson;
    this.#charset = charset;
  }

  /** @inheritdoc */
  write(chunk: Uint8Array): Iterable<Part> {
    this.#chunks.add(chunk);
    return NO_PARTS;
  }

  /** @inheritdoc */
  end(): Iterable<Part> {
    const octets = this.#chunks.take();
    const text = octets.decode(laxDecoder(octets, this.#charset));
    const responses = responsesIn(text, octets.length);
    if (responses.length > this.#limits.maxParts) throw tooMany(this.#limits.maxParts);
    let texts: readonly (string | undefined)[] | undefined;
    const parts = responses.map((response, at) =>
      new JsonPart(response, this.#ids, {
        readBody: this.#readBody,
        parseJson: this.#parseJson,
        bodyText: () => (texts ??= bodyTexts(text))[at],
      })
    );
    return this.#ids.inPlaces(parts);
  }
}

function responsesIn(text: string, byteCount: number): readonly ResponseObject[] {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    // The engine's own message would quote the answer.
    throw unreadable("it must be JSON", `${byteCount} bytes that are none`, {
      isTruncated: isCut(text),
    });
  }
  const responses = typeof envelope === "object" && envelope !== null
    ? (envelope as Record<string, unknown>)["responses"]
    : undefined;
  if (!Array.isArray(responses)) {
    throw unreadable("it must have an array of responses", `${byteCount} bytes without one`);
  }
  if (responses.length === 0 && hasError(envelope as object)) {
    throw unreadable("it must not hold an error alone", `${byteCount} bytes with one`);
  }
  return responses.map((response) => isObject(response) ? response : {});
}

function hasError(envelope: object): boolean {
  return "error" in envelope || "odata.error" in envelope;
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
