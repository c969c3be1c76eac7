import { from, lastValueFrom, mergeMap, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  type Batcher,
  createBatcher,
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
  fetchTransport,
  get,
  odataWire,
  toPromise,
} from "../../mod.ts";
import { fakeGraph, fakeOData, fakeOutlook, type FakeService } from "../../src/testing.ts";
import { fleetOf } from "../cluster/support.ts";

const openedBy = ({ token, fetch }: Pick<FakeService, "token" | "fetch">) => ({
  token,
  transport: fetchTransport(fetch),
});

/** One of each kind, and what it reads. */
const batchers: readonly [kind: string, make: () => Batcher, url: string][] = [
  ["createBatcher", () => {
    const odata = fakeOData();
    return createBatcher(odataWire({ baseUrl: odata.baseUrl }), openedBy(odata));
  }, "Customers"],
  ["createODataBatcher", () => {
    const odata = fakeOData();
    return createODataBatcher({ baseUrl: odata.baseUrl, ...openedBy(odata) });
  }, "Customers"],
  ["createGraphBatcher", () => createGraphBatcher(openedBy(fakeGraph())), "me/messages"],
  ["createOutlookBatcher", () => createOutlookBatcher(openedBy(fakeOutlook())), "messages"],
  ["clusterBatcher", () => fleetOf(fakeGraph()), "me/messages"],
];

describe("methods that are handed on know their batcher", () => {
  it.each(batchers)("%s", async (_kind, make, url) => {
    const { send, sendAll, flush, close } = make();
    const answers = lastValueFrom(from([get(url), get(url)]).pipe(mergeMap(send), toArray()));
    flush();
    expect((await answers).map(({ status }) => status)).toEqual([200, 200]);
    const results = [];
    for await (const { ok } of sendAll([get(url), get(url)])) results.push(ok);
    expect(results).toEqual([true, true]);
    await close();
    await expect(toPromise({ send }, get(url))).rejects.toMatchObject({ _tag: "ClosedError" });
  });
});
