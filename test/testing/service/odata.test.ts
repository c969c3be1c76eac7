import { describe, expect, it } from "vitest";
import {
  after,
  type AnyOperation,
  atomic,
  createODataBatcher,
  del,
  fetchTransport,
  get,
  merge,
  type ODataOptions,
  patch,
  post,
  put,
  ref,
  ResponseError,
  toPromise,
} from "../../../mod.ts";
import { fakeOData, type FakeODataOptions, type FakeODataService } from "../../../src/testing.ts";

const SETS = { Customers: { items: 3 }, Orders: { items: 0 } };

function serviceWith(options: FakeODataOptions = {}): FakeODataService {
  return fakeOData({ entitySets: SETS, ...options });
}

function batcherOf(odata: FakeODataService, options: Partial<ODataOptions> = {}) {
  return createODataBatcher({
    baseUrl: odata.baseUrl,
    token: odata.token,
    transport: fetchTransport(odata.fetch),
    retry: false,
    ...options,
  });
}

/** What each operation gets, or fails with, in one batch. */
async function sent(
  odata: FakeODataService,
  operations: readonly AnyOperation[],
  options: Partial<ODataOptions> = {},
) {
  const batcher = batcherOf(odata, options);
  const results = await Promise.all(
    operations.map((operation) =>
      toPromise(batcher, operation).then(({ status, body }) => ({ status, body }), (error) => error)
    ),
  );
  await batcher.close();
  return results;
}

/** The answer to a batch as a client writes it by hand. */
async function posted(
  odata: FakeODataService,
  body: string | object,
  contentType?: string,
  more: Readonly<Record<string, string>> = {},
) {
  const response = await odata.fetch(`${odata.baseUrl}$batch`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${odata.token}`,
      "Content-Type": contentType ??
        (typeof body === "string" ? "multipart/mixed; boundary=b" : "application/json"),
      ...more,
    },
    body: typeof body === "string" ? body.replaceAll("\n", "\r\n") : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const part = (request: string, headers = "") =>
  `--b\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n${headers}\n${request}`;

const FORMATS = ["multipart", "json"] as const;

describe.each(FORMATS)("fakeOData, in %s", (format) => {
  it("reads, creates, changes, replaces and removes entities", async () => {
    const odata = serviceWith();
    const results = await sent(odata, [
      get("Customers(2)"),
      post("Customers", { Name: "Contoso" }),
      patch("Customers(1)", { Name: "Fabrikam" }),
      put("Customers(2)", { Name: "Litware" }),
      del("Customers(3)"),
      get("Customers/$count"),
    ], { format });
    expect(results.map(({ status }) => status)).toEqual([200, 201, 204, 204, 204, 200]);
    expect(results[0]).toMatchObject({ body: { Id: 2, Name: "Customers 2" } });
    expect(results[5]).toMatchObject({ body: "3" });
    expect(odata.items("Customers")).toEqual([
      { Id: 1, Name: "Fabrikam" },
      { Id: 2, Name: "Litware" },
      { Id: 4, Name: "Contoso" },
    ]);
    expect(odata.posts).toBe(1);
  });

  it("filters, orders, selects and pages", async () => {
    const odata = serviceWith({ entitySets: { Customers: { items: 5 } }, pageSize: 2 });
    const url = "Customers?$filter=Id%20gt%201&$orderby=Id%20desc&$select=Id&$count=true";
    const [page, top] = await sent(odata, [get(url), get("Customers?$top=1")], { format });
    expect(page).toMatchObject({
      body: { "@odata.count": 4, value: [{ Id: 5 }, { Id: 4 }] },
    });
    const { body } = page as { body: Record<string, unknown> };
    const [next] = await sent(odata, [get(String(body["@odata.nextLink"]))], { format });
    expect(next).toMatchObject({ body: { value: [{ Id: 3 }, { Id: 2 }] } });
    expect((top as { body: object }).body).not.toHaveProperty("@odata.nextLink");
  });

  it("answers 404, 409 and 412 as the REST calls of one service", async () => {
    const odata = serviceWith();
    const results = await sent(odata, [
      get("Customers(9)"),
      post("Customers", { Id: 1 }),
      patch("Customers(1)", { Name: "x" }, { headers: { "If-Match": 'W/"0"' } }),
      get("Suppliers"),
    ], { format });
    expect(results.map(({ status }) => status)).toEqual([404, 409, 412, 404]);
    expect(results.every((error) => error instanceof ResponseError)).toBe(true);
  });

  it("carries out a group whole, with references in URLs and bodies", async () => {
    const odata = serviceWith();
    const customer = post("Customers", { Name: "Contoso" });
    const order = post(`${ref(customer)}/Orders`, { Product: "Bread" });
    const bound = post("Orders", { "Customer@odata.bind": ref(customer), Product: "Milk" });
    const group = atomic([customer, order, bound, patch(ref(customer), { Rank: 1 })]);
    const [answer] = await sent(odata, [group], { format });
    const { body } = answer as { body: readonly { status: number }[] };
    expect(body.map(({ status }) => status)).toEqual([201, 201, 201, 204]);
    expect(odata.items("Customers").at(-1)).toEqual({ Id: 4, Name: "Contoso", Rank: 1 });
    expect(odata.items("Orders")).toEqual([
      { Id: 1, CustomerId: 4, Product: "Bread" },
      { Id: 2, CustomerId: 4, Product: "Milk" },
    ]);
  });

  it("undoes a group of which one member fails, and says so in the ledger", async () => {
    const odata = serviceWith();
    const members = [
      post("Customers", { Name: "Contoso" }, { headers: { "client-request-id": "made" } }),
      del("Customers(9)"),
      del("Customers(1)"),
    ];
    const [failure, other] = await sent(odata, [atomic(members), get("Customers/$count")], {
      format,
    });
    expect(failure).toMatchObject({ status: 404 });
    expect(other).toMatchObject({ body: "3" });
    expect(odata.items("Customers")).toHaveLength(3);
    expect(odata.ledger.received("made")).toBe(1);
    expect(odata.ledger.carriedOut("made")).toBe(0);
  });

  it("fails on demand: a fault on one member undoes the group", async () => {
    const odata = serviceWith({
      script: [{ name: "status", status: 503, on: "part", index: 1 }],
    });
    const group = atomic([post("Orders", {}), post("Orders", {})]);
    const [failure] = await sent(odata, [group], { format });
    expect(failure).toMatchObject({ status: 503 });
    expect(odata.items("Orders")).toEqual([]);
  });

  it("lets what waits for a group run after it", async () => {
    const odata = serviceWith();
    const group = atomic([post<{ Id: number }>("Customers", { Name: "Contoso" })]);
    const order = after(group, ({ body: [made] }) => post(`Customers(${made.body.Id})/Orders`, {}));
    const [, answer] = await sent(odata, [group, order], { format });
    expect(answer).toMatchObject({ status: 201, body: { CustomerId: 4 } });
  });
});

describe("fakeOData, strict", () => {
  const write = "POST Orders HTTP/1.1\nContent-Type: application/json\n\n{}\n";
  const CHANGE_SET = `--b\nContent-Type: multipart/mixed; boundary=c\n\n--c${
    part(write, "Content-ID: 1\n").slice(3)
  }--c--\n`;

  it.each<[string, string, string | object, FakeODataOptions]>([
    [
      "a part with an Authorization",
      "the header authorization",
      part("GET Orders HTTP/1.1\nAuthorization: x\n\n\n"),
      {},
    ],
    [
      "an absolute path without a Host",
      "must have a Host",
      part("GET /odata/Orders HTTP/1.1\n\n\n"),
      {},
    ],
    [
      "a URL of another service",
      "for the service of the batch",
      part("GET https://example.org/odata/Orders HTTP/1.1\n\n\n"),
      {},
    ],
    ["a batch in a batch", "not stand in a batch", part("POST $batch HTTP/1.1\n\n\n"), {}],
    ["a bare write where change sets are wanted", "stand in a change set", part(write), {
      writes: "changeSet",
    }],
    [
      "two change sets where one is taken",
      "at most 1 change sets",
      CHANGE_SET + CHANGE_SET.replace("ID: 1", "ID: 2"),
      {
        changeSetsPerBatch: 1,
      },
    ],
    [
      "a member without a Content-ID",
      "have a Content-ID",
      CHANGE_SET.replace("Content-ID: 1\n", ""),
      {},
    ],
    ["one Content-ID twice", "Content-ID must be unique", CHANGE_SET + CHANGE_SET, {}],
    ["more operations than it takes", "at most 1 requests", part(write) + part(write), {
      maxOperations: 1,
    }],
    ["a reference to nothing", "in front of it", part(write.replace("Orders", "$7/Orders")), {}],
    ["a group that is not in one piece", "next to the others", {
      requests: ["g", undefined, "g"].map((atomicityGroup, at) => ({
        id: String(at),
        atomicityGroup,
        method: "delete",
        url: "Orders(1)",
      })),
    }, {}],
    ["a read in a group", "must hold no reads", {
      requests: [{ id: "1", atomicityGroup: "g", method: "get", url: "Orders" }],
    }, {}],
    ["a reference that does not stand in dependsOn", "name in dependsOn", {
      requests: [
        {
          id: "1",
          method: "post",
          url: "Orders",
          headers: { "content-type": "application/json" },
          body: {},
        },
        { id: "2", method: "delete", url: "$1" },
      ],
    }, {}],
  ])("refuses %s, and runs nothing", async (_, reason, body, options) => {
    const odata = serviceWith(options);
    const batch = typeof body === "string" ? `${body}--b--\n` : body;
    const { status, text } = await posted(odata, batch);
    expect(status).toBe(400);
    expect(text).toContain(reason);
    expect(odata.items("Orders")).toEqual([]);
    expect(odata.ledger.received()).toBe(0);
  });

  it("refuses a batch in JSON before version 4.01, and one without its token", async () => {
    const batch = { requests: [{ id: "1", method: "get", url: "Orders" }] };
    expect(await posted(serviceWith({ version: "4.0" }), batch)).toMatchObject({ status: 415 });
    const [failure] = await sent(serviceWith(), [get("Orders")], { token: "another" });
    expect(failure).toMatchObject({ _tag: "BatchHttpError", status: 401 });
  });

  it("answers in the form that is asked for, where the version has both", async () => {
    const inJson = { requests: [{ id: "1", method: "get", url: "Orders" }] };
    const inMultipart = `${part("GET Orders HTTP/1.1\n\n\n", "Content-ID: 1\n")}--b--\n`;
    const textOf = async (batch: string | object, Accept?: string, options?: FakeODataOptions) => {
      const more = Accept === undefined ? {} : { Accept };
      const { status, text } = await posted(serviceWith(options), batch, undefined, more);
      expect(status).toBe(200);
      return text;
    };
    expect(await textOf(inJson)).toMatch(/^\{"responses"/);
    expect(await textOf(inJson, "multipart/mixed")).toMatch(/^--batchresponse_/);
    expect(await textOf(inMultipart)).toMatch(/^--batchresponse_/);
    expect(await textOf(inMultipart, "application/json")).toMatch(/^\{"responses":\[\{"id":"1"/);
    expect(await textOf(inMultipart, "application/json", { version: "4.0" })).toMatch(/^--/);
  });

  it("stops at the first error unless the batch asks to go on", async () => {
    const odata = serviceWith();
    const batch = `${part("DELETE Customers(9) HTTP/1.1\n\n\n")}${
      part("DELETE Customers(1) HTTP/1.1\n\n\n")
    }--b--\n`;
    const { text } = await posted(odata, batch);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 404"]);
    expect(odata.items("Customers")).toHaveLength(3);
  });
});

describe("fakeOData of other kinds", () => {
  it.each(
    [
      ["2.0", { d: { results: [{ Id: 1 }, { Id: 2 }] } }, { d: { Id: 6 } }],
      ["3.0", { value: [{ Id: 1 }, { Id: 2 }] }, { Id: 6 }],
    ] as const,
  )("version %s has MERGE, 202 and its own JSON", async (version, list, made) => {
    const odata = serviceWith({
      version,
      writes: "changeSet",
      pageSize: 2,
      entitySets: { Customers: {} },
    });
    const statuses: number[] = [];
    const transport = fetchTransport(async (...args) => {
      const response = await odata.fetch(...args);
      statuses.push(response.status);
      return response;
    });
    const operations = [
      get("Customers"),
      post("Customers", { Name: "Contoso" }),
      merge("Customers(1)", { Name: "Fabrikam" }),
      del("Customers(9)"),
    ];
    const results = await sent(odata, operations, { transport, writes: "changeSet" });
    expect(results.map(({ status }) => status)).toEqual([200, 201, 204, 404]);
    expect(results[0]).toMatchObject({ body: list });
    expect(results[1]).toMatchObject({ body: made });
    expect(odata.items("Customers")[0]).toEqual({ Id: 1, Name: "Fabrikam" });
    expect(statuses).toEqual([202]);
  });

  it("one that nests the error of a group, as ASP.NET does", async () => {
    const odata = serviceWith({ failedGroup: "nested" });
    const [failure] = await sent(odata, [atomic([post("Orders", {}), del("Orders(9)")])]);
    expect(failure).toMatchObject({ status: 404 });
    expect(odata.items("Orders")).toEqual([]);
  });

  it("one that rolls nothing back answers each member of a change set by itself", async () => {
    const odata = serviceWith({ rollsBack: false, version: "3.0", writes: "changeSet" });
    const results = await sent(odata, [post("Orders", {}), del("Orders(9)")], {
      writes: "changeSet",
    });
    expect(results.map(({ status }) => status)).toEqual([201, 404]);
    expect(odata.items("Orders")).toEqual([{ Id: 1 }]);
  });

  it("listens, and begins anew on reset", async () => {
    const odata = serviceWith();
    await using server = await odata.listen();
    const options = { baseUrl: server.baseUrl, transport: undefined };
    const [answer] = await sent(odata, [post("Orders", { Product: "Bread" })], options);
    expect(answer).toMatchObject({ status: 201, body: { Id: 1, Product: "Bread" } });
    odata.reset();
    expect(odata.items("Orders")).toEqual([]);
    expect(odata.posts).toBe(0);
  });

  it("changes its CSRF token after so many batches, and tells it to a read that asks", async () => {
    const odata = serviceWith({ csrfBatches: 1 });
    const ask = async () => {
      const headers = { Authorization: `Bearer ${odata.token}`, "X-CSRF-Token": "Fetch" };
      const { headers: told } = await odata.fetch(odata.baseUrl, { headers });
      return told.get("X-CSRF-Token") ?? "none";
    };
    const first = await ask();
    const options = { headers: { "X-CSRF-Token": first } };
    const [taken] = await sent(odata, [post("Orders", {})], options);
    expect(taken).toMatchObject({ status: 201 });
    const [refused] = await sent(odata, [post("Orders", {})], options);
    expect(refused).toMatchObject({ status: 403, headers: { "x-csrf-token": "Required" } });
    expect(await ask()).not.toBe(first);
    expect(odata.items("Orders")).toHaveLength(1);
  });
});
