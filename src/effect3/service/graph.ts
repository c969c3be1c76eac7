import { createGraphBatcher, type GraphOptions } from "../../../mod.ts";
import { graphConfig } from "./config.ts";
import { type BatchTag, batchTag } from "./tag.ts";
import type { OnEffect3 } from "../version.ts";

/**
 * Stands for the service in the types of effects that need it.
 *
 * @since 0.2.0
 * @category models
 */
export interface GraphBatch {
  /** Tells it from other services. */
  readonly _: unique symbol;
}

/**
 * Batches calls to Microsoft Graph, as a service of Effect.
 *
 * `GraphBatch.config` reads `GRAPH_TOKEN` and, if they are there, the same names as `OutlookBatch.config`, with `GRAPH_`
 * before them.
 *
 * @since 0.2.0
 * @category services
 */
export const GraphBatch: OnEffect3<BatchTag<GraphBatch, GraphOptions>> = batchTag(
  "@rxbatch/rxbatch/GraphBatch",
  createGraphBatcher,
  graphConfig("GRAPH"),
);
