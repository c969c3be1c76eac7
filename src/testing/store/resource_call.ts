import type { Answer, Call } from "../http/http.ts";
import { Refusal } from "../http/http.ts";
import { nameIn } from "./odata_filter.ts";
import type { Item, Mailbox, StoredItem } from "./store.ts";

/** How a dialect spells what all of them have. */
export interface Vocabulary {
  /** `ReceivedDateTime` is how this project writes it. */
  property(name: string): string;
  /** `Normal`, an importance, is how this project writes one of several fixed values. */
  word(word: string): string;
  /** What a person's address is called. */
  readonly addressNames: readonly string[];
  /** Does it know `$expand`? */
  readonly expands: boolean;
  /** The media type of an answer that is JSON. */
  readonly mediaType: string;
}

/** A call, and where in which mailbox it leads. */
export interface ResourceCall {
  readonly call: Call;
  readonly mailbox: Mailbox;
  /** What stands behind `me` or the user, decoded. */
  readonly path: readonly string[];
  /** `https://outlook.office.com/api/v2.0/` */
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly vocabulary: Vocabulary;
}

/** Does what a route stands for. */
export type Handler = (
  call: ResourceCall,
  parameters: Readonly<Record<string, string>>,
) => Answer;

/** An answer in the dialect's JSON. */
export function answerOf(
  { vocabulary }: ResourceCall,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { "OData-Version": "4.0", "Content-Type": vocabulary.mediaType, ...headers },
    body: JSON.stringify(body),
  };
}

/** The JSON object in the body. */
export function bodyOf({ call }: ResourceCall): Item {
  const type = call.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(
      415,
      "UnsupportedMediaType",
      "The Content-Type of this call must be application/json: content headers of the batch do not count.",
    );
  }
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(call.body));
  } catch {
    throw new Refusal(
      400,
      "RequestBodyRead",
      `The body of ${call.body.length} bytes is no JSON in UTF-8.`,
    );
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refusal(400, "RequestBodyRead", "The body must be a JSON object.");
  }
  return body as Item;
}

/** The JSON object in the body, without what only the server sets. */
export function propertiesOf(call: ResourceCall): Item {
  return Object.fromEntries(
    Object.entries(bodyOf(call)).filter(([name]) => !/^(@odata\..*|id|changekey)$/i.test(name)),
  );
}

/** The member of an object, whatever its letter case. */
export function memberOf(item: unknown, name: string): unknown {
  if (typeof item !== "object" || item === null) return undefined;
  const own = nameIn(item, name);
  return own === undefined ? undefined : (item as Item)[own];
}

/** An ETag as Outlook makes it. */
export function etagOf(item: StoredItem): string {
  return `W/"${item.version}"`;
}

/** An item as the client sees it; `path` leads to its collection. */
export function shown(
  { mailbox, root, vocabulary }: Pick<ResourceCall, "mailbox" | "root" | "vocabulary">,
  path: string,
  item: StoredItem,
): Item {
  return {
    "@odata.id": `${root}Users('${mailbox.id}')/${path}('${item.id}')`,
    "@odata.etag": etagOf(item),
    [vocabulary.property("Id")]: item.id,
    [vocabulary.property("ChangeKey")]: item.version,
    ...item.properties,
  };
}

/** What Outlook says of an id that leads nowhere. */
export function itemNotFound(): Refusal {
  return new Refusal(
    404,
    "ErrorItemNotFound",
    "The specified object was not found in the store.",
  );
}
