import { createOutlookBatcher, type OutlookOptions } from "../../../mod.ts";
import { serviceConfig } from "./config.ts";
import { type BatchTag, batchTag } from "./tag.ts";
import type { OnEffect3 } from "../version.ts";

/** Stands for the service in the types of effects that need it. */
export interface OutlookBatch {
  /** Tells it from other services. */
  readonly _: unique symbol;
}

/**
 * Batches calls to Microsoft's Outlook REST API, as a service of Effect.
 *
 * `OutlookBatch.config` reads `OUTLOOK_TOKEN` and, if they are there, `OUTLOOK_BASE_URL`, `OUTLOOK_MAX_BATCH_SIZE`,
 * `OUTLOOK_MAX_WAIT_MS`, `OUTLOOK_MAX_BATCH_BYTES`, `OUTLOOK_CONCURRENCY`, `OUTLOOK_CONCURRENCY_PER_CONTEXT`,
 * `OUTLOOK_TIMEOUT_MS`, `OUTLOOK_MAX_RESPONSE_BYTES` and `OUTLOOK_MAX_QUEUED`.
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
  "OutlookBatch",
  createOutlookBatcher,
  serviceConfig("OUTLOOK", createOutlookBatcher),
);
