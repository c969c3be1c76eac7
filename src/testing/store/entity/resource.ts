import { type Answer, type Call, Refusal } from "../../http/http.ts";
import { countOf, type Listing, pageOf, shaped } from "../odata_query.ts";
import type { Item, StoredItem } from "../store.ts";
import type { Entities } from "./entities.ts";
import { type EntityForm, type EntityPlace, entityTag, entityUrl } from "./form.ts";
import { type EntityTarget, entityTargetOf } from "./target.ts";
import { writtenProperties } from "./write.ts";

/** A call, and where it leads. */
export interface EntityCall {
  readonly call: Call;
  readonly entities: Entities;
  readonly form: EntityForm;
  /** `https://services.example.com/odata/` */
  readonly root: string;
  /** Decoded. */
  readonly path: readonly string[];
  readonly pageSize: number;
}

const NOTHING: Answer = { status: 204, headers: {}, body: undefined };

/** Carries one call out. @throws {Refusal} what the service does not take */
export function serveEntities(entityCall: EntityCall): Answer {
  const { call, entities, form, path, root } = entityCall;
  if (path.length === 0) {
    const value = entities.names().map((name) => ({ name, url: name }));
    return answerOf(form, 200, { "@odata.context": `${root}$metadata`, value });
  }
  const target = entityTargetOf(path, entities);
  const method = call.method === "HEAD" ? "GET" : call.method;
  const answer = target.item === undefined
    ? onSet(method, target, entityCall)
    : onEntity(method, { ...target, item: target.item }, entityCall);
  return call.method === "HEAD" ? { ...answer, body: undefined } : answer;
}

function onSet(method: string, target: EntityTarget, entityCall: EntityCall): Answer {
  if (method === "GET") return list(target, entityCall);
  if (method === "POST" && !target.isCount) return create(target, entityCall);
  throw notAllowed(target.isCount ? "GET, HEAD" : "GET, HEAD, POST");
}

function onEntity(
  method: string,
  { set, item }: EntityTarget & { readonly item: StoredItem },
  { call, entities, form, root }: EntityCall,
): Answer {
  const place = { root, set: set.name };
  const ETag = entityTag(item);
  if (method === "GET") {
    if (call.headers["if-none-match"] === ETag) {
      return { status: 304, headers: { ETag }, body: undefined };
    }
    const view = shaped(form.member(place, item), call.url);
    return answerOf(form, 200, form.single(place, view), { ETag });
  }
  const condition = call.headers["if-match"];
  if (condition !== undefined && condition !== "*" && condition !== ETag) {
    throw new Refusal(412, "PreconditionFailed", "The entity has changed since it was read.");
  }
  if (method === "DELETE") {
    set.remove(item);
    return NOTHING;
  }
  if (method !== "PUT" && method !== "PATCH" && method !== "MERGE") {
    throw notAllowed("GET, HEAD, PUT, PATCH, MERGE, DELETE");
  }
  const properties = writtenProperties(call, entities, root);
  const changed = method === "PUT" ? set.replace(item, properties) : set.update(item, properties);
  return { ...NOTHING, headers: { ETag: entityTag(changed) } };
}

function list(target: EntityTarget, { call, form, root, pageSize }: EntityCall): Answer {
  const { set, parent } = target;
  const place: EntityPlace = { root, set: set.name };
  const listing: Listing = {
    stored: set.list().filter(({ properties }) =>
      parent === undefined || properties[parent.property] === parent.value
    ),
    show: (item) => form.member(place, item),
  };
  if (target.isCount) {
    const headers = { ...form.headers, "Content-Type": "text/plain; charset=utf-8" };
    return { status: 200, headers, body: String(countOf(listing, call.url)) };
  }
  const page = pageOf(listing, call.url, pageSize);
  // What was asked for by `$top` has no next page.
  const isAll = [...call.url.searchParams.keys()].some((name) => name.toLowerCase() === "$top");
  const nextLink = isAll ? undefined : page.nextLink;
  return answerOf(form, 200, form.list(place, { ...page, nextLink }));
}

function create({ set, parent }: EntityTarget, entityCall: EntityCall): Answer {
  const { call, entities, form, root } = entityCall;
  const written = writtenProperties(call, entities, root);
  const properties: Item = parent === undefined
    ? written
    : { ...written, [parent.property]: parent.value };
  const item = set.add(properties);
  if (item === undefined) {
    throw new Refusal(409, "EntityAlreadyExists", "There is an entity with this key already.");
  }
  const place = { root, set: set.name };
  const Location = entityUrl(place, item);
  const headers = { Location, ETag: entityTag(item) };
  if (/\breturn=minimal\b/i.test(call.headers["prefer"] ?? "")) {
    const applied = { "OData-EntityId": Location, "Preference-Applied": "return=minimal" };
    return { ...NOTHING, headers: { ...headers, ...applied } };
  }
  return answerOf(form, 201, form.single(place, form.member(place, item)), headers);
}

function answerOf(
  form: EntityForm,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { ...form.headers, ...headers }, body: JSON.stringify(body) };
}

function notAllowed(methods: string): Refusal {
  const headers = { Allow: methods };
  return new Refusal(405, "MethodNotAllowed", "This resource does not take this method.", headers);
}
