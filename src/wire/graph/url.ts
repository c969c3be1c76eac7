import { lengthOf, OperationError } from "../../operation/errors.ts";
import type { Operation } from "../../operation/operation.ts";
import { readGraphContext, TENANT } from "./context.ts";
import type { ServiceBase } from "../service.ts";
import { checkPath, pathBelow, refusedUrl } from "../service_url.ts";

/** Where an operation's URL leads. */
export interface GraphPlace {
  /** `me`, `users/…`, `groups/…`, or `tenant`. */
  readonly lane: string;
  /** What follows the version, slash included; query as well. */
  readonly target: string;
}

const SERVICE = "Graph";
const ENCODED_SLASH = /^[^?]*%2f/i;
/** In a path: an encoded slash, the beginning and the end of a drive's path; the query at once. */
const SLASHES = /%2f|:\/?|\?.*/gi;
const VERSION = /^(?:v\d+\.\d+|beta)(?:[/?]|$)/i;

/**
 * Where an operation leads: relative to the version with or without a leading slash, absolute, or, with a `context`,
 * relative to that (protocol C2).
 *
 * @param operation its URL and `context`
 * @param base where the service is
 * @returns lane and path
 * @throws {OperationError} when it leads elsewhere, or its `context` contradicts its URL
 */
export function graphPlaceOf(operation: Operation, base: ServiceBase): GraphPlace {
  const { url, context } = operation;
  const path = pathBelow(operation, base, SERVICE) ?? (url.startsWith("/") ? url.slice(1) : url);
  const found = readGraphContext(path);
  if (found?.isUnsafe === true) {
    throw refusedUrl(operation, SERVICE, "an id must hold no control characters once decoded");
  }
  const given = context === undefined ? undefined : contextNameOf(operation, context);
  const isRelative = found === undefined && given !== undefined && path === url;
  const whole = isRelative ? `${context!.replace(/^\//, "")}/${path}` : path;
  if (VERSION.test(whole)) {
    throw refusedUrl(operation, SERVICE, "a URL must be of the version of baseUrl");
  }
  checkPath(operation, whole, SERVICE);
  const lane = isRelative ? given : found?.name ?? TENANT;
  if (given === undefined || given === lane) return { lane, target: `/${keepingSlashes(whole)}` };
  throw refusedUrl(operation, SERVICE, "its context must be that of its URL");
}

/** Graph decodes a path twice, so a slash of an id arrives only if it is encoded as often; within a drive's path none can be one. */
function keepingSlashes(path: string): string {
  if (!ENCODED_SLASH.test(path)) return path;
  let isDrivePath = false;
  return path.replaceAll(SLASHES, (found) => {
    if (found.startsWith("%")) return isDrivePath ? found : "%252F";
    isDrivePath = !isDrivePath && found === ":/";
    return found;
  });
}

function contextNameOf(operation: Operation, context: string): string {
  const path = context.replace(/^\//, "");
  const found = readGraphContext(path);
  if (found?.length === path.length && !found.isUnsafe) return found.name;
  throw new OperationError(
    `Cannot send a ${operation.method} operation through Graph as its context must be me, users/… or groups/…: current value is ${
      lengthOf("a context", context)
    }`,
    { operation },
  );
}
