import { kindOf } from "../../operation/check/kind.ts";
import type { KnownNames } from "../../operation/check/known_names.ts";
import { serviceNames } from "../../options/names.ts";
import type { ServiceOptions } from "../../options/options.ts";

/** What `batchOData` and `createODataBatcher` take. */
export interface ODataOptions extends ServiceOptions {
  /** The service root, to which `$batch` is posted; https, or http on a loopback host. */
  readonly baseUrl: string;
  /**
   * How batches are written. `multipart` is what every OData service with batches takes, from version 3 on, and it is
   * run in order, so that whatever an error kept from running is known, and sent again. `json` is for services of
   * version 4.01: it honours `dependsOn` within a batch. Answers are read in either form.
   *
   * @default "multipart"
   */
  readonly format?: "json" | "multipart" | undefined;
  /**
   * The most operations in one batch, up to 1000.
   *
   * @default 100, the limit of many services
   */
  readonly maxBatchSize?: number | undefined;
  /**
   * How writes stand in a multipart batch: `single`, or each in a change set of its own, as services of version 1 to 3
   * want it (SAP V2, SharePoint, Azure Tables). Of the multipart format alone.
   *
   * @default "single"
   */
  readonly writes?: "single" | "changeSet" | undefined;
  /**
   * Is a change set undone as a whole when one of its members fails? Only then `members` of an error say that it is
   * certain, and a group of which a member says that it succeeded may go again with all its writes. SAP V2 does so, and
   * so does every service of version 4; SharePoint does not.
   *
   * @default true; false beside `writes: "changeSet"`
   */
  readonly rollsBack?: boolean | undefined;
  /**
   * How many change sets one batch may hold: 1 for Azure Tables.
   *
   * @default any number
   */
  readonly changeSetsPerBatch?: number | undefined;
  /**
   * Writes the octets of its body into each part (protocol E23); of the multipart format alone.
   *
   * @default false
   */
  readonly contentLength?: boolean | undefined;
}

/** All that an object of these options may hold. */
export const ownNames = (): KnownNames<ODataOptions> => ({
  ...serviceNames(),
  baseUrl: true,
  format: true,
  contentLength: true,
  changeSetsPerBatch: true,
  writes: true,
  rollsBack: true,
});

/** How many change sets one batch may hold. */
export function checkedCount(count: unknown): number {
  if (count === undefined || count === Infinity) return Infinity;
  if (typeof count === "number" && Number.isInteger(count) && count > 0) return count;
  throw new RangeError(
    `Cannot use option changeSetsPerBatch as it must be a whole number from 1: current value is ${
      typeof count === "number" ? count : kindOf(count)
    }`,
  );
}

/** @throws {TypeError} when it is no way in which writes can stand in a batch */
export function checkWrites(writes: unknown): void {
  if (writes === undefined || writes === "single" || writes === "changeSet") return;
  throw new TypeError(
    `Cannot use option writes as it must be "single" or "changeSet": current value is ${
      kindOf(writes)
    }`,
  );
}
