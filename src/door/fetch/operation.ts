import { del, get, head, merge, patch, post, put } from "../../operation/make.ts";
import type { Operation, OperationInit } from "../../operation/operation.ts";
import type { Octets } from "./body.ts";
import type { Call } from "./call.ts";

type Make = (url: string, body: Octets, init: OperationInit) => Operation;

const MAKERS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ["GET", (url, _, init) => get(url, init)],
  ["HEAD", (url, _, init) => head(url, init)],
  ["DELETE", (url, _, init) => del(url, init)],
  ["POST", post],
  ["PUT", put],
  ["PATCH", patch],
  ["MERGE", merge],
]);

/** Why a call cannot travel in any batch, if so. */
export function cannotTravel({ method, body, headers, rest }: Call): string | undefined {
  if (!MAKERS.has(method)) return "its method must be one that a batch can carry";
  if (method === "DELETE" && body.kind !== "none") return "a DELETE in a batch has no body";
  if (body.kind === "stream" && !headers.has("content-length")) {
    return "the length of a stream must be known";
  }
  if (rest.integrity !== undefined && rest.integrity !== "") return "a batch checks no integrity";
  return undefined;
}

/**
 * The operation that a call becomes.
 *
 * @throws {OperationError} when a batch cannot carry it
 * @throws {TypeError} when no operation can be what `init` says
 */
export function toOperation(
  { method, url, headers }: Call,
  body: Octets,
  init?: OperationInit,
): Operation {
  const make = MAKERS.get(method)!;
  if (init === undefined) {
    return make(url, body, { headers: Object.fromEntries(headers), read: "bytes" });
  }
  const { schema: _, headers: own, ...rest } = init;
  // The call's own stay as they are: outside batches nothing of `init` goes along.
  const all = new Headers(headers);
  for (const [name, value] of new Headers(own)) all.set(name, value);
  try {
    return make(url, body, { ...rest, headers: Object.fromEntries(all), read: "bytes" });
  } catch (cause) {
    // What the call alone is refused for is not what `init` says.
    make(url, body, { headers: Object.fromEntries(headers), read: "bytes" });
    throw new TypeError((cause as Error).message, { cause });
  }
}
