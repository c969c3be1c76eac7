import { type Answer, Refusal } from "../http/http.ts";
import { folderId } from "./mail_folder.ts";
import { shaped } from "./odata_query.ts";
import { answerOf, type ResourceCall, shown } from "./resource_call.ts";
import type { Change, Item } from "./store.ts";

/** `messages/delta`, or that of one folder: the messages of the round before that have changed since, or all. */
export interface DeltaPlace {
  readonly folder: string | undefined;
}

/** How far a client has come: `first-` as long as it has not seen all once. */
const TOKEN = /^(first-)?(\d+)$/;

/** Where a delta is asked for; `undefined`: somewhere else. */
export function deltaPlaceOf(path: readonly string[]): DeltaPlace | undefined {
  const [first = "", folder, messages = ""] = path.map((step) => step.toLowerCase());
  if (first === "messages" && folder === "delta" && path.length === 2) return { folder: undefined };
  const isInFolder = first === "mailfolders" && messages === "messages" && path[3] === "delta";
  return isInFolder && path.length === 4 ? { folder: path[1]! } : undefined;
}

/**
 * One page of what has changed since the token of the URL, with a nextLink, or after the last with a deltaLink.
 *
 * @throws {Refusal} 400 for a token that is none, 404 for a folder that there is not
 */
export function serveDelta(call: ResourceCall, { folder }: DeltaPlace): Answer {
  const { url, headers } = call.call;
  const { isFirst, since } = tokenIn(url);
  const id = folder === undefined ? undefined : folderId(call, folder);
  const parent = call.vocabulary.property("ParentFolderId");
  const changes = call.mailbox.collection("messages").changesSince(since).filter((change) =>
    (id === undefined || change.item.properties[parent] === id) && !(isFirst && change.isRemoved)
  );
  const size = /\bodata\.maxpagesize=(\d+)/i.exec(headers["prefer"] ?? "")?.[1];
  const page = changes.slice(0, Math.max(1, Number(size ?? 10)));
  const reached = page.at(-1)?.number ?? since;
  const link = page.length < changes.length
    ? { "@odata.nextLink": linkTo(url, "$skiptoken", `${isFirst ? "first-" : ""}${reached}`) }
    : { "@odata.deltaLink": linkTo(url, "$deltatoken", String(reached)) };
  const value = page.map((change) => viewOf(call, change));
  return answerOf(call, 200, {
    "@odata.context": `${call.root}$metadata#Collection(message)`,
    value,
    ...link,
  });
}

function viewOf(call: ResourceCall, { item, isRemoved }: Change): Item {
  const id = call.vocabulary.property("Id");
  return isRemoved
    ? { "@removed": { reason: "deleted" }, [id]: item.id }
    : shaped(shown(call, "Messages", item), call.call.url);
}

function tokenIn(url: URL): { isFirst: boolean; since: number } {
  const token = url.searchParams.get("$skiptoken") ?? url.searchParams.get("$deltatoken") ??
    "first-0";
  const [, first, since] = TOKEN.exec(token) ?? [];
  if (since !== undefined) return { isFirst: first !== undefined, since: Number(since) };
  throw new Refusal(400, "SyncStateNotFound", "The sync state of the token is not found.");
}

function linkTo(url: URL, name: string, token: string): string {
  const link = new URL(url);
  link.searchParams.delete("$skiptoken");
  link.searchParams.delete("$deltatoken");
  link.searchParams.set(name, token);
  return link.href;
}
