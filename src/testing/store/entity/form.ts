import type { Refusal } from "../../http/http.ts";
import type { Item, StoredItem } from "../store.ts";

/** Where an entity is. */
export interface EntityPlace {
  /** `https://services.example.com/odata/` */
  readonly root: string;
  /** The name of its set. */
  readonly set: string;
}

/** A page of a list. */
export interface ListPage {
  readonly items: readonly Item[];
  readonly count: number | undefined;
  readonly nextLink: string | undefined;
}

/** How one version of OData writes JSON. */
export interface EntityForm {
  /** What it says of its version. */
  readonly headers: Readonly<Record<string, string>>;
  /** An entity, as a member of a list. */
  member(place: EntityPlace, item: StoredItem): Item;
  /** An entity by itself. */
  single(place: EntityPlace, member: Item): unknown;
  list(place: EntityPlace, page: ListPage): unknown;
  error(refusal: Refusal): unknown;
}

/** An ETag of an entity. */
export function entityTag({ version }: StoredItem): string {
  return `W/"${version}"`;
}

/** The URL of an entity. */
export function entityUrl({ root, set }: EntityPlace, { id }: StoredItem): string {
  return `${root}${set}(${encodeURIComponent(id).replaceAll("'", "%27")})`;
}

/** @param version as a service of version 4 names it */
export function formOf4(version: "4.0" | "4.01"): EntityForm {
  return {
    headers: {
      "OData-Version": version,
      "Content-Type": "application/json;odata.metadata=minimal;charset=utf-8",
    },
    member: (place, item) => ({
      "@odata.id": entityUrl(place, item),
      "@odata.etag": entityTag(item),
      ...item.properties,
    }),
    single: ({ root, set }, member) => ({
      "@odata.context": `${root}$metadata#${set}/$entity`,
      ...member,
    }),
    list: ({ root, set }, { items, count, nextLink }) => ({
      "@odata.context": `${root}$metadata#${set}`,
      ...(count === undefined ? {} : { "@odata.count": count }),
      value: items,
      ...(nextLink === undefined ? {} : { "@odata.nextLink": nextLink }),
    }),
    error: ({ code, message }) => ({ error: { code, message } }),
  };
}

/** The JSON Light of version 3. */
export const FORM_3: EntityForm = {
  headers: {
    "DataServiceVersion": "3.0;",
    "Content-Type": "application/json;odata=minimalmetadata;charset=utf-8",
  },
  member: (place, item) => ({
    "odata.id": entityUrl(place, item),
    "odata.etag": entityTag(item),
    ...item.properties,
  }),
  single: ({ root, set }, member) => ({
    "odata.metadata": `${root}$metadata#${set}/@Element`,
    ...member,
  }),
  list: ({ root, set }, { items, count, nextLink }) => ({
    "odata.metadata": `${root}$metadata#${set}`,
    ...(count === undefined ? {} : { "odata.count": String(count) }),
    value: items,
    ...(nextLink === undefined ? {} : { "odata.nextLink": nextLink }),
  }),
  error: ({ code, message }) => ({
    "odata.error": { code, message: { lang: "en-US", value: message } },
  }),
};

/** The JSON Verbose of version 2, in which all stands below `d`. */
export const FORM_2: EntityForm = {
  headers: { "DataServiceVersion": "2.0", "Content-Type": "application/json" },
  member: (place, item) => ({
    __metadata: {
      uri: entityUrl(place, item),
      etag: entityTag(item),
      type: `Fake.${place.set}`,
    },
    ...item.properties,
  }),
  single: (_place, member) => ({ d: member }),
  list: (_place, { items, count, nextLink }) => ({
    d: {
      ...(count === undefined ? {} : { __count: String(count) }),
      results: items,
      ...(nextLink === undefined ? {} : { __next: nextLink }),
    },
  }),
  error: ({ code, message }) => ({ error: { code, message: { lang: "en", value: message } } }),
};
