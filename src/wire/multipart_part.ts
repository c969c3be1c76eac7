import { textOf } from "../operation/server_error/charset.ts";
import { DecodeError, LimitError } from "../operation/errors.ts";
import { decodeBody, type ParseJson } from "../mime/body.ts";
import type { Fields } from "../mime/http/head_scanner.ts";
import { framedBody, hasNoBody } from "../mime/http/body.ts";
import type { HttpAnswer } from "../mime/http/message.ts";
import type { Octets } from "../mime/octets.ts";
import type { Operation } from "../operation/operation.ts";
import { rawBody } from "./json/raw_body.ts";
import type { Part } from "./wire.ts";

/** How much of a body that cannot be decoded its error shows. */
const DETAIL_BYTES = 8_192;

/** Whose answer a part is, as far as it says so. */
type Named = Pick<Part, "index" | "innerIndex" | "member" | "innerMember">;

/** A part with an HTTP answer in it. */
export class MultipartPart implements Part {
  declare readonly index: number | undefined;
  declare readonly innerIndex: number | undefined;
  declare readonly member: number | undefined;
  declare readonly innerMember: number | undefined;
  declare readonly status: number;
  declare readonly headers: Fields;
  readonly readsAfresh = true;
  readonly #body: Octets;
  readonly #parseJson: ParseJson | undefined;

  constructor(named: Named, { status, headers, body }: HttpAnswer, parseJson?: ParseJson) {
    this.index = named.index;
    this.innerIndex = named.innerIndex;
    this.member = named.member;
    this.innerMember = named.innerMember;
    this.status = status;
    this.headers = headers;
    this.#body = body;
    this.#parseJson = parseJson;
  }

  readBody(operation: Operation): unknown {
    // Line ends may still stand in such a part.
    if (operation.method === "HEAD" || hasNoBody(this.status)) return undefined;
    const body = framedBody(this.headers, this.#body);
    const contentType = this.headers["content-type"];
    return operation.read === undefined
      ? decodeBody(body, contentType, this.#parseJson)
      : rawBody(body.copy(), operation.read, contentType);
  }

  detail(): string {
    return beginningOf(this.#body, this.headers["content-type"]);
  }
}

/** A part without one. */
export class UnreadablePart implements Part {
  declare readonly index: number | undefined;
  readonly status = 0;
  readonly headers: Fields = {};
  readonly #error: DecodeError | LimitError;
  readonly #body: Octets;

  constructor(index: number | undefined, error: DecodeError | LimitError, body: Octets) {
    this.index = index;
    this.#error = error;
    this.#body = body;
  }

  readBody(operation: Operation): never {
    const { message } = this.#error;
    if (this.#error instanceof DecodeError) throw new DecodeError(message, { operation });
    throw new LimitError(message, { operation, limit: this.#error.limit });
  }

  detail(): string {
    return beginningOf(this.#body, undefined);
  }
}

function beginningOf(octets: Octets, contentType: string | undefined): string {
  return textOf(octets.upTo(DETAIL_BYTES).joined(), contentType);
}
