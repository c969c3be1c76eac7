/**
 * A strict fake Outlook for tests: it holds mailboxes in memory, judges batches by the documented rules, fails on demand,
 * and keeps a ledger of what it was asked.
 *
 * @example
 * ```ts
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 *
 * const outlook = fakeOutlook();
 * const answer = await outlook.fetch(`${outlook.baseUrl}me/messages?$top=3&$select=Subject`, {
 *   headers: { Authorization: `Bearer ${outlook.token}` },
 * });
 * const page = await answer.json(); // { value: [three messages], "@odata.nextLink": "…" }
 * ```
 *
 * @module
 */
import type { FakeOptions } from "./testing/options.ts";
import { outlookDialect } from "./testing/outlook.ts";
import { Service } from "./testing/service.ts";
import type { FakeService } from "./testing/surface.ts";

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
} from "./testing/fault.ts";
export type { HeaderRecord } from "./testing/http.ts";
export type { Ledger, LedgerBatch, LedgerEntry } from "./testing/ledger.ts";
export type { FakeOptions, MailboxSeed } from "./testing/options.ts";
export type { Item } from "./testing/store.ts";
export type { FakeServer, FakeService } from "./testing/surface.ts";

/**
 * An Outlook REST server (v2.0 and beta) in memory.
 *
 * It is as strict as Outlook is documented: what breaks a rule is refused with an OData error that names it. Operations
 * of a batch run in a drawn order and are answered in request order. Everything drawn comes from `seed`.
 *
 * @param options mailboxes, tokens, faults, time
 * @returns the server; nothing listens until `listen()`
 * @throws {TypeError} when a fault has no known name
 * @throws {RangeError} when a fault's probability or status is out of bounds
 *
 * @example
 * ```ts
 * import { batchOutlook, get } from "@rxbatch/rxbatch";
 * import { fetchTransport } from "@rxbatch/rxbatch";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 * import { from } from "rxjs";
 *
 * const outlook = fakeOutlook({ script: [{ name: "status", status: 429, retryAfter: 0.1 }] });
 * from([get("messages"), get("events")]).pipe(
 *   batchOutlook({ token: outlook.token, transport: fetchTransport(outlook.fetch) }),
 * ).subscribe({ complete: () => console.log(outlook.posts) }); // 2: one refused, one answered
 * ```
 */
export function fakeOutlook(options: FakeOptions = {}): FakeService {
  return new Service(outlookDialect, options);
}
