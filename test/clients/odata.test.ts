import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Batcher, batchingFetch, createODataBatcher } from "../../mod.ts";
import { fakeOData, type FakeODataService, type FakeServer } from "../../src/testing.ts";
import { type Client, CLIENTS, FOR_GRAPH_ALONE, TAKES_A_SIGNAL } from "./clients.ts";
import { type Counted, counted } from "./counted.ts";

/** The global one, which a client that takes no other may have had replaced. */
const plainFetch = globalThis.fetch;

const clients = Object.entries(CLIENTS).filter(([name]) => !FOR_GRAPH_ALONE.includes(name));

describe.each(clients)("%s, batched for OData", (name, make) => {
  describe.each(["multipart", "json"] as const)("in %s", (format) => {
    let odata: FakeODataService;
    let server: FakeServer;
    let batcher: Batcher;
    let door: Counted;
    let client: Client;

    beforeEach(async () => {
      odata = fakeOData({ entitySets: { Customers: { items: 60 } } });
      server = await odata.listen();
      batcher = createODataBatcher({
        baseUrl: server.baseUrl,
        token: odata.token,
        format,
        maxBatchSize: 20,
        maxWaitMs: 100,
      });
      door = counted(batchingFetch(batcher, { fallback: plainFetch }));
      client = await make(door.fetch, server.baseUrl);
    });

    afterEach(async () => {
      globalThis.fetch = plainFetch;
      await batcher.close();
      await server.close();
    });

    function urls(count: number): string[] {
      return odata.items("Customers").slice(0, count)
        .map(({ Id }) => `${server.baseUrl}Customers(${Id})`);
    }

    it("sends 50 concurrent calls in 3 POSTs, and each gets its own answer", async () => {
      const customers = await Promise.all(urls(50).map((url) => client.read(url)));
      expect(customers.map((customer) => (customer as { Id: number }).Id))
        .toEqual(odata.items("Customers").slice(0, 50).map(({ Id }) => Id));
      expect(odata.posts).toBe(3);
    });

    it("tells an error status in the client's own error", async () => {
      const [good, bad] = await Promise.allSettled([
        client.read(urls(1)[0]!),
        client.read(`${server.baseUrl}Customers(999)`),
      ]);
      expect(good.status).toBe("fulfilled");
      expect(client.statusOf((bad as PromiseRejectedResult).reason)).toBe(404);
      expect(odata.posts).toBe(1);
    });

    it("repeats what was throttled, so that the client never hears of it", async () => {
      odata.next({ name: "status", status: 429, retryAfter: 0.01, on: "part", index: 0 });
      const answers = await Promise.all(urls(3).map((url) => client.read(url)));
      expect(answers.length).toBe(3);
      expect(odata.posts).toBe(2);
    });

    it("withdraws what is aborted, and nothing else", async () => {
      expect(client.readUntil !== undefined).toBe(TAKES_A_SIGNAL.includes(name));
      const [first, second] = urls(2);
      const controller = new AbortController();
      const aborted = client.readUntil?.(first!, controller.signal);
      const rejected = aborted === undefined ? undefined : expect(aborted).rejects.toThrow();
      const read = client.read(second!);
      // By then both wait for their window.
      await door.called(aborted === undefined ? 1 : 2);
      controller.abort();
      await rejected;
      await read;
      expect(odata.ledger.entries.filter(({ method }) => method === "GET").length).toBe(1);
    });
  });
});
