import { describe, expect, it } from "vitest";
import { fakeOutlook, type FakeService } from "../../../src/testing.ts";
import { creation, errorOf, ME, partsOf, type Piece, post, statusesOf } from "../support.ts";

const RUFUS = "rufus@contoso.com";
const NAMES = Array.from({ length: 8 }, (_, index) => `message ${index}`);
const CREATIONS = NAMES.map((name) => creation(name));
const MISSING: Piece = { url: "messages/nowhere" };
const CONTINUE = { Prefer: "odata.continue-on-error" };

/** The order in which the messages came into the mailbox. */
function orderIn(fake: FakeService): unknown[] {
  return fake.items(RUFUS, "messages").map((item) => item["Subject"]);
}

function empty(options: Parameters<typeof fakeOutlook>[0] = {}): FakeService {
  return fakeOutlook({ mailboxes: { [RUFUS]: { messages: 0 } }, ...options });
}

async function orderFor(seed: number): Promise<unknown[]> {
  const fake = empty({ seed });
  await (await post(fake, CREATIONS)).text();
  return orderIn(fake);
}

describe("order", () => {
  it("operations run in a drawn order, the same for the same seed", async () => {
    const order = await orderFor(1);
    expect(order).not.toEqual(NAMES);
    expect([...order].sort()).toEqual(NAMES);
    expect(await orderFor(1)).toEqual(order);
    expect(await orderFor(2)).not.toEqual(order);
  });

  it("each batch has its own order", async () => {
    const fake = empty();
    await (await post(fake, CREATIONS)).text();
    await (await post(fake, CREATIONS)).text();
    const order = orderIn(fake);
    expect(order.slice(8)).not.toEqual(order.slice(0, 8));
  });

  it("answers come in request order nevertheless", async () => {
    const parts = await partsOf(await post(empty(), CREATIONS));
    expect(parts.map(({ text }) => JSON.parse(text).Subject)).toEqual(NAMES);
  });

  it("order: request runs them as they stand", async () => {
    const fake = empty({ order: "request" });
    await (await post(fake, CREATIONS)).text();
    expect(orderIn(fake)).toEqual(NAMES);
  });
});

describe("errors", () => {
  it("the batch stops at the first error of its own order; what did not run gets no part", async () => {
    const content = [...CREATIONS, MISSING];
    const lengths = new Set<number>();
    for (let seed = 1; seed <= 10; seed++) {
      const fake = empty({ seed });
      const parts = await partsOf(await post(fake, content));
      expect(parts.map(({ status }) => status))
        .toEqual([...Array.from({ length: parts.length - 1 }, () => 201), 404]);
      expect(orderIn(fake)).toHaveLength(parts.length - 1);
      expect(fake.ledger.carriedOut()).toBe(parts.length);
      expect(fake.ledger.answered()).toBe(parts.length);
      lengths.add(parts.length);
    }
    expect(lengths.size).toBeGreaterThan(3);
  });

  it("the error is the last part also where later ones ran before it, if any is left out", async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const operations = [MISSING, ...CREATIONS];
      const statuses = await statusesOf(await post(empty({ seed }), operations));
      const isWhole = statuses.length === operations.length;
      expect(statuses.at(isWhole ? 0 : -1)).toBe(404);
      seen.add(isWhole ? "whole" : "cut short");
    }
    expect(seen.size).toBe(2);
  });

  it("with continue-on-error everything runs", async () => {
    for (const Prefer of ["odata.continue-on-error", "x=1, Continue-On-Error=true"]) {
      const response = await post(empty(), [...CREATIONS, MISSING], { headers: { Prefer } });
      expect(await statusesOf(response)).toEqual([...CREATIONS.map(() => 201), 404]);
    }
  });

  it("continue-on-error=false, and preferences that only look like it, do not count", async () => {
    for (const Prefer of ["odata.continue-on-error=false", "odata.continue-on-errors"]) {
      const response = await post(empty({ order: "request" }), [MISSING, ...CREATIONS], {
        headers: { Prefer },
      });
      expect(await statusesOf(response)).toEqual([404]);
    }
  });
});

describe("the multipart answer", () => {
  it("has the bytes of the documented sample", async () => {
    const send = {
      Message: { ToRecipients: [{ EmailAddress: { Address: "dana@contoso.com" } }] },
    };
    const response = await post(empty(), [
      { url: "messages?$select=Subject" },
      creation("", { url: "sendmail", body: JSON.stringify(send) }),
    ]);
    const boundary = /^multipart\/mixed; boundary=(batchresponse_[0-9a-f-]{36})$/
      .exec(response.headers.get("content-type") ?? "")?.[1];
    expect(boundary).toBeDefined();
    expect(await response.text()).toBe([
      `--${boundary}`,
      "Content-Type: application/http",
      "Content-Transfer-Encoding: binary",
      "",
      "HTTP/1.1 200 OK",
      "OData-Version: 4.0",
      "Content-Type: application/json;odata.metadata=minimal;odata.streaming=true;" +
      "IEEE754Compatible=false;charset=utf-8",
      "",
      '{"@odata.context":"https://outlook.office.com/api/v2.0/$metadata#Me/Messages","value":[]}',
      `--${boundary}`,
      "Content-Type: application/http",
      "Content-Transfer-Encoding: binary",
      "",
      "HTTP/1.1 202 Accepted",
      "",
      `--${boundary}--`,
      "",
    ].join("\r\n"));
  });

  it("gives no Content-ID back, unless told to", async () => {
    const content = [{ url: "messages", id: "a" }, { url: "events", id: "b" }];
    const silent = await partsOf(await post(empty(), content));
    expect(silent.map(({ contentId }) => contentId)).toEqual([undefined, undefined]);
    const echoing = await partsOf(await post(empty({ echoContentId: true }), content));
    expect(echoing.map(({ contentId }) => contentId)).toEqual(["a", "b"]);
  });

  it("binary bodies stay binary", async () => {
    const fake = empty({ mailboxes: { [RUFUS]: { messages: 1 } } });
    const id = fake.items(RUFUS, "messages")[0]?.["Id"];
    const file = { ContentType: "image/png", ContentBytes: "AP+A" };
    const path = `messages/${id}/attachments`;
    const [made] = await partsOf(
      await post(fake, [creation("", { url: path, body: JSON.stringify(file) })]),
    );
    const { Id } = JSON.parse(made?.text ?? "");
    const response = await post(fake, [{ url: `${path}/${Id}/$value` }]);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(String.fromCharCode(...bytes)).toContain("\r\n\r\n\x00\xff\x80\r\n--");
  });
});

describe("headers", () => {
  it("those of the batch hold for its operations, but for Content-*; their own win", async () => {
    const fake = empty();
    const headers = { "X-Both": "outer", "X-Outer": "1", "Content-Language": "de", ...CONTINUE };
    await (await post(fake, [{ url: "messages", headers: { "x-both": "inner" } }], { headers }))
      .text();
    expect(fake.ledger.entries[0]?.headers).toMatchObject({ "x-both": "inner", "x-outer": "1" });
    expect(fake.ledger.entries[0]?.headers).not.toHaveProperty("content-type");
    expect(fake.ledger.entries[0]?.headers).not.toHaveProperty("content-language");
  });
});

describe("JSON", () => {
  const JSON_HEADERS = { "Content-Type": "application/json" };
  interface Answers {
    readonly responses: readonly {
      readonly id: string;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }[];
  }

  async function answersOf(response: Response): Promise<Answers["responses"]> {
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    return (await response.json() as Answers).responses;
  }

  const send = (fake: FakeService, requests: unknown, more: Record<string, string> = {}) =>
    post(fake, JSON.stringify(requests), { headers: { ...JSON_HEADERS, ...more } });

  it("answers a multipart batch in JSON when asked", async () => {
    const response = await post(
      empty(),
      [{ url: "messages", id: "x" }, { url: "messages/$count" }],
      {
        headers: { Accept: "application/json" },
      },
    );
    expect(await answersOf(response)).toMatchObject([
      { id: "x", status: 200, headers: { "odata-version": "4.0" }, body: { value: [] } },
      { id: "2", status: 200, body: "0" },
    ]);
  });

  it("takes the form that the client likes best", async () => {
    const typeFor = async (Accept: string): Promise<string | null> => {
      const response = await post(empty(), [{ url: "messages" }], { headers: { Accept } });
      await response.text();
      return response.headers.get("content-type");
    };
    expect(await typeFor("multipart/mixed, application/json;q=0.5")).toMatch(/^multipart/);
    expect(await typeFor("multipart/mixed;q=0.2, application/json;q=0.5")).toMatch(/json/);
    expect(await typeFor("*/*")).toMatch(/^multipart/);
  });

  it("reads a batch in JSON, and goes on after errors unless told not to", async () => {
    const requests = [
      { id: "a", method: "get", url: "messages/nowhere" },
      {
        id: "b",
        method: "POST",
        url: "/api/v2.0/me/messages",
        headers: { "Content-Type": "application/json" },
        body: { Subject: "json" },
      },
    ];
    const fake = empty({ order: "request" });
    expect(await answersOf(await send(fake, { requests }))).toMatchObject([
      { id: "a", status: 404, body: { error: { code: "ErrorItemNotFound" } } },
      { id: "b", status: 201, body: { Subject: "json" } },
    ]);
    const stopped = await send(fake, { requests }, { Prefer: "continue-on-error=false" });
    expect(await answersOf(stopped)).toMatchObject([{ id: "a", status: 404 }]);
  });

  it("runs nothing before what it depends on, and not at all when that fails: 424", async () => {
    const creation = (id: string, dependsOn: readonly string[] = []): object => ({
      id,
      dependsOn,
      method: "POST",
      url: "messages",
      headers: { "content-type": "application/json" },
      body: { Subject: id },
    });
    for (let seed = 1; seed <= 5; seed++) {
      const fake = empty({ seed });
      const chain = [creation("a"), creation("b", ["a"]), creation("c", ["b"])];
      await (await send(fake, { requests: chain })).text();
      expect(orderIn(fake)).toEqual(["a", "b", "c"]);
    }
    const fake = empty();
    const failing = [
      { id: "a", method: "GET", url: "messages/nowhere" },
      creation("b", ["a"]),
      creation("c", ["b"]),
    ];
    const statuses = (await answersOf(await send(fake, { requests: failing })))
      .map(({ status }) => status);
    expect(statuses).toEqual([404, 424, 424]);
    expect(fake.ledger.carriedOut()).toBe(1);
  });

  it("gives bytes in base64url, and takes them", async () => {
    const fake = empty({ mailboxes: { [RUFUS]: { messages: 1 } } });
    const id = fake.items(RUFUS, "messages")[0]?.["Id"];
    const path = `messages/${id}/attachments`;
    const file = { Name: "a", ContentType: "image/png", ContentBytes: "AP+A" };
    const bytes = btoa(JSON.stringify(file)).replace(/=+$/, "");
    const [refused] = await answersOf(
      await send(fake, {
        requests: [{
          id: "1",
          method: "POST",
          url: path,
          headers: { "content-type": "application/octet-stream" },
          body: bytes,
        }],
      }),
    );
    expect(refused?.status).toBe(415);
    expect(fake.ledger.entries[0]?.bodyText).toBe(JSON.stringify(file));
    const [made] = await partsOf(
      await post(fake, [creation("", { url: path, body: JSON.stringify(file) })]),
    );
    const url = `${path}/${JSON.parse(made?.text ?? "").Id}/$value`;
    const [read] = await answersOf(
      await send(fake, { requests: [{ id: "1", method: "GET", url }] }),
    );
    expect(read?.body).toBe("AP-A");
  });

  const malformed: Record<string, unknown> = {
    "no object": [],
    "no requests": {},
    "a request that is none": { requests: [1] },
    "no id": { requests: [{ method: "GET", url: "messages" }] },
    "an id twice": {
      requests: [
        { id: "1", method: "GET", url: "messages" },
        { id: "1", method: "GET", url: "messages" },
      ],
    },
    "no method": { requests: [{ id: "1", url: "messages" }] },
    "an unknown method": { requests: [{ id: "1", method: "BREW", url: "messages" }] },
    "no url": { requests: [{ id: "1", method: "GET" }] },
    "a GET with a body": { requests: [{ id: "1", method: "GET", url: "messages", body: {} }] },
    "a body without content-type": {
      requests: [{ id: "1", method: "POST", url: "messages", body: {} }],
    },
    "text that is no string": {
      requests: [{
        id: "1",
        method: "POST",
        url: "messages",
        headers: { "content-type": "text/plain" },
        body: {},
      }],
    },
    "bytes that are no base64": {
      requests: [{
        id: "1",
        method: "POST",
        url: "messages",
        headers: { "content-type": "image/png" },
        body: "?",
      }],
    },
    "headers that are none": {
      requests: [{ id: "1", method: "GET", url: "messages", headers: [] }],
    },
    "a header that is no string": {
      requests: [{ id: "1", method: "GET", url: "messages", headers: { a: 1 } }],
    },
    "dependsOn that is no list": {
      requests: [{ id: "1", method: "GET", url: "messages", dependsOn: "1" }],
    },
    "dependsOn that looks ahead": {
      requests: [
        { id: "1", method: "GET", url: "messages", dependsOn: ["2"] },
        { id: "2", method: "GET", url: "messages" },
      ],
    },
  };
  for (const [what, requests] of Object.entries(malformed)) {
    it(`refuses ${what}`, async () => {
      expect(await errorOf(await send(empty(), requests)))
        .toEqual({ status: 400, code: "ErrorBatchMalformed" });
    });
  }

  it("refuses what is no JSON, and what a multipart batch is refused for", async () => {
    const broken = await post(empty(), "{", { headers: JSON_HEADERS });
    expect(await errorOf(broken)).toEqual({ status: 400, code: "ErrorBatchMalformed" });
    const nested = { requests: [{ id: "1", method: "POST", url: "$batch" }] };
    expect(await errorOf(await send(empty(), nested)))
      .toEqual({ status: 400, code: "ErrorBatchNested" });
  });
});

describe("fetch", () => {
  it("the service itself is a handler, and stands in for fetch", async () => {
    const fake = fakeOutlook();
    const headers = { Authorization: `Bearer ${fake.token}` };
    const url = `${fake.baseUrl}me/messages`;
    expect((await fake(new Request(url, { headers }))).status).toBe(200);
    expect((await fake(url, { headers })).status).toBe(200);
    await expect(fake("https://elsewhere.example/", { headers })).rejects.toThrow(TypeError);
    expect(fake.ledger.received()).toBe(2);
  });

  it("knows its own host only", async () => {
    const fake = empty();
    const options = { url: "https://elsewhere.example/api/v2.0/me/$batch" };
    await expect(post(fake, [MISSING], options)).rejects.toThrow(TypeError);
    expect(fake.posts).toBe(0);
  });

  it("takes a Request, and handler answers for any host", async () => {
    const fake = empty();
    const headers = { Authorization: `Bearer ${fake.token}` };
    const request = new Request(`${fake.baseUrl}me/messages`, { headers });
    expect((await fake.fetch(request)).status).toBe(200);
    const elsewhere = new Request("https://my.example/api/v2.0/me/messages", { headers });
    expect((await fake.handler(elsewhere)).status).toBe(200);
  });

  it("a token that is taken away counts no more, one that is added does", async () => {
    const fake = empty();
    fake.tokens.set("fresh", [RUFUS]);
    fake.tokens.delete(fake.token);
    expect((await post(fake, [{ url: "messages" }])).status).toBe(401);
    const headers = { Authorization: "Bearer fresh" };
    expect((await post(fake, [{ url: "messages" }], { url: ME, headers })).status).toBe(200);
  });
});
