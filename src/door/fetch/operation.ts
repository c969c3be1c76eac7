import { del, get, head, merge, patch, post, put } from "../../operation/make.ts";
import type { Operation, OperationInit } from "../../operation/operation.ts";
import type { Call } from "./call.ts";

type Make = (url: string, body: string | Uint8Array | undefined, init: OperationInit) => Operation;

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
 */
export function toOperation(
  { method, url, headers }: Call,
  body: string | Uint8Array | undefined,
  init?: OperationInit,
): Operation {
  const make = MAKERS.get(method)!;
  if (init === undefined) {
    return make(url, body, { headers: Object.fromEntries(headers), read: "bytes" });
  }
  for (const [name, value] of Object.entries(init.headers ?? {})) headers.set(name, value);
  const { schema: _, ...rest } = init;
  return make(url, body, { ...rest, headers: Object.fromEntries(headers), read: "bytes" });
}
