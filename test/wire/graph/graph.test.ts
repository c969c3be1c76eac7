import { describe, expect, it } from "vitest";
import { DecodeError, OperationError } from "../../../src/operation/errors.ts";
import type { Operation } from "../../../src/operation/operation.ts";
import { del, get, head, patch, post, put } from "../../../src/operation/make.ts";
import { type GraphOptions, graphWire } from "../../../src/wire/graph/graph.ts";
import { octets } from "../../support/octets.ts";
import { describeWire, type InnerAnswer } from "../contract.ts";
import { decodeAll, encodeAll, sentInJson, told } from "../support.ts";

const HOST = "https://graph.microsoft.com";
const GUID = "4f2d9eac-0b4f-4d2c-9d1a-3a1b2c3d4e5f";
const JSON_HEAD = { status: 200, headers: { "content-type": "application/json" } };

function answer(answers: readonly InnerAnswer[]) {
  const responses = answers.map(({ body, ...rest }) => ({
    ...rest,
    ...(body === undefined ? {} : { body: JSON.parse(body) as unknown }),
  }));
  return { head: JSON_HEAD, bytes: octets(JSON.stringify({ responses })) };
}

describeWire("graphWire()", graphWire, {
  lanes: [
    [
      get("me/messages"),
      get("/me/messages?$top=5"),
      get("/v1.0/me/messages"),
      get(`${HOST}/v1.0/me/messages?$skiptoken=a:b//c`),
      get("HTTPS://Graph.Microsoft.com:443/V1.0/ME/messages"),
      get(new URL(`${HOST}/v1.0/me/messages`)),
      get("messages", { context: "me" }),
      get("me/messages", { context: "/me" }),
      get("/me"),
    ],
    [
      get("/users/anna@contoso.com/messages"),
      get("users('Anna@Contoso.com')/messages"),
      get("/users/anna%40contoso.com"),
      get("users%28%27anna@contoso.com%27%29/events"),
      get("messages", { context: "users/anna@contoso.com" }),
      get("messages", { context: "users('anna@contoso.com')" }),
      get(`${HOST}/v1.0/users/anna@contoso.com/messages`),
    ],
    [get(`/users/${GUID}/events`), get(`/users('${GUID.toUpperCase()}')/events`)],
    [get(`/groups/${GUID}/events`), get("threads", { context: `groups/${GUID}` })],
    [
      get("/sites/root"),
      get("search/query"),
      get("/users"),
      get("/users?$top=5"),
      get("/users/$count"),
      get("/users/delta?$deltatoken=x"),
      get("/groups/microsoft.graph.delta()"),
      get("users/getByIds"),
      get("/sites/contoso.sharepoint.com:/teams/hr"),
      get("/men/1"),
    ],
  ],
  refused: {
    "another host": get("https://graph.microsoft.us/v1.0/me"),
    "a host with a user": get(`https://graph.microsoft.com@evil.example/v1.0/me`),
    "another scheme": get("http://graph.microsoft.com/v1.0/me"),
    "another version": get(`${HOST}/beta/me`),
    "another version below the host": get("/beta/me/messages"),
    "a way out of a context": get("/me/../users/ben@contoso.com/messages"),
    "an encoded way out of a context": get("/me/%2e%2e/users/ben@contoso.com"),
    "a protocol-relative URL": get("//evil.example/v1.0/me"),
    "a batch in a batch": post("/$batch", { requests: [] }),
    "a context that contradicts its URL": get("/me/messages", { context: "users/ben@contoso.com" }),
    "a context below a slash of the version": get("/sites/root", { context: "me" }),
    "a context that is none": get("messages", { context: "sites/root" }),
    "an empty Authorization": get("/me", { headers: { Authorization: "" } }),
    "HEAD": head("/me/messages"),
    "JSON that is none": post("/me/messages", '{"Subject":', {
      headers: { "content-type": "application/json" },
    }),
    "JSON in bytes that are no UTF-8": post("/me/messages", Uint8Array.of(34, 255, 34), {
      headers: { "Content-Type": "application/json" },
    }),
    "a header that a part must not have": get("/me", { headers: { Range: "bytes=0-1" } }),
  },
  messagesTarget: "/messages",
  takesHead: false,
  sentIn: sentInJson,
  answer,
  isStreamed: false,
});

function sent(operations: readonly Operation[], options: GraphOptions = {}) {
  return sentInJson(encodeAll(graphWire(options), operations).request);
}

describe("graphWire()", () => {
  it.each([
    [undefined, `${HOST}/v1.0/$batch`],
    [`${HOST}/beta/`, `${HOST}/beta/$batch`],
    ["https://graph.microsoft.us/v1.0", "https://graph.microsoft.us/v1.0/$batch"],
    [
      "https://microsoftgraph.chinacloudapi.cn/v1.0/",
      "https://microsoftgraph.chinacloudapi.cn/v1.0/$batch",
    ],
    ["http://127.0.0.1:8080/v1.0/", "http://127.0.0.1:8080/v1.0/$batch"],
  ])("posts for baseUrl %s to %s", (baseUrl, url) => {
    expect(graphWire({ baseUrl }).contextOf(get("/me")).url).toBe(url);
  });

  it.each([
    "http://graph.microsoft.com/v1.0/",
    "graph.microsoft.com/v1.0",
    `${HOST}/`,
    `${HOST}/v1`,
  ])(
    "refuses baseUrl %s",
    (baseUrl) => {
      expect(() => graphWire({ baseUrl })).toThrow(TypeError);
    },
  );

  it("writes URLs relative to the version, with a slash, and otherwise as they are", () => {
    const urls = [
      "me/messages",
      "/me",
      "/v1.0/me/drive/root:/a%20b.txt:/content",
      `${HOST}/v1.0/me/messages?$top=10&$skip=10`,
      "users('Anna@contoso.com')/events",
      "/users/Anna@contoso.com/events",
      "me/messages/AAMk%2FAD%2fA=/move?$a=%2F",
      "/me/drive/root:/a/b%2Fc.txt:/children/x%2Fy",
      "me/messages/AAMk%252F",
    ];
    expect(sent(urls.map((url) => get(url))).map(({ target }) => target)).toEqual([
      "/me/messages",
      "/me",
      "/me/drive/root:/a%20b.txt:/content",
      "/me/messages?$top=10&$skip=10",
      "/users('Anna@contoso.com')/events",
      "/users/Anna@contoso.com/events",
      "/me/messages/AAMk%252FAD%252FA=/move?$a=%2F",
      "/me/drive/root:/a/b%2Fc.txt:/children/x%252Fy",
      "/me/messages/AAMk%252F",
    ]);
    expect(sent([get("messages", { context: "/users/anna@contoso.com" })])[0]!.target).toBe(
      "/users/anna@contoso.com/messages",
    );
  });

  it("gives every POST, PATCH and PUT a body and a Content-Type", () => {
    const bare = [post("/me/messages/1/send"), patch("/me/a"), put("/me/b")];
    for (const { body, headers } of sent(bare)) {
      expect(body).toBe("{}");
      expect(headers).toEqual({ "Content-Type": "application/json" });
    }
    for (const { body, headers } of sent([get("/me"), del("/me/messages/1")])) {
      expect(body).toBe("");
      expect(headers).toEqual({});
    }
  });

  it("spells Content-Type as Graph wants it, whoever named it", () => {
    const [request] = sent([post("/me/messages", "{}", {
      headers: { "CONTENT-TYPE": "application/json; charset=utf-8" },
    })]);
    expect(request!.headers).toEqual({ "Content-Type": "application/json; charset=utf-8" });
  });

  it("sends bytes and text in base64", () => {
    const octetsOfAll = Uint8Array.from({ length: 20_000 }, (_, at) => at % 256);
    const [bytes, text] = sent([
      put("/me/photo/$value", octetsOfAll, { headers: { "Content-Type": "image/png" } }),
      put("/me/drive/root:/a.txt:/content", "Grüße"),
    ]);
    expect(Buffer.from(bytes!.body, "base64")).toEqual(Buffer.from(octetsOfAll));
    expect(Buffer.from(text!.body, "base64").toString()).toBe("Grüße");
  });

  it("gives each operation the headers of the options, its own first", () => {
    const options: GraphOptions = {
      headers: {
        ConsistencyLevel: "eventual",
        Prefer: "IdType=ImmutableId",
        Authorization: "Bearer x",
      },
    };
    const wire = graphWire(options);
    const { request } = encodeAll(wire, [
      get("/users/$count"),
      get("/users", { headers: { consistencylevel: "session" } }),
    ]);
    expect(request.headers).toEqual({
      Authorization: "Bearer x",
      Accept: "application/json",
      "Content-Type": "application/json",
    });
    expect(sentInJson(request).map(({ headers }) => headers)).toEqual([
      { ConsistencyLevel: "eventual", Prefer: "IdType=ImmutableId" },
      { consistencylevel: "session", Prefer: "IdType=ImmutableId" },
    ]);
    const own = encodeAll(wire, [get("/me", { headers: { Authorization: "Bearer y" } })]);
    expect(own.request.headers).not.toHaveProperty("Authorization");
  });

  it("writes dependsOn in a chain alone", () => {
    const first = get("/me");
    const wire = graphWire();
    const context = wire.contextOf(first);
    const encoded = [first, get("/me/a", { dependsOn: [first] }), get("/me/b")].map((operation) =>
      wire.encodeOne(operation, context)
    );
    const dependsOn = (shape: "chain" | "parallel") =>
      sentInJson(wire.encode(encoded, context, shape)).map((request) => request.dependsOn);
    expect(dependsOn("chain")).toEqual([[], ["1"], ["2"]]);
    expect(dependsOn("parallel")).toEqual([[], [], []]);
    const { request, bytes } = encodeAll(wire, [first]);
    expect(bytes).toBeGreaterThanOrEqual(request.body.length);
  });

  describe("laneOf", () => {
    it("chooses the lane and the name that the token function is given", () => {
      const wire = graphWire({ laneOf: ({ url }, lane) => lane === "tenant" ? url : lane });
      expect(wire.contextOf(get("/sites/a")).name).toBe("/sites/a");
      expect(wire.contextOf(get("/sites/a")).key).not.toBe(wire.contextOf(get("/sites/b")).key);
      expect(wire.contextOf(get("/me")).name).toBe("me");
    });

    it.each(["", "a\nb", undefined])("refuses %j", (name) => {
      const wire = graphWire({ laneOf: () => name as string });
      expect(() => wire.contextOf(get("/me"))).toThrow(OperationError);
    });

    it("must be a function", () => {
      expect(() => graphWire({ laneOf: "me" as never })).toThrow(TypeError);
    });
  });

  describe("mixContexts", () => {
    it("keeps lanes, which may share batches unless their people differ", () => {
      const wire = graphWire({ mixContexts: true });
      const [me, anna] = [
        wire.contextOf(get("/me")),
        wire.contextOf(get("/users/anna@contoso.com")),
      ];
      const own = wire.contextOf(get("/me", { headers: { Authorization: "Bearer x" } }));
      expect(me.key).not.toBe(anna.key);
      expect([me.mix, me.name]).toEqual([anna.mix, "tenant"]);
      expect(own.mix).not.toBe(me.mix);
      expect(graphWire().contextOf(get("/me")).mix).toBeUndefined();
    });

    it("must be a boolean", () => {
      expect(() => graphWire({ mixContexts: 1 as never })).toThrow(TypeError);
    });
  });
});

describe("bodies of Graph", () => {
  function bodyOf(response: Record<string, unknown>): unknown {
    const bytes = octets(JSON.stringify({ responses: [{ id: "1", status: 200, ...response }] }));
    const operation = get("/me");
    const { parts } = decodeAll(graphWire().decoder(JSON_HEAD, [operation])!, [bytes]);
    return (told(parts[0]!, operation) as { body: unknown }).body;
  }
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  it("are bytes where they are neither JSON nor text", () => {
    expect(bodyOf({ headers: { "Content-Type": "image/jpeg" }, body: "/9j/4A==" })).toEqual(
      Uint8Array.of(255, 216, 255, 224),
    );
    expect(() => bodyOf({ headers: { "Content-Type": "image/jpeg" }, body: "<html>" })).toThrow(
      DecodeError,
    );
  });

  it.each([
    ["text in base64", base64("<p>Grüße</p>"), "<p>Grüße</p>"],
    ["text as it is", "plain words", "plain words"],
    ["a number that looks like base64", "1234", "1234"],
    ["nothing", "", undefined],
  ])("are strings for %s", (_what, body, expected) => {
    expect(bodyOf({ headers: { "content-TYPE": "text/html; charset=utf-8" }, body })).toBe(
      expected,
    );
  });

  it("are values for JSON, whatever the header says or does not say", () => {
    expect(bodyOf({ body: { a: 1 } })).toEqual({ a: 1 });
    expect(bodyOf({ headers: { "Content-Type": "application/json" }, body: "text" })).toBe("text");
    expect(bodyOf({ headers: { "Content-Type": "text/plain" }, body: 12 })).toBe(12);
    expect(bodyOf({ body: null })).toBeUndefined();
  });
});

describe("bodies of Graph as they came", () => {
  it.each([
    ["application/json", '"eyJhIjogMX0="', '{"a": 1}'],
    ["application/json", '{"a": 1}', '{"a": 1}'],
    ["application/json", '"word"', '"word"'],
    ["text/plain", '"aGk="', "hi"],
    ["text/plain", '"plain words"', "plain words"],
  ])("are the text that %s holds in %s", (contentType, body, expected) => {
    const answer =
      `{"responses":[{"id":"1","status":200,"headers":{"Content-Type":"${contentType}"},"body":${body}}]}`;
    for (const read of ["text", "bytes"] as const) {
      const operation = get("/me", { read });
      const { parts } = decodeAll(graphWire().decoder(JSON_HEAD, [operation])!, [octets(answer)]);
      expect(parts[0]!.readBody(operation)).toEqual(read === "text" ? expected : octets(expected));
    }
  });
});

describe("answers of Graph", () => {
  const operations = [get("/me"), get("/me/a")];
  const read = (body: string | Uint8Array) =>
    decodeAll(graphWire().decoder(JSON_HEAD, operations)!, [
      typeof body === "string" ? octets(body) : body,
    ]);

  it("hand a 302 and its Location on", () => {
    const { parts } = read(
      '{"responses":[{"id":"1","status":302,"headers":{"Location":"https://cdn.example/f"}}]}',
    );
    expect(told(parts[0]!, operations[0]!)).toEqual({
      index: 0,
      status: 302,
      headers: { location: "https://cdn.example/f" },
      body: undefined,
    });
  });

  it("come in any order, with ids as strings or numbers", () => {
    const { parts } = read('{"responses":[{"id":"2","status":200},{"id":1,"status":200}]}');
    expect(parts.map(({ index }) => index)).toEqual([1, 0]);
  });

  it("may begin with a BOM", () => {
    expect(read('\ufeff{"responses":[{"id":"1","status":200}]}').parts).toHaveLength(1);
  });

  it("are JSON alone", () => {
    const head = { status: 200, headers: { "content-type": "multipart/mixed; boundary=b" } };
    expect(graphWire().decoder(head, [get("/me")])).toBeUndefined();
  });

  it("are malformed, not cut off, with HTML inside", () => {
    const { failure } = read(
      '{"responses":[{"id":"1","status":502,"body":<html lang="en"><p>Bad</p></html>}]}',
    );
    expect(failure).toBeInstanceOf(DecodeError);
    expect((failure as DecodeError).isTruncated).toBe(false);
  });

  it("are no batch answers when they hold an error alone", () => {
    const { failure } = read('{"error":{"code":"BadRequest","message":"…"}}');
    expect(failure).toBeInstanceOf(DecodeError);
  });
});
