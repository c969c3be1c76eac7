import { kindOf } from "../../operation/check/kind.ts";
import type { KnownNames } from "../../operation/check/known_names.ts";
import type { Operation } from "../../operation/operation.ts";
import { checkOptionNames, serviceNames } from "../../options/names.ts";
import type { ServiceOptions } from "../../options/options.ts";
import { forParts } from "../headers/given.ts";
import { type ServiceBase, withoutVersion } from "../service.ts";

/**
 * What `batchGraph` and `createGraphBatcher` take. There is no `continueOnError`: Graph always goes on.
 *
 * Graph throttles Outlook resources per app and mailbox, at four requests at a time, and forwards up to four requests of
 * one batch at a time, whatever their mailbox; of requests that depend on each other it forwards one at a time
 * (https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits). So one batch in flight per mailbox uses
 * the limit up, and two overrun it: `concurrencyPerContext` is 1 here, which allows one batch, or up to four chains.
 */
export interface GraphOptions extends Omit<ServiceOptions, "continueOnError"> {
  /**
   * Host and version, in one of Microsoft's clouds; https, or http on a loopback host.
   *
   * @default "https://graph.microsoft.com/v1.0/"
   */
  readonly baseUrl?: string | undefined;
  /**
   * Batch POSTs in flight for one mailbox.
   *
   * @default 1
   */
  readonly concurrencyPerContext?: number | undefined;
  /**
   * Chooses the lane, and with it the name that the token function is given. `lane` is the default: `me`, `users/…`,
   * `groups/…`, or `tenant` for everything else.
   *
   * @default the lane that the URL leads to
   */
  readonly laneOf?: ((operation: Operation, lane: string) => string) | undefined;
  /**
   * Fills batches across lanes, which Graph allows: for many mailboxes with few calls each. Pauses and
   * `concurrencyPerContext` still hold for each lane. One token must open them all; its function is given `tenant`.
   *
   * @default true when `token` is a string or a credential, which open all lanes alike, false for a function
   */
  readonly mixContexts?: boolean | undefined;
}

const ownNames = (): KnownNames<GraphOptions> => ({
  ...serviceNames(),
  baseUrl: true,
  laneOf: true,
  mixContexts: true,
});

/** @throws {TypeError} when there is a name that nobody reads, or that of what Graph does in any case */
export function checkNames(options: GraphOptions): void {
  checkOptionNames(options, ownNames());
  const { continueOnError }: ServiceOptions = options;
  if (continueOnError === undefined) return;
  throw new TypeError(
    `Cannot use option continueOnError as Graph always goes on after an error: current value is ${
      String(continueOnError)
    }`,
  );
}

const VERSION = /\/(?:v\d+\.\d+|beta)\/$/i;

/** @throws {TypeError} when the URL names none */
export function checkVersion(base: ServiceBase): void {
  if (!VERSION.test(base.path)) throw withoutVersion(base, "v1.0");
}

/** A function may have a token for each lane. */
export function opensAll(token: GraphOptions["token"]): boolean {
  return token !== undefined && typeof token !== "function";
}

/**
 * `Authorization` is the batch's, all others are the operations'; `User-Agent` is both's, as traffic that does not say
 * whose it is on the POST is throttled first.
 */
export function splitHeaders(given: Readonly<Record<string, string>>): {
  batch: Record<string, string>;
  parts: Record<string, string>;
} {
  const batch: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const lowerName = name.toLowerCase();
    if (lowerName === "authorization") batch["Authorization"] = value;
    if (lowerName === "user-agent") batch["User-Agent"] = value;
  }
  return { batch, parts: forParts(given) };
}

/** @throws {TypeError} when an option is of another type */
export function checkedOption<T>(
  value: T | undefined,
  name: string,
  type: "function" | "boolean",
): T | undefined {
  if (value === undefined || typeof value === type) return value;
  throw new TypeError(
    `Cannot use option ${name} as it must be a ${type}: current value is ${kindOf(value)}`,
  );
}
