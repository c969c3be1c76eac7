import { Refusal } from "./http.ts";
import { compare, filterOf, nameIn, valueAt } from "./odata_filter.ts";
import type { Item } from "./store.ts";

/** What Outlook gives when `$top` is absent, and the most that it takes. */
const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 1000;

const KNOWN = new Set(["$select", "$top", "$skip", "$filter", "$orderby", "$count"]);

/** One page. */
export interface Page {
  readonly items: readonly Item[];
  /** Of the items that the filter lets through, on all pages; only when asked for. */
  readonly count: number | undefined;
  /** The URL of the next page. */
  readonly nextLink: string | undefined;
}

/** Applies the query options of `url` to a list; `pageSize` is what the client prefers when it gives no `$top`. */
export function pageOf(items: readonly Item[], url: URL, pageSize: number | undefined): Page {
  const options = queryOptions(url);
  const skip = wholeNumber(options, "$skip", 0, Infinity) ?? 0;
  const top = wholeNumber(options, "$top", 1, LARGEST_PAGE) ?? pageSize ?? DEFAULT_PAGE;
  const found = matching(items, options);
  const page = ordered(found, options.get("$orderby")).slice(skip, skip + top);
  const select = options.get("$select");
  return {
    items: select === undefined ? page : selected(page, select),
    count: options.get("$count")?.toLowerCase() === "true" ? found.length : undefined,
    nextLink: skip + top < found.length ? linkTo(url, skip + top) : undefined,
  };
}

/** Applies `$select` of `url` to a single item. */
export function shaped(item: Item, url: URL): Item {
  const select = queryOptions(url).get("$select");
  return select === undefined ? item : selected([item], select)[0] as Item;
}

/** How many items the filter of `url` lets through. */
export function countOf(items: readonly Item[], url: URL): number {
  return matching(items, queryOptions(url)).length;
}

function matching(items: readonly Item[], options: ReadonlyMap<string, string>): readonly Item[] {
  const filter = options.get("$filter");
  return filter === undefined ? items : items.filter(filterOf(filter));
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

function ordered(items: readonly Item[], orderby: string | undefined): readonly Item[] {
  if (orderby === undefined) return items;
  const keys = orderby.split(",").map((key) => {
    const match = /^\s*([\w.@/]+)(?:\s+(asc|desc))?\s*$/i.exec(key);
    if (match === null) throw badQuery("The query option $orderby must name properties.");
    return { path: match[1] as string, sign: match[2]?.toLowerCase() === "desc" ? -1 : 1 };
  });
  return items.toSorted((left, right) => {
    for (const { path, sign } of keys) {
      const order = compare(valueAt(left, path), valueAt(right, path));
      if (order > 0 || order < 0) return order * sign;
    }
    return 0;
  });
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
