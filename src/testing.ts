/**
 * Strict fakes for tests: Outlook, Microsoft Graph, and an OData service. Each holds its items in memory, judges every
 * batch by the documented rules, fails on demand, and keeps a ledger of what it was asked and what it did.
 *
 * It is a web-standard handler: `fetch` takes the place of the global one, `handler` goes into a server of your own, and
 * `listen()` serves on a loopback port.
 *
 * @example It answers like Outlook, in a batch or outside
 * ```ts
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 *
 * const outlook = fakeOutlook();
 * const answer = await outlook.fetch(`${outlook.baseUrl}me/messages?$top=3&$select=Subject`, {
 *   headers: { Authorization: `Bearer ${outlook.token}` },
 * });
 * const page = await answer.json();
 * console.log(page.value.length, "@odata.nextLink" in page); // 3 true
 * ```
 *
 * @example Faults by script, and the ledger as the witness
 * ```ts
 * import { createOutlookBatcher, fetchTransport, post } from "@rxbatch/rxbatch";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const outlook = fakeOutlook({
 *   script: [
 *     { name: "status", status: 429, retryAfter: 0.01 }, // the first batch is throttled
 *     [{ name: "gzip" }, { name: "drip", bytes: 7 }], // the second answered in compressed drops
 *   ],
 * });
 * const batcher = createOutlookBatcher({
 *   token: outlook.token,
 *   transport: fetchTransport(outlook.fetch),
 * });
 * const headers = { "client-request-id": "lunch" };
 * await firstValueFrom(batcher.send(post("messages", { Subject: "Lunch?" }, { headers })));
 * console.log(outlook.posts); // 2
 * console.log(outlook.ledger.received("lunch"), outlook.ledger.carriedOut("lunch")); // 2 1
 * ```
 *
 * @example Faults by chance, the same for the same seed
 * ```ts
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 *
 * const outlook = fakeOutlook({
 *   seed: 7,
 *   latencyMs: [20, 80],
 *   faults: [
 *     { name: "status", status: 503, on: "part", probability: 0.05 },
 *     { name: "lost", probability: 0.01, times: 3 },
 *     { name: "reset", when: ({ entries }) => entries.some(({ method }) => method === "DELETE") },
 *   ],
 * });
 * ```
 *
 * @module
 */
import type { FakeODataOptions } from "./testing/odata_options.ts";
import type { FakeOptions } from "./testing/options.ts";
import { graphDialect } from "./testing/service/graph/graph.ts";
import { odataServiceOf } from "./testing/service/odata/service.ts";
import { outlookDialect } from "./testing/service/outlook/outlook.ts";
import { serviceOf } from "./testing/service/service.ts";
import type { FakeODataService, FakeService } from "./testing/surface.ts";

export type { Clock } from "./testing/clock.ts";
export type {
  CutFault,
  DripFault,
  Fault,
  FaultPlace,
  FaultRule,
  FaultTarget,
  HtmlFault,
  LatencyFault,
  PartsFault,
  PlainFault,
  ResetFault,
  ScriptedFaults,
  StatusFault,
} from "./testing/fault/fault.ts";
export type { HeaderRecord } from "./testing/http/http.ts";
export type { Ledger, LedgerBatch, LedgerEntry } from "./testing/ledger.ts";
export type { EntitySetSeed, FakeODataOptions } from "./testing/odata_options.ts";
export type { FakeOptions, MailboxSeed, ServerOptions } from "./testing/options.ts";
export type { Item } from "./testing/store/store.ts";
export type { FakeCore, FakeODataService, FakeServer, FakeService } from "./testing/surface.ts";

/**
 * An Outlook REST server (v2.0 and beta) in memory.
 *
 * It is as strict as Outlook is documented: what breaks a rule is refused with an OData error that names it. Operations
 * of a batch run in a drawn order and are answered in request order. Everything drawn comes from `seed`.
 *
 * @param options mailboxes, tokens, faults, time
 * @returns the server; nothing listens until `listen()`
 * @throws {TypeError} when a fault has no known name, or an index without `on: "part"`, or an option has a name that nobody
 * reads
 * @throws {RangeError} when a fault's probability or status is out of bounds, or a latency is none
 *
 * @example
 * ```ts
 * import { batchOutlook, fetchTransport, get } from "@rxbatch/rxbatch";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 * import { from, lastValueFrom, toArray } from "rxjs";
 *
 * const outlook = fakeOutlook({ mailboxes: { "danas@contoso.com": { messages: 3 } } });
 * const results = await lastValueFrom(
 *   from([get("messages"), get("events")]).pipe(
 *     batchOutlook({ token: outlook.token, transport: fetchTransport(outlook.fetch) }),
 *     toArray(),
 *   ),
 * );
 * console.log(results.length, outlook.posts); // 2 1
 * ```
 */
export function fakeOutlook(options: FakeOptions = {}): FakeService {
  return serviceOf(outlookDialect, options);
}

/**
 * Microsoft Graph (v1.0 and beta) in memory: the same mailboxes, with properties in camelCase.
 *
 * It is as strict as Graph is documented: a batch that breaks a rule is refused as a whole with 400. It runs four
 * operations of a batch at a time, and one at a time where each depends on the one before; a mailbox takes four at a
 * time, and answers any more with 429 and a Retry-After; files (`me/drive/root/children`) count apart from mail. Answers
 * come in any order. Messages have delta links, and lists take `$search` and `$expand=attachments`.
 *
 * @param options mailboxes, tokens, faults, time
 * @returns the server; nothing listens until `listen()`
 * @throws {TypeError} when a fault has no known name, or an index without `on: "part"`, or an option has a name that nobody
 * reads
 * @throws {RangeError} when a fault's probability or status is out of bounds, or a latency is none
 *
 * @example
 * ```ts
 * import { createGraphBatcher, fetchTransport, post } from "@rxbatch/rxbatch";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const graph = fakeGraph();
 * const batcher = createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) });
 * const draft = post<{ id: string }>("/me/messages", { subject: "Lunch?" });
 * const { body } = await firstValueFrom(batcher.send(draft));
 * console.log(graph.items("rufus@contoso.com", "messages").some(({ id }) => id === body.id)); // true
 * ```
 */
export function fakeGraph(options: FakeOptions = {}): FakeService {
  return serviceOf(graphDialect, options);
}

/**
 * An OData service in memory, of version 2 to 4.01: entity sets, batches in multipart and in JSON, and groups that are
 * carried out all together or not at all.
 *
 * It is as strict as OData is written: a batch that breaks a rule is refused as a whole with 400. Operations run in the
 * order of the batch, up to the first error unless the batch asks to go on. `$id` stands for what an operation made, in
 * URLs and in `@odata.bind`.
 *
 * @param options entity sets, version, what it takes, faults, time
 * @returns the server; nothing listens until `listen()`
 * @throws {TypeError} when a fault has no known name, or an index without `on: "part"`, or an option has a name that nobody
 * reads
 * @throws {RangeError} when a fault's probability or status is out of bounds, or a latency is none
 *
 * @example A group that is undone
 * ```ts
 * import { atomic, createODataBatcher, del, fetchTransport, post, toPromise } from "@rxbatch/rxbatch";
 * import { fakeOData } from "@rxbatch/rxbatch/testing";
 *
 * const odata = fakeOData({ entitySets: { Customers: { items: 3 } } });
 * const batcher = createODataBatcher({
 *   baseUrl: odata.baseUrl,
 *   token: odata.token,
 *   transport: fetchTransport(odata.fetch),
 * });
 * const both = atomic([post("Customers", { Name: "Contoso" }), del("Customers(99)")]);
 * const error = await toPromise(batcher, both).catch((error) => error);
 * console.log(error.status, odata.items("Customers").length); // 404 3
 * ```
 */
export function fakeOData(options: FakeODataOptions = {}): FakeODataService {
  return odataServiceOf(options);
}
