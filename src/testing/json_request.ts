import type { BatchMember } from "./batch.ts";
import { type HeaderRecord, Refusal } from "./http.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a batch request in JSON (OData 4.01 JSON Format §19.1).
 *
 * @throws {Refusal} 400 for anything malformed
 */
export function readJsonRequest(bytes: Uint8Array): BatchMember[] {
  const requests = objectIn(bytes)["requests"];
  if (!Array.isArray(requests)) {
    throw malformed("A batch in JSON must hold an array named 'requests'.");
  }
  const places = new Map<string, number>();
  return requests.map((request: unknown, index) => {
    if (!isObject(request)) throw malformed(`Request ${index} must be an object.`);
    const member = memberOf(request, index, places);
    places.set(member.id as string, index);
    return member;
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
  places: ReadonlyMap<string, number>,
): BatchMember {
  const { id, method, url, dependsOn = [], body } = request;
  if (typeof id !== "string" || id === "" || places.has(id)) {
    throw malformed(`Request ${index} must have an id of its own.`);
  }
  if (typeof method !== "string" || !METHODS.has(method.toUpperCase())) {
    throw malformed(`Request ${index} must have one of the methods ${[...METHODS].join(", ")}.`);
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
    body: given ? bytesOf(body, headers["content-type"], index) : new Uint8Array(0),
    id,
    dependsOn: dependsOn.map((earlier: unknown) => {
      const place = typeof earlier === "string" ? places.get(earlier) : undefined;
      if (place === undefined) {
        throw malformed(`dependsOn of request ${index} must name requests in front of it.`);
      }
      return place;
    }),
  };
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
function bytesOf(body: unknown, contentType: string | undefined, index: number): Uint8Array {
  const type = contentType?.toLowerCase() ?? "";
  if (type === "") throw malformed(`Request ${index} must have a content-type, having a body.`);
  if (/^application\/([\w.-]+\+)?json\b/.test(type)) {
    return new TextEncoder().encode(JSON.stringify(body));
  }
  if (typeof body !== "string") throw malformed(`The body of request ${index} must be a string.`);
  if (type.startsWith("text/")) return new TextEncoder().encode(body);
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

function malformed(message: string): Refusal {
  return new Refusal(400, "ErrorBatchMalformed", message);
}
