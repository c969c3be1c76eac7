import { shownWith } from "./expand.ts";
import { folderId } from "./mail_folder.ts";
import type { Listing } from "./odata_query.ts";
import { itemNotFound, type ResourceCall } from "./resource_call.ts";
import type { Collection, Item, StoredItem } from "./store.ts";

/** What stands for the variables of a route. */
export type Parameters = Readonly<Record<string, string>>;

/** Where a route leads: the collection, its path in the store, and its path in `@odata.id`. */
export interface Place {
  readonly path: string;
  readonly shownPath: string;
  readonly items: Collection;
}

/** The collections of a mailbox, as `@odata.id` spells them. */
export const TITLES: Readonly<Record<string, string>> = {
  messages: "Messages",
  events: "Events",
  contacts: "Contacts",
  mailfolders: "MailFolders",
};

/** @throws {Refusal} 404 when the item that owns the place is gone */
export function placeOf({ mailbox }: ResourceCall, parameters: Parameters): Place {
  const { collection = "messages", owner } = parameters;
  const title = TITLES[collection] as string;
  if (owner === undefined) {
    return { path: collection, shownPath: title, items: mailbox.collection(collection) };
  }
  if (mailbox.collection(collection).get(owner) === undefined) throw itemNotFound();
  const path = `${collection}/${owner}/attachments`;
  return {
    path,
    shownPath: `${title}('${owner}')/Attachments`,
    items: mailbox.collection(path),
  };
}

/** @throws {Refusal} 404 */
export function itemOf(call: ResourceCall, place: Place, id: string): StoredItem {
  const direct = place.items.get(id);
  if (direct !== undefined) return direct;
  const folder = place.path === "mailfolders" ? place.items.get(folderId(call, id)) : undefined;
  if (folder === undefined) throw itemNotFound();
  return folder;
}

/** All items of a place, or those of one folder. */
export function listingOf(call: ResourceCall, place: Place, { folder }: Parameters): Listing {
  const all = place.items.list();
  const show = (item: StoredItem): Item => shownWith(call, place, item);
  if (folder === undefined) return { stored: all, show };
  const [id, property] = [folderId(call, folder), call.vocabulary.property("ParentFolderId")];
  return { stored: all.filter(({ properties }) => properties[property] === id), show };
}
