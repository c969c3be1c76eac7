import { Refusal } from "../http/http.ts";
import type { Item } from "./store.ts";

type Predicate = (item: Item) => boolean;

/** `path operator literal`; a quote inside a string is doubled (OData 4.01 URL Conventions §5.1.1.14.1). */
const CLAUSE =
  /\s*([A-Za-z_@][\w.@]*(?:\/[A-Za-z_]\w*)*)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[^\s'()]+)\s*/y;
const AND = /and\s/y;
const DATE = /^\d{4}-\d\d-\d\d(T|$)/;

/** Comparisons, joined by `and`. */
export function filterOf(text: string): Predicate {
  const clauses: Predicate[] = [];
  let at = 0;
  do {
    CLAUSE.lastIndex = at;
    const match = CLAUSE.exec(text);
    if (match === null) throw unreadable(text, at);
    const [, path = "", operator = "", literal = ""] = match;
    clauses.push(comparison(path, operator, literalOf(literal)));
    at = CLAUSE.lastIndex;
    AND.lastIndex = at;
    if (at < text.length && !AND.test(text)) throw unreadable(text, at);
    at = AND.lastIndex;
  } while (at > 0 && at < text.length);
  return (item) => clauses.every((clause) => clause(item));
}

function unreadable(text: string, at: number): Refusal {
  return new Refusal(
    400,
    "RequestBroker-ParseUri",
    `The $filter of ${text.length} characters cannot be read from character ${at} on: ` +
      "this server knows comparisons joined by 'and'.",
  );
}

function literalOf(literal: string): unknown {
  if (literal.startsWith("'")) return literal.slice(1, -1).replaceAll("''", "'");
  if (literal === "null") return null;
  if (literal === "true" || literal === "false") return literal === "true";
  return DATE.test(literal) || Number.isNaN(Number(literal)) ? literal : Number(literal);
}

function comparison(path: string, operator: string, wanted: unknown): Predicate {
  return (item) => {
    const order = compare(valueAt(item, path), wanted);
    switch (operator) {
      case "eq":
        return order === 0;
      case "ne":
        return order !== 0;
      case "gt":
        return order > 0;
      case "ge":
        return order >= 0;
      case "lt":
        return order < 0;
      default:
        return order <= 0;
    }
  };
}

/** Negative, zero, positive; `NaN` for what cannot be compared, so that only `ne` holds. */
export function compare(left: unknown, right: unknown): number {
  const [a, b] = [ordinal(left), ordinal(right)];
  if (a === b) return 0;
  if (typeof a !== typeof b || a === null || b === null) return NaN;
  return a < b ? -1 : 1;
}

function ordinal(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") {
    const time = DATE.test(value) ? Date.parse(value) : NaN;
    return Number.isNaN(time) ? value : time;
  }
  return typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value);
}

/** `From/EmailAddress/Address`, names in any letter case. */
export function valueAt(item: Item, path: string): unknown {
  let value: unknown = item;
  for (const step of path.split("/")) {
    if (typeof value !== "object" || value === null) return undefined;
    const name = nameIn(value, step);
    value = name === undefined ? undefined : (value as Item)[name];
  }
  return value;
}

/** The property's own spelling. */
export function nameIn(item: object, name: string): string | undefined {
  if (Object.hasOwn(item, name)) return name;
  const wanted = name.toLowerCase();
  return Object.keys(item).find((own) => own.toLowerCase() === wanted);
}
