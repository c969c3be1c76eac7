import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** A link of a page that leads to no page, or to no place on it. */
export interface DeadLink {
  readonly page: string;
  readonly link: string;
}

const LINK = /<(?:a|link|script|img|source)\b[^>]*?\b(?:href|src)="([^"]*)"/g;
const PLACE = /\b(?:id|name)="([^"]*)"/g;
/** Other sites are not asked. */
const OUTSIDE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/**
 * Follows every link between the pages of a folder.
 *
 * @param folder with a site in it
 * @returns the links that lead nowhere, in the order of the pages
 */
export function deadLinks(folder: string): readonly DeadLink[] {
  const pages = new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".html"))
      .sort()
      .map((path) => [resolve(folder, path), readFileSync(join(folder, path), "utf8")]),
  );
  const placesOf = new Map<string, Set<string>>();
  const leadsSomewhere = (page: string, link: string): boolean => {
    const [path = "", place = ""] = link.split("#", 2);
    const [file = ""] = path.split("?", 1);
    const target = file === "" ? page : resolve(dirname(page), decodeURIComponent(file));
    const html = pages.get(target);
    if (html === undefined) return existsSync(target) && statSync(target).isFile();
    if (place === "") return true;
    let places = placesOf.get(target);
    if (places === undefined) {
      placesOf.set(target, places = new Set([...html.matchAll(PLACE)].map(([, id = ""]) => id)));
    }
    return places.has(decodeURIComponent(place)) || places.has(place);
  };
  return [...pages].flatMap(([page, html]) =>
    [...html.matchAll(LINK)]
      .map(([, link = ""]) => link.replaceAll("&amp;", "&"))
      .filter((link) => !OUTSIDE.test(link) && !leadsSomewhere(page, link))
      .map((link) => ({ page: relative(folder, page), link }))
  );
}
