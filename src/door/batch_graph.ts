import { type Batcher, batcherOf } from "./batcher.ts";
import { type BatchOperator, operatorOf } from "./operator.ts";
import { checkedSettings, type Settings } from "../options/settings.ts";
import { defaultTransport } from "../transport/default.ts";
import { type GraphOptions, graphWire } from "../wire/graph/graph.ts";
import type { Wire } from "../wire/wire.ts";

/**
 * Batches calls to Microsoft Graph, v1.0 and beta: up to 20 operations in one POST to `$batch`.
 *
 * Merge your request observables into it; each operation comes out as one result, in the order of completion, and one
 * failure never ends the stream. Operations that depend on each other travel in one batch, and Graph keeps their order.
 *
 * @param options where, as whom and how to batch
 * @returns an operator from operations to results
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads; the operator throws one for a
 * source that is no Observable
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { batchGraph, fetchTransport, get } from "@rxbatch/rxbatch";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 * import { from, lastValueFrom, toArray } from "rxjs";
 *
 * const graph = fakeGraph();
 * const results$ = from([get("/me/messages?$top=2"), get("/me/events"), get("/me/contacts")]).pipe(
 *   batchGraph({ token: graph.token, transport: fetchTransport(graph.fetch) }),
 * );
 * const results = await lastValueFrom(results$.pipe(toArray()));
 * console.log(results.map((result) => result.ok)); // [ true, true, true ]
 * ```
 */
export function batchGraph(options: GraphOptions = {}): BatchOperator {
  const { wire, settings } = graph(options);
  return operatorOf(wire, settings);
}

/**
 * A batcher for Microsoft Graph: `send()` from anywhere in a program, and all calls share batches.
 *
 * @param options where, as whom and how to batch
 * @returns a batcher; nothing is sent, and no timer runs, before the first operation
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { createGraphBatcher, fetchTransport, get, post } from "@rxbatch/rxbatch";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const graph = fakeGraph();
 * const batcher = createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) });
 * const draft = post("/me/messages", { subject: "Lunch?" });
 * const drafts = get("/me/mailFolders/drafts/messages", { dependsOn: [draft] }); // in the same POST, and after it
 * const [made, found] = await Promise.all([
 *   firstValueFrom(batcher.send(draft)),
 *   firstValueFrom(batcher.send(drafts)),
 * ]);
 * console.log(made.status, found.status, graph.posts); // 201 200 1
 * ```
 */
export function createGraphBatcher(options: GraphOptions = {}): Batcher {
  const { wire, settings } = graph(options);
  return batcherOf(wire, settings);
}

function graph(options: GraphOptions): { wire: Wire; settings: Settings } {
  const wire = graphWire(options);
  // Protocol C3: two batches of one mailbox would overrun its limit.
  const defaults = { transport: defaultTransport, concurrencyPerContext: 1 };
  return { wire, settings: checkedSettings(options, wire, defaults) };
}
