import { lengthOf } from "../../operation/errors.ts";
import { type GivenBody, givenBody } from "./body.ts";

/** Where `fetch` was asked to go, and how. */
export interface Call {
  readonly method: string;
  /** Absolute, without a fragment. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: GivenBody;
  readonly signal: AbortSignal | undefined;
  readonly redirect: RequestRedirect;
  /** What was given, where that says all by itself. */
  readonly request: Request | undefined;
  /** What the platform's own `fetch` would heed and a batch cannot: it goes along to a fallback. */
  readonly rest: RequestInit;
}

/** Methods that `fetch` spells in capitals whatever the caller does, and `patch`, which a server would refuse. */
const KNOWN_METHODS: ReadonlySet<string> = new Set(
  ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "MERGE"],
);

/**
 * Reads what `fetch` was given, as `new Request(input, init)` would; no Request is built where the input is a string.
 *
 * @throws {TypeError} where `new Request` would throw one
 */
export function readCall(input: string | URL | Request, given?: RequestInit | null): Call {
  const init = given ?? {};
  const request = isRequest(input) ? input : undefined;
  const method = methodOf(init.method ?? request?.method ?? "GET");
  const headers = new Headers(init.headers ?? request?.headers);
  const body = bodyOf(request, init);
  if (body.contentType !== undefined && !headers.has("content-type")) {
    headers.set("content-type", body.contentType);
  }
  if (body.kind !== "none" && (method === "GET" || method === "HEAD")) {
    throw new TypeError(
      `Cannot fetch as a ${method} request must have no body: current value is one with a body`,
    );
  }
  return {
    method,
    url: urlOf(request?.url ?? input),
    headers,
    body,
    signal: init.signal === null ? undefined : init.signal ?? request?.signal,
    redirect: init.redirect ?? request?.redirect ?? "follow",
    request: given === undefined || given === null ? request : undefined,
    rest: request === undefined ? init : { ...restOf(request), ...init },
  };
}

/** One of another realm, or of a polyfill, is a Request here too. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === "object" && input !== null && "headers" in input && "url" in input;
}

function methodOf(given: string): string {
  const upper = String(given).toUpperCase();
  return KNOWN_METHODS.has(upper) ? upper : String(given);
}

function bodyOf(request: Request | undefined, init: RequestInit): GivenBody {
  if (init.body !== undefined && init.body !== null) return givenBody(init.body);
  // A body of null is none given, so that of the Request stays.
  if (request === undefined) return givenBody(undefined);
  if (request.bodyUsed) {
    throw new TypeError(
      "Cannot fetch as a Request must not have been used before: current value is one whose body was read",
    );
  }
  // Some runtimes have no `body` on a Request; those that have say so by null.
  return request.body === null
    ? givenBody(undefined)
    : { kind: "read", read: () => bytesOf(request) };
}

/** An empty one may be a file's; there is no JSON of nothing. */
async function bytesOf(request: Request): Promise<Uint8Array | undefined> {
  const isNone = request.body === undefined ||
    request.headers.get("content-type")?.includes("json");
  const bytes = new Uint8Array(await request.arrayBuffer());
  return bytes.length === 0 && isNone ? undefined : bytes;
}

function urlOf(given: unknown): string {
  const text = String(given);
  const base = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  const url = parsed(text, base);
  if (url === undefined) {
    throw new TypeError(
      `Cannot fetch as a URL must be absolute: current value is ${lengthOf("a text", text)}`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      "Cannot fetch as a URL must hold no credentials: current value is one that does",
    );
  }
  if (url.hash !== "") url.hash = "";
  const { href } = url;
  return href.endsWith("#") ? href.slice(0, -1) : href;
}

function parsed(text: string, base: string | undefined): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

function restOf(
  { credentials, cache, integrity, keepalive, referrerPolicy }: Request,
): RequestInit {
  return { credentials, cache, integrity, keepalive, referrerPolicy };
}
