import { type Batcher, batcherOf } from "./batcher.ts";
import { type BatchOperator, operatorOf } from "./operator.ts";
import { checkedSettings, type Settings } from "../options/settings.ts";
import { defaultTransport } from "../transport/default.ts";
import { type OutlookOptions, outlookWire } from "../wire/outlook/outlook.ts";
import type { Wire } from "../wire/wire.ts";

/**
 * Batches calls to Microsoft's Outlook REST API, v2.0 and beta: up to 20 operations of one mailbox in one POST to `$batch`.
 *
 * Merge your request observables into it; each operation comes out as one result, in the order of completion, and one
 * failure never ends the stream.
 *
 * @param options where, as whom and how to batch
 * @returns an operator from operations to results
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads; the operator throws one for a
 * source that is no Observable
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { batchOutlook, fetchTransport, get } from "@rxbatch/rxbatch";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 * import { from, lastValueFrom, toArray } from "rxjs";
 *
 * const outlook = fakeOutlook();
 * const results$ = from([get("messages?$top=2"), get("events"), get("contacts")]).pipe(
 *   batchOutlook({ token: outlook.token, transport: fetchTransport(outlook.fetch) }),
 * );
 * const results = await lastValueFrom(results$.pipe(toArray()));
 * console.log(results.map((result) => result.ok)); // [ true, true, true ]
 * ```
 */
export function batchOutlook(options: OutlookOptions = {}): BatchOperator {
  const { wire, settings } = outlook(options);
  return operatorOf(wire, settings);
}

/**
 * A batcher for Microsoft's Outlook REST API: `send()` from anywhere in a program, and all calls share batches.
 *
 * @param options where, as whom and how to batch
 * @returns a batcher; nothing is sent, and no timer runs, before the first operation
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { createOutlookBatcher, fetchTransport, get } from "@rxbatch/rxbatch";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const outlook = fakeOutlook();
 * await using batcher = createOutlookBatcher({
 *   token: outlook.token,
 *   transport: fetchTransport(outlook.fetch),
 * });
 * const { status } = await firstValueFrom(batcher.send(get("messages")));
 * console.log(status); // 200
 * ```
 */
export function createOutlookBatcher(options: OutlookOptions = {}): Batcher {
  const { wire, settings } = outlook(options);
  return batcherOf(wire, settings);
}

function outlook(options: OutlookOptions): { wire: Wire; settings: Settings } {
  const wire = outlookWire(options);
  return { wire, settings: checkedSettings(options, wire, { transport: defaultTransport }) };
}
