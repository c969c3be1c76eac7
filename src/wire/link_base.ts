import { kindOf } from "../operation/check/kind.ts";
import { lengthOf } from "../operation/errors.ts";
import type { LinkBase, ServiceBase } from "./service.ts";

/**
 * A service that is reached through a proxy: its links name its own host, and are followed through the proxy.
 *
 * @param base where operations are sent
 * @param linkBase as the user gave it
 * @param known what the dialect knows itself
 * @returns the base, which knows its links
 * @throws {TypeError} when `linkBase` is no absolute http URL, or holds more than host and path
 */
export function withLinks(
  base: ServiceBase,
  linkBase: unknown,
  known: readonly LinkBase[] = [],
): ServiceBase {
  const links = linkBase === undefined ? known : [checkedLinkBase(linkBase), ...known];
  return links.length === 0 ? base : { ...base, links };
}

function checkedLinkBase(linkBase: unknown): LinkBase {
  if (typeof linkBase !== "string") throw refused("be a string", kindOf(linkBase));
  const value = lengthOf("a string", linkBase);
  const url = URL.canParse(linkBase) ? new URL(linkBase) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw refused("be an absolute URL of http or https", value);
  }
  if (/[?#@]/.test(linkBase)) throw refused("hold no user, no query and no fragment", value);
  const path = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
  return { scheme: url.protocol, host: url.host, path };
}

function refused(rule: string, value: string): TypeError {
  return new TypeError(`Cannot use option linkBase as it must ${rule}: current value is ${value}`);
}
