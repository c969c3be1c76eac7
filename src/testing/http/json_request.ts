import type { BatchMember } from "./batch.ts";
import { type HeaderRecord, Refusal } from "./http.ts";
import { Groups } from "./groups.ts";

/** What dialects ask for. */
export interface JsonRules {
  /** The code of a refusal. */
  readonly code: string;
  readonly methods: readonly string[];
  /** Equal for ids that mean the same. */
  idKey(id: string): string;
  /** Is a `text/*` body a string as it is, or base64 like anything else that is no JSON? */
  readonly takesPlainText: boolean;
  /** Does it know `atomicityGroup`? One that does not takes no notice of it. */
  readonly takesGroups: boolean;
}

const ODATA_RULES: JsonRules = {
  code: "ErrorBatchMalformed",
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  idKey: (id) => id,
  takesPlainText: true,
  takesGroups: false,
};

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a batch request in JSON (OData 4.01 JSON Format §19.1).
 *
 * @throws {Refusal} 400 for anything malformed
 */
export function readJsonRequest(
  bytes: Uint8Array,
  rules: JsonRules = ODATA_RULES,
): BatchMember[] {
  try {
    return membersIn(bytes, rules);
  } catch (error) {
    if (error instanceof Malformed) throw new Refusal(400, rules.code, error.message);
    throw error;
  }
}

/** A breach of the form, whoever asks for it. */
class Malformed extends Error {}

function membersIn(bytes: Uint8Array, rules: JsonRules): BatchMember[] {
  const requests = objectIn(bytes)["requests"];
  if (!Array.isArray(requests)) {
    throw malformed("A batch in JSON must hold an array named 'requests'.");
  }
  const places = new Map<string, number>();
  const groups = new Groups();
  return requests.map((request: unknown, index) => {
    if (!isObject(request)) throw malformed(`Request ${index} must be an object.`);
    const group = rules.takesGroups ? groupOf(request, index) : undefined;
    const member = memberOf(request, index, { rules, places, groups });
    if (group !== undefined && !groups.join(group, index)) {
      throw malformed(`Request ${index} must stand next to the others of its atomicityGroup.`);
    }
    places.set(rules.idKey(member.id as string), index);
    return { ...member, group };
  });
}

function objectIn(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw malformed(`The batch of ${bytes.length} bytes is no JSON in UTF-8.`);
  }
  if (!isObject(value)) throw malformed("A batch in JSON must be an object.");
  return value;
}

function memberOf(
  request: JsonObject,
  index: number,
  { rules, places, groups }: {
    readonly rules: JsonRules;
    readonly places: ReadonlyMap<string, number>;
    readonly groups: Groups;
  },
): BatchMember {
  const { id, method, url, dependsOn = [], body } = request;
  if (typeof id !== "string" || id === "" || places.has(rules.idKey(id))) {
    throw malformed(`Request ${index} must have an id of its own.`);
  }
  if (typeof method !== "string" || !rules.methods.includes(method.toUpperCase())) {
    throw malformed(`Request ${index} must have one of the methods ${rules.methods.join(", ")}.`);
  }
  if (typeof url !== "string" || url === "") throw malformed(`Request ${index} must have a url.`);
  if (!Array.isArray(dependsOn)) throw malformed(`dependsOn of request ${index} must be an array.`);
  const headers = headersOf(request["headers"], index);
  const given = body !== undefined && body !== null;
  if (given && /^(get|head|delete)$/i.test(method)) {
    throw malformed(`Request ${index} must have no body, being a ${method.toUpperCase()}.`);
  }
  return {
    method: method.toUpperCase(),
    url,
    headers,
    body: given ? bytesOf(body, headers["content-type"], { index, rules }) : new Uint8Array(0),
    id,
    dependsOn: dependsOn.flatMap((earlier: unknown) => {
      const place = typeof earlier === "string" ? places.get(rules.idKey(earlier)) : undefined;
      const group = typeof earlier === "string" ? groups.placesOf(earlier) : undefined;
      if (place === undefined && group === undefined) {
        throw malformed(`dependsOn of request ${index} must name requests in front of it.`);
      }
      return place ?? group!;
    }),
    group: undefined,
  };
}

function groupOf(request: JsonObject, index: number): string | undefined {
  const { atomicityGroup: group } = request;
  if (group === undefined || (typeof group === "string" && group !== "")) return group;
  throw malformed(`The atomicityGroup of request ${index} must be a name.`);
}

function headersOf(headers: unknown, index: number): HeaderRecord {
  if (headers === undefined || headers === null) return {};
  if (!isObject(headers)) throw malformed(`headers of request ${index} must be an object.`);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (typeof value !== "string") {
        throw malformed(`Header ${name} of request ${index} must be a string.`);
      }
      return [name.toLowerCase(), value];
    }),
  );
}

/** JSON as it is, text as a string, anything else in base64url (OData 4.01 JSON Format §19.1). */
function bytesOf(
  body: unknown,
  contentType: string | undefined,
  { index, rules }: { readonly index: number; readonly rules: JsonRules },
): Uint8Array {
  const type = contentType?.toLowerCase() ?? "";
  if (type === "") throw malformed(`Request ${index} must have a content-type, having a body.`);
  if (/^application\/([\w.-]+\+)?json\b/.test(type)) {
    return new TextEncoder().encode(JSON.stringify(body));
  }
  if (typeof body !== "string") throw malformed(`The body of request ${index} must be a string.`);
  if (rules.takesPlainText && type.startsWith("text/")) return new TextEncoder().encode(body);
  try {
    const base64 = body.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw malformed(`The body of request ${index} must be base64url.`);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(message: string): Malformed {
  return new Malformed(message);
}
