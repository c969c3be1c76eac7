import type { Answer } from "../http/http.ts";
import { Refusal } from "../http/http.ts";
import { moveMessage, sendDraft, sendMail } from "./mail_actions.ts";
import { shownWith } from "./expand.ts";
import { folderId } from "./mail_folder.ts";
import { countOf, pageOf, shaped } from "./odata_query.ts";
import {
  answerOf,
  etagOf,
  type Handler,
  itemNotFound,
  memberOf,
  propertiesOf,
  type ResourceCall,
  shown,
} from "./resource_call.ts";
import { itemOf, listingOf, type Parameters, type Place, placeOf } from "./resource_place.ts";
import { Routes } from "../http/routes.ts";
import type { StoredItem } from "./store.ts";

/** What a mailbox offers, below `me` or the user. */
const ROUTES = new Routes<Handler>({
  "": { GET: readUser },
  "photo/$value": { GET: readPhoto },
  "sendmail": { POST: sendMail },
  "messages/:id/send": { POST: sendDraft },
  "messages/:id/move": { POST: moveMessage },
  "mailfolders/:folder/messages": { GET: list, POST: create },
  "messages|events/:owner/attachments": { GET: list, POST: create },
  "messages|events/:owner/attachments/:id": { GET: read, DELETE: remove },
  "messages|events/:owner/attachments/:id/$value": { GET: readContent },
  "messages|events|contacts|mailfolders": { GET: list, POST: create },
  "messages|events|contacts|mailfolders/$count": { GET: count },
  "messages|events|contacts|mailfolders/:id": { GET: read, PATCH: update, DELETE: remove },
});

/** Carries one call out; what the mailbox does not take is an answer too. @throws {Refusal} */
export function serveResource(call: ResourceCall): Answer {
  const { handler, parameters } = ROUTES.find(call.call.method, call.path);
  return handler(call, parameters);
}

function readUser(call: ResourceCall): Answer {
  const { mailbox, vocabulary: { property, addressNames } } = call;
  const user = {
    "@odata.id": `${call.root}Users('${mailbox.id}')`,
    [property("Id")]: mailbox.id,
    ...Object.fromEntries(addressNames.map((name) => [name, mailbox.address])),
    [property("DisplayName")]: mailbox.address.split("@")[0],
  };
  return answerOf(call, 200, shaped(user, call.call.url));
}

/** The smallest picture that there is: one transparent dot, a GIF. */
const PHOTO = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

function readPhoto(): Answer {
  return {
    status: 200,
    headers: { "Content-Type": "image/gif" },
    body: bytesOf(PHOTO),
  };
}

function list(call: ResourceCall, parameters: Parameters): Answer {
  const place = placeOf(call, parameters);
  const prefer = call.call.headers["prefer"] ?? "";
  const size = /\bodata\.maxpagesize=(\d+)/i.exec(prefer)?.[1];
  const { items, count, nextLink } = pageOf(
    listingOf(call, place, parameters),
    call.call.url,
    size === undefined ? undefined : Math.max(1, Number(size)),
  );
  return answerOf(call, 200, {
    "@odata.context": `${call.root}$metadata#Me/${place.shownPath}`,
    ...(count === undefined ? {} : { "@odata.count": count }),
    value: items,
    ...(nextLink === undefined ? {} : { "@odata.nextLink": nextLink }),
  });
}

function count(call: ResourceCall, parameters: Parameters): Answer {
  const place = placeOf(call, parameters);
  return {
    status: 200,
    headers: { "OData-Version": "4.0", "Content-Type": "text/plain; charset=utf-8" },
    body: String(countOf(listingOf(call, place, parameters), call.call.url)),
  };
}

function read(call: ResourceCall, parameters: Parameters): Answer {
  const place = placeOf(call, parameters);
  const item = itemOf(call, place, parameters["id"] as string);
  const ETag = etagOf(item);
  if (call.call.headers["if-none-match"] === ETag) {
    return { status: 304, headers: { ETag }, body: undefined };
  }
  return answerOf(call, 200, shaped(shownWith(call, place, item), call.call.url), { ETag });
}

function readContent(call: ResourceCall, parameters: Parameters): Answer {
  const { properties } = itemOf(call, placeOf(call, parameters), parameters["id"] as string);
  const type = memberOf(properties, "ContentType");
  const content = memberOf(properties, "ContentBytes");
  if (typeof content !== "string") throw itemNotFound();
  return {
    status: 200,
    headers: { "Content-Type": typeof type === "string" ? type : "application/octet-stream" },
    body: bytesOf(content),
  };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function create(call: ResourceCall, parameters: Parameters): Answer {
  const place = placeOf(call, parameters);
  const body = propertiesOf(call);
  const { property } = call.vocabulary;
  const folder = folderId(call, parameters["folder"] ?? "drafts");
  const item = place.items.add(
    place.path === "messages"
      ? { [property("IsDraft")]: true, ...body, [property("ParentFolderId")]: folder }
      : body,
  );
  const view = shown(call, place.shownPath, item);
  return answerOf(call, 201, view, {
    ETag: etagOf(item),
    Location: view["@odata.id"] as string,
  });
}

function update(call: ResourceCall, parameters: Parameters): Answer {
  const place = placeOf(call, parameters);
  const { id } = guarded(call, place, parameters);
  const item = place.items.update(id, propertiesOf(call)) as StoredItem;
  return answerOf(call, 200, shown(call, place.shownPath, item), { ETag: etagOf(item) });
}

function remove(call: ResourceCall, parameters: Parameters): Answer {
  const place = placeOf(call, parameters);
  const { id } = guarded(call, place, parameters);
  place.items.remove(id);
  call.mailbox.removeBelow(`${place.path}/${id}`);
  return { status: 204, headers: {}, body: undefined };
}

/** The item, if the caller still sees it as it is (RFC 9110 §13.1.1). */
function guarded(call: ResourceCall, place: Place, parameters: Parameters): StoredItem {
  const item = itemOf(call, place, parameters["id"] as string);
  const wanted = call.call.headers["if-match"];
  if (wanted !== undefined && wanted !== "*" && wanted !== etagOf(item)) {
    throw new Refusal(
      412,
      "ErrorIrresolvableConflict",
      "The change key passed in the request does not match the current change key for the item.",
    );
  }
  return item;
}
