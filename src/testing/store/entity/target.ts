import { Refusal } from "../../http/http.ts";
import type { StoredItem } from "../store.ts";
import type { Entities, EntitySet } from "./entities.ts";

/** Where a URL leads, below the service root. */
export interface EntityTarget {
  readonly set: EntitySet;
  /** `undefined`: the set itself. */
  readonly item: StoredItem | undefined;
  /** Of `Customers(7)/Orders`: the property of an order that names its customer. */
  readonly parent: { readonly property: string; readonly value: unknown } | undefined;
  /** `/$count`. */
  readonly isCount: boolean;
}

/** `Orders`, `Orders(7)`, `Orders(Id=7)`, `Orders('a')`. */
const SEGMENT = /^([A-Za-z_]\w*)(?:\((?:\w+=)?(.+)\))?$/;

/**
 * @param path decoded, at least one segment
 * @throws {Refusal} 404 when it leads nowhere
 */
export function entityTargetOf(path: readonly string[], entities: Entities): EntityTarget {
  const isCount = path.at(-1) === "$count";
  const [first, second, ...others] = isCount ? path.slice(0, -1) : path;
  if (others.length > 0) throw notFound(others[0]!);
  const { set, item } = stepOf(first ?? "", entities);
  if (second === undefined) {
    if (isCount && item !== undefined) throw notFound("$count");
    return { set, item, parent: undefined, isCount };
  }
  if (item === undefined) throw notFound(second);
  const next = stepOf(second, entities);
  const parent = { property: linkTo(set), value: item.properties[set.key] };
  if (next.item !== undefined && next.item.properties[parent.property] !== parent.value) {
    throw notFound(second);
  }
  return { ...next, parent, isCount };
}

/** The property that names an entity of this set: `CustomerId` for `Customers`. */
export function linkTo({ name, key }: EntitySet): string {
  return `${name.replace(/s$/, "")}${key}`;
}

function stepOf(segment: string, entities: Entities): Pick<EntityTarget, "set" | "item"> {
  const [, name = "", key] = SEGMENT.exec(segment) ?? [];
  const set = entities.get(name);
  if (set === undefined) throw notFound(segment);
  if (key === undefined) return { set, item: undefined };
  const item = set.get(key);
  if (item === undefined) {
    throw new Refusal(404, "ResourceNotFound", `There is no entity with this key in '${name}'.`);
  }
  return { set, item };
}

function notFound(segment: string): Refusal {
  return new Refusal(404, "ResourceNotFound", `Resource not found for the segment '${segment}'.`);
}
