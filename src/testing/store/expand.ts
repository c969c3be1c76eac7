import { Refusal } from "../http/http.ts";
import { type ResourceCall, shown } from "./resource_call.ts";
import type { Item, StoredItem } from "./store.ts";

/**
 * An item as a client sees it, with what it asks for by `$expand`: attachments, the only thing that hangs on one here.
 *
 * @throws {Refusal} 400 for anything else
 */
export function shownWith(
  call: ResourceCall,
  { path, shownPath }: { readonly path: string; readonly shownPath: string },
  item: StoredItem,
): Item {
  const view = shown(call, shownPath, item);
  const wanted = call.call.url.searchParams.get("$expand");
  if (wanted === null) return view;
  const isKnown = wanted.toLowerCase() === "attachments" && /^(?:messages|events)$/.test(path);
  if (!call.vocabulary.expands || !isKnown) {
    throw new Refusal(400, "RequestBroker-ParseUri", "Here $expand takes attachments alone.");
  }
  const attachments = call.mailbox.collection(`${path}/${item.id}/attachments`).list();
  const below = `${shownPath}('${item.id}')/Attachments`;
  const shownOnes = attachments.map((attachment) => shown(call, below, attachment));
  return { ...view, [call.vocabulary.property("Attachments")]: shownOnes };
}
