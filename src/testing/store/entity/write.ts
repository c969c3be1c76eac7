import { type Call, Refusal } from "../../http/http.ts";
import { segmentsIn } from "../../http/routes.ts";
import type { Item } from "../store.ts";
import type { Entities } from "./entities.ts";
import { entityTargetOf, linkTo } from "./target.ts";

const BIND = /^(\w+)@odata\.bind$/;

/**
 * The properties in the body of a write; `Customer@odata.bind` becomes the property that names the customer.
 *
 * @throws {Refusal} 415 when it is no JSON by its Content-Type, 400 when it is none by itself, or binds to nothing
 */
export function writtenProperties(call: Call, entities: Entities, root: string): Item {
  const type = call.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(415, "UnsupportedMediaType", "The Content-Type must be application/json.");
  }
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(objectIn(call.body))) {
    if (BIND.test(name)) Object.assign(properties, bound(value, entities, root));
    else if (!/^(?:@|odata\.|__metadata$)/.test(name)) properties[name] = value;
  }
  return properties;
}

function objectIn(bytes: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new Refusal(400, "BadRequest", `The body of ${bytes.length} bytes is no JSON object.`);
}

function bound(value: unknown, entities: Entities, root: string): Item {
  if (typeof value !== "string") throw badBind();
  const path = value.startsWith(root) ? value.slice(root.length) : value.replace(/^\//, "");
  try {
    const { set, item } = entityTargetOf(segmentsIn(path), entities);
    if (item !== undefined) return { [linkTo(set)]: item.properties[set.key] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw badBind();
}

function badBind(): Refusal {
  return new Refusal(400, "BadRequest", "A property with @odata.bind must name an entity.");
}
