import { lastValueFrom, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  createGraphBatcher,
  del,
  fetchTransport,
  get,
  pages,
  patch,
  toPromise,
} from "../../../mod.ts";
import { fakeGraph, type FakeOptions, type FakeService } from "../../../src/testing.ts";

type Json = Record<string, unknown>;

interface Answer {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Json | string | undefined;
}

function post(
  graph: FakeService,
  body: unknown,
  init: { readonly url?: string; readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  return graph.fetch(init.url ?? `${graph.baseUrl}$batch`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${graph.token}`,
      "Content-Type": "application/json",
      ...init.headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** The responses to these requests, in the order of their ids. */
async function answers(graph: FakeService, requests: readonly Json[]): Promise<Answer[]> {
  const response = await post(graph, { requests });
  expect(response.status).toBe(200);
  const { responses } = await response.json() as { responses: Answer[] };
  return responses.toSorted((left, right) => Number(left.id) - Number(right.id));
}

const GET = { method: "GET", url: "/me/messages?$top=1&$select=subject" };
const JSON_BODY = { headers: { "Content-Type": "application/json" }, body: {} };
const numbered = (count: number, request: Json = GET) =>
  Array.from({ length: count }, (_, at): Json => ({ id: String(at + 1), ...request }));

describe("fakeGraph()", () => {
  it("finds messages by $search, which goes without $filter", async () => {
    const graph = fakeGraph();
    const [created, found, none, both] = await answers(graph, [
      {
        id: "1",
        method: "POST",
        url: "/me/messages",
        ...JSON_BODY,
        body: { subject: "Zebra Lunch" },
      },
      { id: "2", method: "GET", url: '/me/messages?$search="zebra lunch"', dependsOn: ["1"] },
      { id: "3", method: "GET", url: '/me/messages?$search="zebra breakfast"', dependsOn: ["2"] },
      {
        id: "4",
        method: "GET",
        url: '/me/messages?$search="a"&$filter=isRead eq true',
        dependsOn: ["3"],
      },
    ]);
    expect(created?.status).toBe(201);
    expect(found?.body).toMatchObject({ value: [{ subject: "Zebra Lunch" }] });
    expect(none?.body).toMatchObject({ value: [] });
    expect(both?.status).toBe(400);
  });

  it("has delta links: all messages at first, then what has changed since", async () => {
    const graph = fakeGraph({ mailboxes: { "anna@contoso.com": { messages: 25 } } });
    const batcher = createGraphBatcher({
      token: graph.token,
      transport: fetchTransport(graph.fetch),
    });
    type Page = {
      value: { id: string; subject?: string; "@removed"?: unknown }[];
      "@odata.deltaLink"?: string;
    };
    const round = async (url: string) => {
      const answers = await lastValueFrom(pages(batcher, get<Page>(url)).pipe(toArray()));
      const items = answers.flatMap(({ body }) => body.value);
      return { count: answers.length, items, link: answers.at(-1)!.body["@odata.deltaLink"]! };
    };
    const first = await round("/me/mailFolders/inbox/messages/delta?$select=subject");
    expect(first.count).toBe(3);
    const ids = first.items.map(({ id }) => id);
    expect(ids).toEqual(graph.items("anna@contoso.com", "messages").map(({ id }) => id));
    const still = await round(first.link);
    expect(still.items).toEqual([]);

    await toPromise(batcher, patch(`/me/messages/${ids[3]}`, { subject: "Changed" }));
    await toPromise(batcher, del(`/me/messages/${ids[5]}`));
    const changed = await round(still.link);
    expect(changed.items.map(({ id, subject, "@removed": gone }) => [id, subject, gone])).toEqual([
      [ids[3], "Changed", undefined],
      [ids[5], undefined, { reason: "deleted" }],
    ]);
    expect((await round("/me/messages/delta")).items).toHaveLength(24);
    await expect(round("/me/messages/delta?$deltatoken=x")).rejects.toMatchObject({ status: 400 });
  });

  it("expands attachments, of one message and of a list, also when others are selected", async () => {
    const graph = fakeGraph({ mailboxes: { "anna@contoso.com": { messages: 2 } } });
    const [{ id } = { id: "" }] = graph.items("anna@contoso.com", "messages") as { id: string }[];
    const url = `/me/messages/${id}`;
    const [, one, list, wrong] = await answers(graph, [
      { id: "1", method: "POST", url: `${url}/attachments`, ...JSON_BODY, body: { name: "a.txt" } },
      { id: "2", method: "GET", url: `${url}?$expand=attachments`, dependsOn: ["1"] },
      {
        id: "3",
        method: "GET",
        url: "/me/messages?$select=subject&$expand=attachments",
        dependsOn: ["2"],
      },
      { id: "4", method: "GET", url: `${url}?$expand=sender`, dependsOn: ["3"] },
    ]);
    expect(one?.body).toMatchObject({ attachments: [{ name: "a.txt" }] });
    expect(list?.body).toMatchObject({
      value: [{ attachments: [{ name: "a.txt" }] }, { attachments: [] }],
    });
    expect(wrong?.status).toBe(400);
  });

  it("knows people by mail and userPrincipalName, and has a photo of each, in base64", async () => {
    const graph = fakeGraph({ mailboxes: { "danas@contoso.com": {} } });
    const [user, photo] = await answers(graph, [
      { id: "1", method: "GET", url: "/me?$select=mail,userPrincipalName" },
      { id: "2", method: "GET", url: "/users/danas@contoso.com/photo/$value" },
    ]);
    expect(user?.body).toMatchObject({
      mail: "danas@contoso.com",
      userPrincipalName: "danas@contoso.com",
    });
    expect(user?.body).not.toHaveProperty("displayName");
    expect(photo?.headers["Content-Type"]).toBe("image/gif");
    expect(atob(photo?.body as string).slice(0, 6)).toBe("GIF89a");
  });

  it.each([
    ["more than 20 requests", { requests: numbered(21) }, "exceed the limit"],
    ["no requests", { requests: [] }, "at least one"],
    ["something else", { request: [] }, "array named 'requests'"],
    ["no JSON", "{", "no JSON"],
    ["ids that differ in letter case alone", {
      requests: [{ id: "a", ...GET }, { id: "A", ...GET }],
    }, "id of its own"],
    ["an id that is a number", { requests: [{ id: 1, ...GET }] }, "id of its own"],
    ["no id", { requests: [GET] }, "id of its own"],
    ["HEAD", { requests: [{ id: "1", method: "HEAD", url: "/me" }] }, "methods"],
    ["a write without a body", {
      requests: [{ id: "x", method: "POST", url: "/me/sendMail" }],
    }, "Write request id : x does not contain Content-Type header or body."],
    ["a body without Content-Type", {
      requests: [{ id: "x", method: "POST", url: "/me/messages", body: {} }],
    }, "content-type"],
    ["a GET with a body", { requests: [{ id: "1", ...GET, ...JSON_BODY }] }, "no body"],
    ["text that is no base64", {
      requests: [{
        id: "1",
        method: "PUT",
        url: "/me/x",
        headers: { "Content-Type": "text/plain" },
        body: "ü",
      }],
    }, "base64"],
    ["an absolute URL", {
      requests: [{ id: "1", method: "GET", url: "https://graph.microsoft.com/v1.0/me" }],
    }, "relative"],
    ["a batch in a batch", {
      requests: [{ id: "1", method: "POST", url: "/$batch", ...JSON_BODY }],
    }, "must not stand in a batch"],
    ["a dependency on what comes later", {
      requests: [{ id: "1", ...GET, dependsOn: ["2"] }, { id: "2", ...GET }],
    }, "in front of it"],
    ["a shape that is neither a chain nor parallel", {
      requests: [
        { id: "1", ...GET },
        { id: "2", ...GET, dependsOn: ["1"] },
        { id: "3", ...GET },
      ],
    }, "fully sequential or fully parallel"],
  ])("refuses a batch with %s as a whole", async (_what, body, message) => {
    const graph = fakeGraph();
    const response = await post(graph, body);
    expect(response.status).toBe(400);
    const { error } = await response.json() as { error: { code: string; message: string } };
    expect(error.code).toBe("BadRequest");
    expect(error.message).toContain(message);
    expect(graph.ledger.received()).toBe(0);
  });

  it("refuses another Content-Type, a foreign token, and a batch below a user", async () => {
    const graph = fakeGraph();
    const batch = { requests: numbered(1) };
    const statusOf = async (init: Parameters<typeof post>[2]) =>
      (await post(graph, batch, init)).status;
    expect(await statusOf({ headers: { "Content-Type": "text/plain" } })).toBe(400);
    expect(await statusOf({ headers: { Authorization: "Bearer other" } })).toBe(401);
    expect(await statusOf({ url: `${graph.baseUrl}me/$batch` })).toBe(404);
    expect(await statusOf({ url: "https://graph.microsoft.com/beta/$batch" })).toBe(200);
  });

  it("speaks camelCase, and carries several mailboxes and the tenant in one batch", async () => {
    const graph = fakeGraph({ mailboxes: { "anna@contoso.com": {}, "ben@contoso.com": {} } });
    const [mine, his, users, count, nobody] = await answers(graph, [
      { id: "1", ...GET },
      { id: "2", method: "GET", url: "users/ben@contoso.com/messages?$top=1" },
      { id: "3", method: "GET", url: "/users" },
      { id: "4", method: "GET", url: "/users/$count" },
      { id: "5", method: "GET", url: "/users('carl@contoso.com')/messages" },
    ]);
    expect(mine!.body).toMatchObject({ value: [{ subject: expect.any(String) }] });
    expect(mine!.body).toHaveProperty(["@odata.nextLink"], expect.stringMatching(/^https:/));
    expect(his!.body).toMatchObject({ value: [{ isRead: expect.any(Boolean) }] });
    expect(users!.body).toMatchObject({ value: [{ userPrincipalName: "anna@contoso.com" }, {}] });
    expect(count).toMatchObject({
      body: "Mg==",
      headers: { "Content-Type": expect.stringContaining("text") },
    });
    expect(nobody!.status).toBe(404);
    expect(graph.ledger.entries.map(({ mailbox }) => mailbox)).toEqual([
      "anna@contoso.com",
      "ben@contoso.com",
      "tenant",
      "tenant",
      "",
    ]);
  });

  it("answers in an order of its own, unless it is asked not to", async () => {
    const orderOf = async (options: FakeOptions) => {
      const response = await post(fakeGraph(options), { requests: numbered(8) });
      const { responses } = await response.json() as { responses: Answer[] };
      return responses.map(({ id }) => id).join("");
    };
    expect(await orderOf({})).not.toBe("12345678");
    expect(await orderOf({ order: "request" })).toBe("12345678");
  });

  it("runs a chain in its order, and answers 424 behind a failure", async () => {
    const graph = fakeGraph();
    const chain = numbered(4).map((request, at) => ({
      ...request,
      ...(at === 1 ? { url: "/me/messages/none" } : {}),
      ...(at === 0 ? {} : { dependsOn: [String(at)] }),
    }));
    const responses = await answers(graph, chain);
    expect(responses.map(({ status }) => status)).toEqual([200, 404, 424, 424]);
    expect(graph.ledger.carriedOut()).toBe(2);
  });

  it("takes a star: all after the first", async () => {
    const star = numbered(3).map((request, at) =>
      at === 0 ? request : { ...request, dependsOn: ["1"] }
    );
    expect((await answers(fakeGraph(), star)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it.each([["side by side", 4], ["in a chain", 1]])(
    "works on requests of a batch %s: %i at a time",
    async (shape, most) => {
      let [now, atOnce, mostAtOnce] = [0, 0, 0];
      const clock = {
        now: () => now,
        wait: async (ms: number) => {
          mostAtOnce = Math.max(mostAtOnce, ++atOnce);
          await new Promise<void>((resolve) => setTimeout(resolve, 0));
          now += ms;
          atOnce--;
        },
      };
      const requests = numbered(20).map((request, at) =>
        shape === "in a chain" && at > 0 ? { ...request, dependsOn: [String(at)] } : request
      );
      const responses = await answers(fakeGraph({ workMs: 4, clock }), requests);
      expect(responses.every(({ status }) => status === 200)).toBe(true);
      expect(mostAtOnce).toBe(most);
    },
  );

  it("answers 429 with Retry-After beyond four requests at a mailbox", async () => {
    const graph = fakeGraph({
      workMs: 5,
      mailboxes: { "anna@contoso.com": {}, "ben@contoso.com": {} },
    });
    const forBen = numbered(8, { method: "GET", url: "/users/ben@contoso.com/messages" });
    const [first, second, his] = await Promise.all([
      answers(graph, numbered(8)),
      answers(graph, numbered(8)),
      answers(graph, forBen),
    ]);
    const throttled = [...first, ...second].filter(({ status }) => status === 429);
    expect(throttled.length).toBeGreaterThan(0);
    expect(throttled[0]).toMatchObject({
      headers: { "Retry-After": "0.25" },
      body: { error: { code: "ApplicationThrottled" } },
    });
    expect(his.every(({ status }) => status === 200)).toBe(true);
    expect(graph.maxConcurrencyOf("anna@contoso.com")).toBe(2);
    expect(graph.maxConcurrencyOf("ben@contoso.com")).toBe(1);
    expect(graph.maxConcurrency).toBe(3);
  });

  it("throttles files and mail each by itself", async () => {
    const graph = fakeGraph({ workMs: 5, mailboxes: { "anna@contoso.com": { files: 2 } } });
    const files = numbered(4, { method: "GET", url: "/me/drive/root/children" });
    const [first, second, mail] = await Promise.all([
      answers(graph, files),
      answers(graph, files),
      answers(graph, numbered(4)),
    ]);
    const statuses = [...first, ...second].map(({ status }) => status);
    expect(statuses).toContain(429);
    expect(statuses).toContain(200);
    expect(first.find(({ status }) => status === 200)?.body)
      .toMatchObject({ value: [{ name: "report 1.txt" }, { name: "report 2.txt" }] });
    expect(mail.every(({ status }) => status === 200)).toBe(true);
  });

  it("lets four chains run at one mailbox side by side", async () => {
    const graph = fakeGraph({ workMs: 1 });
    const chain = numbered(5).map((request, at) =>
      at === 0 ? request : { ...request, dependsOn: [String(at)] }
    );
    const four = await Promise.all(Array.from({ length: 4 }, () => answers(graph, chain)));
    expect(four.flat().every(({ status }) => status === 200)).toBe(true);
  });

  it("has the faults of the fake Outlook", async () => {
    const graph = fakeGraph({
      script: [
        { name: "status", status: 429, on: "part", index: 0, retryAfter: 7 },
        { name: "status", status: 503 },
      ],
    });
    const [first] = await answers(graph, numbered(2));
    expect(first).toMatchObject({ status: 429, headers: { "Retry-After": "7" } });
    expect((await post(graph, { requests: numbered(1) })).status).toBe(503);
  });
});
