import { describe, expect, it } from "vitest";
import type { Operation } from "../../../src/operation/operation.ts";
import { del, get, head, merge, post, put } from "../../../src/operation/make.ts";
import { type ODataOptions, odataWire } from "../../../src/wire/odata/odata.ts";
import type { BatchRequest } from "../../../src/wire/wire.ts";
import { batchAnswer } from "../../support/multipart.ts";
import { octets } from "../../support/octets.ts";
import { describeWire, type InnerAnswer, type WireFacts } from "../contract.ts";
import { decodeAll, encodeAll, sentInJson, sentInMultipart } from "../support.ts";

const HOST = "https://services.example";
const baseUrl = `${HOST}/odata/v4/`;

const common: Pick<WireFacts, "lanes" | "refused" | "messagesTarget"> = {
  lanes: [
    [
      get("Customers"),
      get("Customers('ALFKI')?$select=Name"),
      get("/odata/v4/Orders"),
      get("/ODATA/v4" + "/Orders"),
      get(`${HOST}/odata/v4/Orders`),
      get(new URL(`${HOST}/odata/v4/Orders?$filter=a eq 1`)),
      get("$metadata"),
      get(baseUrl),
    ],
    [get("Customers", { headers: { Authorization: "Bearer anna" } })],
  ],
  refused: {
    "another host": get("https://evil.example/odata/v4/Customers"),
    "another scheme": get("http://services.example/odata/v4/Customers"),
    "another service of the host": get("/odata/v3/Customers"),
    "another service, absolute": get(`${HOST}/odata/v3/Customers`),
    "a URL relative to the scheme": get("//evil.example/odata/v4/Customers"),
    "a way out": get("../v3/Customers"),
    "a way out, encoded": get("%2e%2e/v3/Customers"),
    "a batch": post("$batch", {}),
    "a context": get("Customers", { context: "me" }),
    "an empty Authorization": get("Customers", { headers: { Authorization: "" } }),
    "a Range": get("Customers", { headers: { Range: "bytes=0-1" } }),
    "a Host of its own": get("Customers", { headers: { Host: "evil.example" } }),
  },
  messagesTarget: "messages",
};

describeWire("odataWire(), multipart", () => odataWire({ baseUrl }), {
  ...common,
  takesHead: true,
  sentIn: sentInMultipart,
  answer(answers: readonly InnerAnswer[]) {
    const bytes = batchAnswer(answers.map(({ id, headers = {}, ...rest }) => ({
      ...rest,
      ...(id === undefined ? {} : { contentId: id }),
      headers: Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      body: rest.body ?? "",
    })));
    return {
      head: { status: 200, headers: { "content-type": "multipart/mixed; boundary=b" } },
      bytes,
    };
  },
  isStreamed: true,
});

describeWire("odataWire(), JSON", () => odataWire({ baseUrl, format: "json" }), {
  ...common,
  refused: { ...common.refused, "HEAD": head("Customers") },
  takesHead: false,
  // Names are in lower case there; the contract asks for them as they were written.
  sentIn: (request) =>
    sentInJson(request).map((sent) => ({ ...sent, headers: titled(sent.headers) })),
  answer(answers: readonly InnerAnswer[]) {
    const responses = answers.map(({ body, ...rest }) => ({
      ...rest,
      ...(body === undefined ? {} : { body: JSON.parse(body) as unknown }),
    }));
    return {
      head: { status: 200, headers: { "content-type": "application/json" } },
      bytes: octets(JSON.stringify({ responses })),
    };
  },
  isStreamed: false,
});

function titled(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
      value,
    ]),
  );
}

function requestOf(operations: readonly Operation[], options: Partial<ODataOptions>): BatchRequest {
  return encodeAll(odataWire({ baseUrl, ...options }), operations).request;
}

const operations = [
  get("Customers"),
  get("/odata/v4/Customers"),
  get(`${HOST}/odata/v4/Customers`),
];

describe("odataWire()", () => {
  it("posts to $batch below the service root", () => {
    expect(requestOf(operations, {}).url).toBe(`${HOST}/odata/v4/$batch`);
    expect(requestOf([get("A")], { baseUrl: `${HOST}/root` }).url).toBe(`${HOST}/root/$batch`);
  });

  it("puts the query of baseUrl on the $batch POST, and on no operation", () => {
    const request = requestOf([get("A")], { baseUrl: `${baseUrl}?sap-client=100` });
    expect(request.url).toBe(`${HOST}/odata/v4/$batch?sap-client=100`);
    expect(sentInMultipart(request).map(({ target }) => target)).toEqual(["A"]);
  });

  it("writes each write in a change set of its own when it is asked to, and no read", () => {
    const request = requestOf([get("A"), post("B", {}), del("C")], { writes: "changeSet" });
    const text = new TextDecoder().decode(request.body);
    const sets = [...text.matchAll(/multipart\/mixed; boundary=(\S+)\r\n\r\n--\1\r\n/g)];
    expect(sets.length).toBe(2);
    expect(text.indexOf("GET A")).toBeLessThan(text.indexOf("multipart/mixed"));
    expect([...text.matchAll(/Content-ID: (\d)/g)].map(([, id]) => id)).toEqual(["1", "2", "3"]);
    expect(() => odataWire({ baseUrl, writes: "set" as never })).toThrow(TypeError);
  });

  it("says the octets of a body in its part when it is asked to", () => {
    const lengthOf = (operation: Operation) =>
      sentInMultipart(requestOf([operation], { contentLength: true }))[0]
        ?.headers["Content-Length"];
    expect(lengthOf(post("A", { a: "ä" }))).toBe("10");
    expect(lengthOf(post("A", new Uint8Array(300)))).toBe("300");
    expect(lengthOf(get("A"))).toBeUndefined();
    expect(() => odataWire({ baseUrl, contentLength: "yes" as never })).toThrow(TypeError);
  });

  it("knows how many octets a part with a length has", () => {
    const wire = odataWire({ baseUrl, contentLength: true });
    const operation = post("A", { a: "ä" });
    const context = wire.contextOf(operation);
    const encoded = wire.encodeOne(operation, context);
    const written = wire.encode([encoded], context).body.length;
    // As large as it would be with the longest number.
    expect(written).toBe(encoded.bytes + wire.frameBytes! - "1000".length + 1);
  });

  it.each([undefined, "", "services.example", "http://services.example/"])(
    "refuses %s as service root",
    (root) => {
      expect(() => odataWire({ baseUrl: root as string })).toThrow(TypeError);
    },
  );

  it("refuses an unknown format", () => {
    expect(() => odataWire({ baseUrl, format: "xml" as never })).toThrow(TypeError);
  });

  it("knows what its servers promise of order", () => {
    expect(odataWire({ baseUrl }).order).toBe("sequential");
    expect(odataWire({ baseUrl, format: "json" }).order).toBe("native");
  });

  it("multipart: writes each URL in its own form, with a Host where there is only a path", () => {
    expect(
      sentInMultipart(requestOf(operations, {})).map(({ target, headers }) => [target, headers]),
    )
      .toEqual([
        ["Customers", {}],
        ["/odata/v4/Customers", { Host: "services.example" }],
        [`${HOST}/odata/v4/Customers`, {}],
      ]);
  });

  it.each(["multipart", "json"] as const)("%s: encodes the colons of a relative path", (format) => {
    const urls = ["E('a:b')/F(2020-01-01T00:00:00Z)?$filter=T eq 1:2", "/odata/v4/E('a:b')"];
    const request = requestOf(urls.map((url) => get(url.replaceAll(" ", "%20"))), { format });
    const sent = format === "json" ? sentInJson(request) : sentInMultipart(request);
    expect(sent.map(({ target }) => target)).toEqual([
      "E('a%3Ab')/F(2020-01-01T00%3A00%3A00Z)?$filter=T%20eq%201:2",
      "/odata/v4/E('a:b')",
    ]);
  });

  it("JSON: refuses a method that its batches do not know", () => {
    for (const operation of [merge("A(1)", {}), head("A")]) {
      expect(() => requestOf([operation], { format: "json" })).toThrow(
        `a JSON batch must hold GET, POST, PATCH, PUT and DELETE only: current value is ${operation.method}`,
      );
    }
  });

  it("takes a base whose path holds an address", () => {
    expect(requestOf([get("A")], { baseUrl: `${HOST}/users('a@b.c')/?u=d@e` }).url)
      .toBe(`${HOST}/users('a@b.c')/$batch?u=d@e`);
    for (const user of ["https://@h/", "https://u@h/", "https:u:p@h/", "https:\\\\@h/"]) {
      expect(() => odataWire({ baseUrl: user })).toThrow(/must hold no user and no fragment/);
    }
  });

  it("JSON: writes relative URLs and absolute paths", () => {
    expect(sentInJson(requestOf(operations, { format: "json" })).map(({ target }) => target))
      .toEqual(["Customers", "/odata/v4/Customers", "/odata/v4/Customers"]);
  });

  it("multipart: asks for continue-on-error, or not; a JSON batch has no Prefer at all", () => {
    const preferOf = (options: Partial<ODataOptions>) =>
      requestOf(operations, options).headers["Prefer"];
    expect(preferOf({})).toBe("odata.continue-on-error");
    expect(preferOf({ continueOnError: false })).toBeUndefined();
    for (const continueOnError of [undefined, true, false]) {
      const { headers } = requestOf(operations, {
        format: "json",
        continueOnError,
        headers: { Prefer: "return=minimal" },
      });
      expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain("prefer");
    }
  });

  it.each(["multipart", "json"] as const)(
    "%s: puts headers of the options on batch and parts, Authorization on the batch alone",
    (format) => {
      const headers = {
        "X-CSRF-Token": "t",
        Prefer: "return=minimal",
        Accept: "application/json",
        Authorization: "Bearer x",
      };
      const request = requestOf([get("A"), get("B", { headers: { prefer: "own" } })], {
        format,
        headers,
      });
      expect(request.headers).toMatchObject({
        "X-CSRF-Token": "t",
        Authorization: "Bearer x",
        ...(format === "json" ? {} : { Prefer: "odata.continue-on-error" }),
      });
      const sent = format === "json" ? sentInJson(request) : sentInMultipart(request);
      const lower = sent.map((part) =>
        Object.fromEntries(
          Object.entries(part.headers).map(([name, value]) => [name.toLowerCase(), value]),
        )
      );
      expect(lower).toEqual([
        { "x-csrf-token": "t", prefer: "return=minimal", accept: "application/json" },
        { "x-csrf-token": "t", prefer: "own, return=minimal", accept: "application/json" },
      ]);
      const own = requestOf([get("A", { headers: { Authorization: "Bearer y" } })], {
        format,
        headers,
      });
      expect(own.headers).not.toHaveProperty("Authorization");
    },
  );

  it("JSON: writes text as it is, bytes in base64url, and nothing for nothing", () => {
    const [text, encoded, bytes, none] = sentInJson(requestOf([
      put("a", "Grüße"),
      put("b", octets("Grüße"), { headers: { "Content-Type": "text/plain" } }),
      put("c", Uint8Array.of(251, 255), { headers: { "Content-Type": "image/png" } }),
      post("d"),
    ], { format: "json" }));
    expect([text!.body, encoded!.body, bytes!.body, none!.body]).toEqual([
      "Grüße",
      "Grüße",
      "-_8",
      "",
    ]);
    expect(none!.headers).toEqual({});
  });

  it("reads either form, whatever it sent", () => {
    const head = { status: 200, headers: { "content-type": "application/json" } };
    const body = octets('{"responses":[{"status":200,"body":1},{"status":204}]}');
    const two = [get("A"), get("B")];
    for (const format of ["json", "multipart"] as const) {
      const decoder = odataWire({ baseUrl, format }).decoder(head, two)!;
      expect(decodeAll(decoder, [body]).parts).toHaveLength(2);
      // Responses in JSON come in any order, so positions say nothing.
      expect(decoder.isOrdered).toBe(false);
    }
  });
});
