import { createOutlookBatcher, type OutlookOptions } from "../../../mod.ts";
import { outlookConfig } from "./config.ts";
import { type BatchTag, batchTag } from "./tag.ts";
import type { OnEffect3 } from "../version.ts";

/**
 * Stands for the service in the types of effects that need it.
 *
 * @since 0.2.0
 * @category models
 */
export interface OutlookBatch {
  /** Tells it from other services. */
  readonly _: unique symbol;
}

/**
 * Batches calls to Microsoft's Outlook REST API, as a service of Effect.
 *
 * `OutlookBatch.config` reads `OUTLOOK_TOKEN` and, if they are there, `OUTLOOK_BASE_URL`, `OUTLOOK_MAX_WAIT_MS`,
 * `OUTLOOK_RETRY_MAX_RETRIES`, `OUTLOOK_PACE_OPERATIONS` and so on: each option that text can say.
 *
 * @since 0.2.0
 * @category services
 *
 * @example
 * ```ts
 * import { Effect } from "effect";
 * import { fetchTransport, get } from "@rxbatch/rxbatch";
 * import { OutlookBatch } from "@rxbatch/rxbatch/effect3";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 *
 * const program = Effect.forEach(
 *   [get("messages/nowhere"), get("events"), get("contacts")],
 *   (operation) =>
 *     OutlookBatch.send(operation).pipe(
 *       Effect.map(({ status }) => status),
 *       Effect.catchTag("ResponseError", ({ status }) => Effect.succeed(status)),
 *     ),
 *   { concurrency: "unbounded" },
 * );
 *
 * const outlook = fakeOutlook();
 * const layer = OutlookBatch.layer({
 *   token: outlook.token,
 *   transport: fetchTransport(outlook.fetch),
 * });
 * console.log(await Effect.runPromise(Effect.provide(program, layer))); // [ 404, 200, 200 ]
 * ```
 */
export const OutlookBatch: OnEffect3<BatchTag<OutlookBatch, OutlookOptions>> = batchTag(
  "@rxbatch/rxbatch/OutlookBatch",
  createOutlookBatcher,
  outlookConfig("OUTLOOK"),
);
