import { lengthOf, OperationError } from "../operation/errors.ts";
import type { Operation } from "../operation/operation.ts";
import { faultInPath } from "./contained_path.ts";
import type { LinkBase, ServiceBase } from "./service.ts";

/** RFC 3986 §3.1; a relative path with a colon this early would be one too. */
const SCHEME = /^[a-z][a-z\d+.-]*:/i;
/** Scheme, authority, and the rest. */
const ABSOLUTE = /^([a-z][a-z\d+.-]*:)\/\/([^/?\\]*)(.*)/i;

/**
 * What follows the base path in an absolute URL of this service, or in a path that begins with the base path.
 *
 * @param operation its URL
 * @param base where the service is
 * @param service its name, for messages
 * @returns `undefined` for a URL that is relative to anything else
 * @throws {OperationError} when an absolute URL leads out of the service
 */
export function pathBelow(
  operation: Operation,
  base: ServiceBase,
  service: string,
): string | undefined {
  const { url } = operation;
  const { links = [] } = base;
  if (!SCHEME.test(url)) {
    if (!url.startsWith("/")) return undefined;
    return withoutBase(url, base) ?? firstOf(links, (link) => withoutBase(url, link));
  }
  const [, scheme, authority, rest] = ABSOLUTE.exec(url) ?? [];
  const isOf = (root: LinkBase) =>
    scheme?.toLowerCase() === root.scheme && isHost(authority!, root);
  const path = isOf(base) ? withoutBase(rest!, base) : undefined;
  const found = path ??
    firstOf(links, (link) => isOf(link) ? withoutBase(rest!, link) : undefined);
  if (found !== undefined) return found;
  throw refusedUrl(
    operation,
    service,
    isOf(base)
      ? "an absolute URL must begin with baseUrl"
      : "an absolute URL must be of the host of baseUrl or linkBase",
  );
}

/**
 * A link by which the service calls itself, written as a URL below `baseUrl`: whatever goes there goes through the proxy.
 *
 * @param operation its URL
 * @param base where the service is
 * @param service its name, for messages
 * @returns the operation's URL, unless it is such a link
 * @throws {OperationError} when an absolute URL leads out of the service
 */
export function throughBase(operation: Operation, base: ServiceBase, service: string): string {
  const { url } = operation;
  if (base.links === undefined || !(SCHEME.test(url) || url.startsWith("/"))) return url;
  const path = pathBelow(operation, base, service);
  if (path === undefined) return url;
  return `${url.startsWith("/") ? "" : base.origin}${base.path}${path}`;
}

function firstOf<T>(
  links: readonly LinkBase[],
  find: (link: LinkBase) => T | undefined,
): T | undefined {
  for (const link of links) {
    const found = find(link);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @throws {OperationError} when the path could lead out of where it is appended to */
export function checkPath(operation: Operation, path: string, service: string): void {
  const fault = faultInPath(path);
  if (fault !== undefined) throw refusedUrl(operation, service, `a URL ${fault}`);
}

/**
 * A relative path whose colons cannot be taken for that of a scheme (OData 4.01 Protocol §11.7.7.1).
 *
 * @param url of an operation, in any form
 * @returns what is written
 */
export function withoutColons(url: string): string {
  if (!url.includes(":") || url.startsWith("/") || SCHEME.test(url)) return url;
  const query = url.indexOf("?");
  const path = query === -1 ? url : url.slice(0, query);
  return `${path.replaceAll(":", "%3A")}${url.slice(path.length)}`;
}

/** The error of a URL; `rule` is a whole clause. */
export function refusedUrl(operation: Operation, service: string, rule: string): OperationError {
  return new OperationError(
    `Cannot send a ${operation.method} operation through ${service} as ${rule}: current value is ${
      lengthOf("a URL", operation.url)
    }`,
    { operation },
  );
}

function withoutBase(path: string, { path: basePath }: LinkBase): string | undefined {
  const { length } = basePath;
  return path.slice(0, length).toLowerCase() === basePath.toLowerCase()
    ? path.slice(length)
    : undefined;
}

function isHost(authority: string, { host, scheme }: LinkBase): boolean {
  const port = scheme === "https:" ? ":443" : ":80";
  const named = authority.toLowerCase();
  return named === host || (!host.endsWith(port) && named === host + port);
}
