import { kindOf } from "../../operation/check/kind.ts";
import { DecodeError } from "../../operation/errors.ts";
import { bodyFormatOf, parsedBy, type ParseJson } from "../../mime/body.ts";
import type { Fields } from "../../mime/http/head_scanner.ts";
import { hasNoBody } from "../../mime/http/body.ts";
import { lowerCased } from "../../operation/headers.ts";
import type { Operation } from "../../operation/operation.ts";
import { fromBase64 } from "./base64.ts";
import type { ReadJsonBody } from "./body.ts";
import { rawBody, rawText } from "./raw_body.ts";
import type { PartIds } from "../part_id.ts";
import type { Part } from "../wire.ts";

/** What may stand in a JSON batch answer (OData 4.01 JSON Format §19.5); nothing of it is certain. */
export interface ResponseObject {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
}

/** How much of a body that cannot be decoded its error shows. */
const DETAIL_CHARACTERS = 8_192;
const NONE: readonly Part[] = /* @__PURE__ */ Object.freeze([]);

/** Where a part's body comes from. */
interface BodySource {
  readonly readBody: ReadJsonBody;
  /** The user's own. */
  readonly parseJson: ParseJson | undefined;
  /** The text of the member, as it stood. */
  readonly bodyText: () => string | undefined;
}

/** One member of `responses`. */
export class JsonPart implements Part {
  declare readonly index: number | undefined;
  declare readonly member: number | undefined;
  declare readonly members: readonly Part[] | undefined;
  declare readonly status: number;
  declare readonly headers: Fields;
  /** In place of a status. */
  readonly #given: unknown;
  readonly #body: unknown;
  readonly #source: BodySource;

  constructor(response: ResponseObject, ids: PartIds, source: BodySource) {
    const { id, status } = response;
    const name = nameOf(id);
    this.index = ids.placeOf(name);
    this.member = ids.memberOf(name);
    this.status = isStatus(status) ? status : 0;
    this.#given = status;
    // What a server says in the meantime is no answer (RFC 9110 §15.2).
    this.members = this.status > 0 && this.status < 200 ? NONE : undefined;
    this.headers = isObject(response.headers) ? lowerCased(response.headers) : {};
    this.#body = response.body;
    this.#source = source;
  }

  readBody(operation: Operation): unknown {
    if (this.status === 0) {
      throw new DecodeError(
        `Cannot decode a response as its status must be a number from 100 to 999: current value is ${
          typeof this.#given === "number" ? this.#given : kindOf(this.#given)
        }`,
        { operation },
      );
    }
    if (operation.method === "HEAD" || hasNoBody(this.status)) return undefined;
    const contentType = this.headers["content-type"];
    if (isNothing(this.#body, contentType)) return undefined;
    if (operation.read !== undefined) return this.#asItCame(operation.read, contentType);
    const { readBody, parseJson } = this.#source;
    return parseJson !== undefined && isJson(contentType)
      ? parsedBy(parseJson, String(this.#asItCame("text", contentType) ?? ""))
      : readBody(this.#body, contentType);
  }

  /** What the envelope was parsed into is one value for all. */
  get readsAfresh(): boolean {
    return this.#source.parseJson !== undefined && isJson(this.headers["content-type"]);
  }

  #asItCame(read: "bytes" | "text", contentType: string | undefined): unknown {
    const body = this.#body;
    const value = typeof body === "string" ? this.#source.readBody(body, contentType) : undefined;
    if (value instanceof Uint8Array) return rawBody(value, read, contentType);
    if (typeof value === "string" && !isJson(contentType)) return rawText(value, read);
    // JSON in base64.
    if (typeof value === "object") return rawBody(fromBase64(body as string), read, contentType);
    return rawText(this.#source.bodyText() ?? "", read);
  }

  detail(): string | undefined {
    if (this.#body === undefined || this.#body === null) return undefined;
    const text = typeof this.#body === "string" ? this.#body : JSON.stringify(this.#body);
    return text.slice(0, DETAIL_CHARACTERS);
  }
}

function isJson(contentType: string | undefined): boolean {
  return contentType === undefined || bodyFormatOf(contentType).kind === "json";
}

/** An id as text; a value that is neither text nor a number is none: nothing was ever sent that could come back so. */
function nameOf(id: unknown): string | undefined {
  if (typeof id === "number") return String(id);
  return typeof id === "string" ? id || "-" : undefined;
}

/** An empty string is a value in JSON; in place of text or bytes it stands for none, as in a multipart answer. */
function isNothing(body: unknown, contentType: string | undefined): boolean {
  if (body === undefined || body === null) return true;
  return body === "" && contentType !== undefined && bodyFormatOf(contentType).kind !== "json";
}

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 100 && (status as number) <= 999;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
