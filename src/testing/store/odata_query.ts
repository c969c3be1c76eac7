import { Refusal } from "../http/http.ts";
import { compare, filterOf, nameIn, valueAt } from "./odata_filter.ts";
import type { Item, StoredItem } from "./store.ts";

/** What Outlook gives when `$top` is absent, and the most that it takes. */
const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 1000;

const KNOWN = new Set([
  ...["$select", "$top", "$skip", "$filter", "$orderby", "$count", "$search", "$expand"],
  ...["$skiptoken", "$deltatoken"],
]);

/** One page. */
export interface Page {
  readonly items: readonly Item[];
  /** Of the items that the filter lets through, on all pages; only when asked for. */
  readonly count: number | undefined;
  /** The URL of the next page. */
  readonly nextLink: string | undefined;
}

/** A list as it lies in the store, and how a client sees one of its items. */
export interface Listing {
  readonly stored: readonly StoredItem[];
  show(item: StoredItem): Item;
}

/** Applies the query options of `url` to a list; `pageSize` is what the client prefers when it gives no `$top`. */
export function pageOf(listing: Listing, url: URL, pageSize: number | undefined): Page {
  const options = queryOptions(url);
  const skip = wholeNumber(options, "$skip", 0, Infinity) ?? 0;
  const top = wholeNumber(options, "$top", 1, LARGEST_PAGE) ?? pageSize ?? DEFAULT_PAGE;
  const found = matching(listing, options);
  const page = ordered(found, listing, options.get("$orderby")).slice(skip, skip + top);
  const items = page.map((item) => listing.show(item));
  const select = options.get("$select");
  return {
    items: select === undefined ? items : selected(items, withExpanded(select, options)),
    count: options.get("$count")?.toLowerCase() === "true" ? found.length : undefined,
    nextLink: skip + top < found.length ? linkTo(url, skip + top) : undefined,
  };
}

/** Applies `$select` of `url` to a single item. */
export function shaped(item: Item, url: URL): Item {
  const options = queryOptions(url);
  const select = options.get("$select");
  return select === undefined ? item : selected([item], withExpanded(select, options))[0] as Item;
}

/** How many items the filter of `url` lets through. */
export function countOf(listing: Listing, url: URL): number {
  return matching(listing, queryOptions(url)).length;
}

function matching(
  { stored, show }: Listing,
  options: ReadonlyMap<string, string>,
): readonly StoredItem[] {
  const filter = options.get("$filter");
  const search = options.get("$search");
  if (search !== undefined) {
    if (filter !== undefined) throw badQuery("The query option $search goes without $filter.");
    return searched(stored, show, search);
  }
  if (filter === undefined) return stored;
  const fits = filterOf(filter);
  return stored.filter((item) => fits(show(item)));
}

/** Those in which each word occurs somewhere, whatever its letter case. */
function searched(
  stored: readonly StoredItem[],
  show: Listing["show"],
  search: string,
): readonly StoredItem[] {
  const words = search.replaceAll('"', "").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) throw badQuery("The query option $search must name a word.");
  return stored.filter((item) => {
    const text = JSON.stringify(show(item)).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function queryOptions(url: URL): Map<string, string> {
  const options = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const known = name.toLowerCase();
    if (known.startsWith("$") && !KNOWN.has(known)) {
      throw badQuery(`The query option ${known} is none that this server knows.`);
    }
    if (options.has(known)) throw badQuery(`The query option ${known} may be given once.`);
    options.set(known, value);
  }
  return options;
}

function wholeNumber(
  options: ReadonlyMap<string, string>,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw badQuery(`The query option ${name} must be a whole number from ${least} to ${most}.`);
  }
  return value;
}

function ordered(
  items: readonly StoredItem[],
  { show }: Listing,
  orderby: string | undefined,
): readonly StoredItem[] {
  if (orderby === undefined) return items;
  const keys = orderby.split(",").map((key) => {
    const match = /^\s*([\w.@/]+)(?:\s+(asc|desc))?\s*$/i.exec(key);
    if (match === null) throw badQuery("The query option $orderby must name properties.");
    return { path: match[1] as string, sign: match[2]?.toLowerCase() === "desc" ? -1 : 1 };
  });
  const views = items.map((item) => ({ item, view: show(item) }));
  views.sort((left, right) => {
    for (const { path, sign } of keys) {
      const [a, b] = [valueAt(left.view, path) ?? null, valueAt(right.view, path) ?? null];
      // What is not there comes first (OData 4.01 §11.2.6.2).
      const order = a === null || b === null
        ? Number(a !== null) - Number(b !== null)
        : compare(a, b);
      if (order > 0 || order < 0) return order * sign;
    }
    return 0;
  });
  return views.map(({ item }) => item);
}

/** What is expanded is selected too (OData 4.01 §11.2.5.1). */
function withExpanded(select: string, options: ReadonlyMap<string, string>): string {
  const expand = options.get("$expand");
  return expand === undefined ? select : `${select},${expand}`;
}

/** The named properties, and those that say which item it is. */
function selected(items: readonly Item[], select: string): Item[] {
  const wanted = select.split(",").map((name) => name.trim());
  for (const name of wanted) {
    if (items.length > 0 && items.every((item) => nameIn(item, name) === undefined)) {
      throw badQuery(`The query option $select names '${name}', which is no property here.`);
    }
  }
  return items.map((item) => {
    const names = new Set(
      Object.keys(item).filter((name) => /^@odata\.|^id$/i.test(name)),
    );
    for (const name of wanted) names.add(nameIn(item, name) ?? "");
    return Object.fromEntries([...names].filter((name) => name in item).map((n) => [n, item[n]]));
  });
}

function linkTo(url: URL, skip: number): string {
  const link = new URL(url);
  for (const name of [...link.searchParams.keys()]) {
    if (name.toLowerCase() === "$skip") link.searchParams.delete(name);
  }
  link.searchParams.set("$skip", String(skip));
  return link.href;
}

function badQuery(message: string): Refusal {
  return new Refusal(400, "RequestBroker-ParseUri", message);
}
