import { describe, expect, it } from "vitest";
import { fakeOutlook } from "../../src/testing.ts";
import { creation, ME, post } from "./support.ts";

const RUFUS = "rufus@contoso.com";

describe("the ledger", () => {
  it("books every operation, in the order received", async () => {
    const fake = fakeOutlook({ script: [undefined, { name: "status", status: 503 }] });
    await (await post(fake, [{ url: "events?$top=1" }, creation("one")])).text();
    await (await post(fake, [{ url: "contacts" }])).text();
    expect(fake.ledger.entries).toMatchObject([
      {
        post: 1,
        index: 0,
        key: "GET /api/v2.0/me/events?$top=1",
        method: "GET",
        path: "/api/v2.0/me/events?$top=1",
        mailbox: RUFUS,
        bodyText: undefined,
        status: 200,
        carriedOut: true,
        answered: true,
      },
      { post: 1, index: 1, method: "POST", bodyText: '{"Subject":"one"}', status: 201 },
      { post: 2, index: 0, status: undefined, carriedOut: false, answered: false },
    ]);
    expect(fake.ledger.batches).toMatchObject([
      { post: 1, mailbox: RUFUS, path: "/api/v2.0/me/$batch", size: 2, status: 200, faults: [] },
      { post: 2, size: 1, status: 503, faults: ["status"], aborted: false },
    ]);
  });

  it("counts by client-request-id, and in all", async () => {
    const fake = fakeOutlook({ script: [{ name: "lost" }] });
    const content = [
      { url: "messages", headers: { "client-request-id": "a" } },
      { url: "messages", headers: { "client-request-id": "b" } },
    ];
    await expect(post(fake, content)).rejects.toThrow(TypeError);
    await (await post(fake, content.slice(0, 1))).text();
    const { ledger } = fake;
    expect(ledger.keys()).toEqual(["a", "b"]);
    expect([ledger.received("a"), ledger.carriedOut("a"), ledger.answered("a")]).toEqual([2, 2, 1]);
    expect([ledger.received("b"), ledger.carriedOut("b"), ledger.answered("b")]).toEqual([1, 1, 0]);
    expect([ledger.received(), ledger.carriedOut(), ledger.answered()]).toEqual([3, 3, 1]);
    expect(ledger.received("never")).toBe(0);
    expect(ledger.of("a").map((entry) => entry.post)).toEqual([1, 2]);
  });

  it("counts an answer once its last byte has been read, not before", async () => {
    const fake = fakeOutlook({ order: "request" });
    const response = await post(fake, [{ url: "messages" }, { url: "events" }]);
    const reader = response.body?.getReader();
    expect(fake.ledger.answered()).toBe(0);
    await reader?.read();
    expect(fake.ledger.answered()).toBe(1);
    await reader?.read();
    expect(fake.ledger.answered()).toBe(2);
  });

  it("books requests outside batches too", async () => {
    const fake = fakeOutlook();
    const headers = { Authorization: `Bearer ${fake.token}` };
    await fake.fetch(`${fake.baseUrl}me/messages`, { headers });
    await fake.fetch(`${fake.baseUrl}me/messages`);
    expect(fake.ledger.entries).toMatchObject([
      { post: 0, mailbox: RUFUS, status: 200, carriedOut: true, answered: true },
      { post: 0, mailbox: "", status: 401, carriedOut: false, answered: true },
    ]);
    expect(fake.posts).toBe(0);
  });

  it("clear forgets, and batches go on counting", async () => {
    const fake = fakeOutlook();
    await (await post(fake, [{ url: "messages" }])).text();
    fake.ledger.clear();
    expect([fake.ledger.entries.length, fake.ledger.batches.length, fake.posts]).toEqual([0, 0, 1]);
    await (await post(fake, [{ url: "messages" }])).text();
    expect(fake.ledger.entries[0]?.post).toBe(2);
  });
});

describe("counters", () => {
  it("posts, and how many were under way at once, overall and per mailbox", async () => {
    const dana = "dana@contoso.com";
    const fake = fakeOutlook({ mailboxes: { [RUFUS]: {}, [dana]: {} } });
    const url = ME.replace("/me/", `/users('${dana}')/`);
    const open = [
      await post(fake, [{ url: "messages" }]),
      await post(fake, [{ url: "messages" }]),
      await post(fake, [{ url: "messages" }], { url }),
    ];
    for (const response of open) await response.text();
    await (await post(fake, [{ url: "messages" }])).text();
    expect(fake.posts).toBe(4);
    expect(fake.maxConcurrency).toBe(3);
    expect(fake.maxConcurrencyOf(RUFUS)).toBe(2);
    expect(fake.maxConcurrencyOf(dana.toUpperCase())).toBe(1);
    expect(fake.maxConcurrencyOf("nobody@contoso.com")).toBe(0);
  });

  it("a POST ends when its body is dropped", async () => {
    const fake = fakeOutlook();
    await (await post(fake, [{ url: "messages" }])).body?.cancel();
    await (await post(fake, [{ url: "messages" }])).text();
    expect(fake.maxConcurrency).toBe(1);
    expect(fake.ledger.batches.map(({ aborted }) => aborted)).toEqual([true, false]);
  });
});

describe("mailboxes", () => {
  it("hold what they were given, or made-up items, the same for the same seed", () => {
    const clock = { now: () => 0, wait: () => Promise.resolve() };
    const mailboxes = { "a@contoso.com": { contacts: [{ GivenName: "Ada" }], events: 2 } };
    const fake = fakeOutlook({ mailboxes, clock });
    expect(fake.items("a@contoso.com", "contacts")).toMatchObject([{ GivenName: "Ada" }]);
    expect(fake.items("A@contoso.com", "Events")).toHaveLength(2);
    expect(fake.items("a@contoso.com", "messages")).toHaveLength(20);
    expect(fakeOutlook({ mailboxes, clock }).items("a@contoso.com", "messages"))
      .toEqual(fake.items("a@contoso.com", "messages"));
    expect(fakeOutlook({ mailboxes, clock, seed: 2 }).items("a@contoso.com", "messages"))
      .not.toEqual(fake.items("a@contoso.com", "messages"));
  });

  it("an unknown mailbox or collection is a RangeError", () => {
    const fake = fakeOutlook();
    expect(() => fake.items("nobody@contoso.com", "messages")).toThrow(RangeError);
    expect(() => fake.items(RUFUS, "tasks")).toThrow(RangeError);
  });

  it("reset brings everything back to the beginning", async () => {
    const clock = { now: () => 0, wait: () => Promise.resolve() };
    const fake = fakeOutlook({ clock, script: [{ name: "status", status: 503 }] });
    const before = fake.items(RUFUS, "messages");
    await (await post(fake, [{ url: "messages" }])).text();
    await (await post(fake, [creation("new")])).text();
    fake.tokens.clear();
    fake.reset();
    expect([fake.posts, fake.maxConcurrency, fake.ledger.entries.length]).toEqual([0, 0, 0]);
    expect(fake.items(RUFUS, "messages")).toEqual(before);
    expect((await post(fake, [{ url: "messages" }])).status).toBe(503);
    expect((await post(fake, [{ url: "messages" }])).status).toBe(200);
  });
});
