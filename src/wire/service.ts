import { kindOf } from "../operation/check/kind.ts";
import { lengthOf } from "../operation/errors.ts";
import { DEFAULT_LIMITS, type ReaderLimits } from "../mime/limits.ts";
import type { ServiceOptions } from "../options/options.ts";

/** By what URL a service calls itself in its links. */
export interface LinkBase {
  /** `https:` or `http:`. */
  readonly scheme: string;
  /** Host, with the port unless it is the scheme's own. */
  readonly host: string;
  /** The path, which begins and ends with a slash. */
  readonly path: string;
}

/** Where a service is. */
export interface ServiceBase extends LinkBase {
  /** Scheme and authority. */
  readonly origin: string;
  /** Stands on the `$batch` POST alone: `?sap-client=100`, or nothing. */
  readonly query: string;
  /** By what other URLs it calls itself in its links. */
  readonly links?: readonly LinkBase[];
}

/** Also an empty one; what is named by an address may stand in the path. */
const USER_OR_FRAGMENT = /^[^:]*:[\\/]*[^\\/?#]*@|#/;

/** What stands below a service root, and is copied with it. */
const RESOURCE = /\/\$(?:batch|metadata)\/$/i;

/**
 * Checks `baseUrl`.
 *
 * @param given as the user gave it
 * @param byDefault where the service is, unless the user says so
 * @returns where the service is
 * @throws {TypeError} when it is no absolute https URL (or http on a loopback host), holds a user or a fragment, or leads
 * below the service root
 */
export function checkedBaseUrl(given: unknown, byDefault?: string): ServiceBase {
  // `null` may be a setting that is missing: it must not send the token to another host.
  const baseUrl = given === undefined ? byDefault : given;
  if (typeof baseUrl !== "string") {
    throw refusedBaseUrl("be a string", kindOf(baseUrl));
  }
  const value = shown(baseUrl);
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined) throw refusedBaseUrl("be an absolute URL", value);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw refusedBaseUrl("be https, or http on a loopback host", value);
  }
  if (url.username !== "" || url.password !== "" || USER_OR_FRAGMENT.test(baseUrl)) {
    throw refusedBaseUrl("hold no user and no fragment", value);
  }
  const path = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
  if (path.includes("//")) throw refusedBaseUrl("hold no empty path segment", value);
  if (RESOURCE.test(path)) throw refusedBaseUrl("be the service root, without $batch", value);
  return { origin: url.origin, scheme: url.protocol, host: url.host, path, query: url.search };
}

/** The error of a `baseUrl` that names no version; `example` is one. */
export function withoutVersion({ origin, path }: ServiceBase, example: string): TypeError {
  return refusedBaseUrl(`end with a version such as ${example} or beta`, shown(origin + path));
}

/** Configuration is shown as it is, but for what may be a password or a signature. */
function shown(baseUrl: string): string {
  const [path = ""] = baseUrl.split(/[?#]/);
  if (path.includes("@") || !/^[\x20-\x7e]{1,200}$/.test(path)) {
    return lengthOf("a string", baseUrl);
  }
  return path === baseUrl ? path : `${path} with what follows it`;
}

/** The error of a `baseUrl`; `rule` completes "it must …". */
export function refusedBaseUrl(rule: string, value: string): TypeError {
  return new TypeError(
    `Cannot use option baseUrl as it must ${rule}: current value is ${value}`,
  );
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Checks the reader's limits.
 *
 * @param options as the user gave them
 * @returns the limits, with every default in its place
 * @throws {TypeError} when one is no number
 * @throws {RangeError} when one is no whole number from 1
 */
export function checkedLimits(options: ServiceOptions): ReaderLimits {
  return {
    maxPartHeaderBytes: limit(options, "maxPartHeaderBytes"),
    maxParts: limit(options, "maxParts"),
    maxNestingDepth: limit(options, "maxNestingDepth"),
  };
}

/**
 * Checks `parseJson` or `stringifyJson`.
 *
 * @param options as the user gave them
 * @param name of the option
 * @returns the function, if there is one
 * @throws {TypeError} when it is none
 */
export function checkedJsonFunction<N extends "parseJson" | "stringifyJson">(
  options: ServiceOptions,
  name: N,
): ServiceOptions[N] {
  const given: unknown = options[name];
  if (given === undefined || typeof given === "function") return options[name];
  throw new TypeError(
    `Cannot use option ${name} as it must be a function: current value is ${kindOf(given)}`,
  );
}

/** An option that is on or off. */
export function checkedFlag(name: string, value: unknown, byDefault = false): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? byDefault;
  throw new TypeError(
    `Cannot use option ${name} as it must be a boolean: current value is ${kindOf(value)}`,
  );
}

function limit(options: ServiceOptions, name: keyof ReaderLimits): number {
  const value: unknown = options[name];
  if (value === undefined) return DEFAULT_LIMITS[name];
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot use option ${name} as it must be a number: current value is ${kindOf(value)}`,
    );
  }
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot use option ${name} as it must be a whole number from 1: current value is ${value}`,
    );
  }
  return value;
}
