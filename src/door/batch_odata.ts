import { type Batcher, batcherOf } from "./batcher.ts";
import { type BatchOperator, operatorOf } from "./operator.ts";
import { checkedSettings, type Settings } from "../options/settings.ts";
import { GROUPS } from "../pipeline/groups.ts";
import { defaultTransport } from "../transport/default.ts";
import { type ODataOptions, odataWire } from "../wire/odata/odata.ts";
import type { Wire } from "../wire/wire.ts";

/** Many services refuse more (protocol E39). */
const DEFAULT_BATCH_SIZE = 100;

/**
 * Batches calls to any OData service: up to 100 operations in one POST to the `$batch` of its service root.
 *
 * Merge your request observables into it; each operation comes out as one result, in the order of completion, and one
 * failure never ends the stream.
 *
 * @param options where, as whom and how to batch
 * @returns an operator from operations to results
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads, or `baseUrl` is missing; the
 * operator throws one for a source that is no Observable
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { batchOData, fetchTransport, get } from "@rxbatch/rxbatch";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 * import { from, lastValueFrom, toArray } from "rxjs";
 *
 * // Outlook is an OData service too; its root is a mailbox.
 * const service = fakeOutlook();
 * const results$ = from([get("messages?$top=2"), get("events")]).pipe(
 *   batchOData({
 *     baseUrl: `${service.baseUrl}me/`,
 *     token: service.token,
 *     transport: fetchTransport(service.fetch),
 *   }),
 * );
 * const results = await lastValueFrom(results$.pipe(toArray()));
 * console.log(results.map((result) => result.ok)); // [ true, true ]
 * ```
 */
export function batchOData(options: ODataOptions): BatchOperator {
  const { wire, settings } = odata(options);
  return operatorOf(wire, settings, GROUPS);
}

/**
 * A batcher for any OData service: `send()` from anywhere in a program, and all calls share batches.
 *
 * @param options where, as whom and how to batch
 * @returns a batcher; nothing is sent, and no timer runs, before the first operation
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads, or `baseUrl` is missing
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { createODataBatcher, fetchTransport, get } from "@rxbatch/rxbatch";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const service = fakeOutlook();
 * const batcher = createODataBatcher({
 *   baseUrl: `${service.baseUrl}me/`,
 *   format: "json",
 *   token: service.token,
 *   transport: fetchTransport(service.fetch),
 * });
 * const { status } = await firstValueFrom(batcher.send(get("contacts?$top=1")));
 * console.log(status); // 200
 * ```
 */
export function createODataBatcher(options: ODataOptions): Batcher {
  const { wire, settings } = odata(options);
  return batcherOf(wire, settings, GROUPS);
}

function odata(options: ODataOptions): { wire: Wire; settings: Settings } {
  const wire = odataWire(options);
  const { maxBatchSize = DEFAULT_BATCH_SIZE } = options;
  const defaults = { transport: defaultTransport };
  return { wire, settings: checkedSettings({ ...options, maxBatchSize }, wire, defaults) };
}
