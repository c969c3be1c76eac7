import { createODataBatcher, type ODataOptions } from "../../../mod.ts";
import { odataConfig } from "./config.ts";
import { type BatchTag, batchTag } from "./tag.ts";
import type { OnEffect4 } from "../version.ts";

/**
 * Stands for the service in the types of effects that need it.
 *
 * @since 0.2.0
 * @category models
 */
export interface ODataBatch {
  /** Tells it from other services. */
  readonly _: unique symbol;
}

/**
 * Batches calls to any OData service, as a service of Effect.
 *
 * `ODataBatch.config` reads `ODATA_BASE_URL`, without which there is no service, `ODATA_TOKEN` and, if they are there, the
 * same names as `OutlookBatch.config`, with `ODATA_` before them.
 *
 * @since 0.2.0
 * @category services
 */
export const ODataBatch: OnEffect4<BatchTag<ODataBatch, ODataOptions>> = batchTag(
  "@rxbatch/rxbatch/ODataBatch",
  createODataBatcher,
  odataConfig("ODATA"),
);
