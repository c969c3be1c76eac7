import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError, LimitError, OperationError } from "../../../src/operation/errors.ts";
import { get, head, post, put } from "../../../src/operation/make.ts";
import { type OutlookOptions, outlookWire } from "../../../src/wire/outlook/outlook.ts";
import { fuzz } from "../../support/fuzz.ts";
import { batchAnswer, multipart } from "../../support/multipart.ts";
import { octets, text } from "../../support/octets.ts";
import { describeWire, type InnerAnswer } from "../contract.ts";
import { decodeAll, encodeAll, sentInMultipart, told } from "../support.ts";

const HOST = "https://outlook.office.com";
const anna = "users('anna@contoso.com')";

function answer(answers: readonly InnerAnswer[]) {
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
}

describeWire("outlookWire()", outlookWire, {
  lanes: [
    [
      get("messages"),
      get("messages", { context: "me" }),
      get("events?$top=1", { context: "ME" }),
      get("/api/v2.0/me/messages"),
      get("/api/v2.0/Me/messages?$select=a:b//c/../d"),
      get("/API/V2.0/me"),
      get(`${HOST}/api/v2.0/me/messages`),
      get(`HTTPS://Outlook.Office.com:443/api/v2.0/me/messages`),
      get(new URL(`${HOST}/api/v2.0/me/messages`)),
    ],
    [
      get("messages", { context: anna }),
      get("messages", { context: "Users('Anna@Contoso.COM')" }),
      get("messages", { context: "users/'anna@contoso.com'" }),
      get("messages", { context: "users/anna@contoso.com" }),
      get("messages", { context: "users('anna%40contoso.com')" }),
      get("messages", { context: "users(%27anna@contoso.com%27)" }),
      get("messages", { context: "users%28%27anna@contoso.com%27%29" }),
      get(`/api/v2.0/${anna}/messages`),
      get("/api/v2.0/users/anna%40contoso.com/messages"),
      get("/api/v2.0/users/%27ANNA%40contoso.com%27/messages"),
      get(`${HOST}/api/v2.0/USERS('anna@contoso.com')/messages`),
      get(new URL(`${HOST}/api/v2.0/${anna}/messages`)),
      get(`/api/v2.0/${anna}/messages`, { context: "users/'ANNA@contoso.com'" }),
    ],
    [
      get("messages", { context: "users('4F2D9EAC-0b4f-4d2c-9d1a-3a1b2c3d4e5f')" }),
      get("messages", { context: "users/4f2d9eac-0b4f-4d2c-9d1a-3a1b2c3d4e5f" }),
    ],
    [get("messages", { context: "users('Opaque')" })],
    [get("messages", { context: "users('opaque')" })],
    [
      get("messages", { context: "users('o''brien@x.org')" }),
      get("messages", { context: "users/o'brien@x.org" }),
      get("messages", { context: "users('o%27%27brien@x.org')" }),
    ],
    [get("messages", { context: "users('me')" }), get("messages", { context: "users/me" })],
    [get("messages", { context: "users('jürgen@x.org')".replace("ü", "%C3%BC") })],
    [get("messages", { headers: { Authorization: "Bearer me" } })],
    [get("messages", { headers: { Authorization: "Bearer me" }, context: anna })],
  ],
  refused: {
    "another host": get("https://evil.example/api/v2.0/me/messages"),
    "another host that begins the same": get(
      "https://outlook.office.com.evil.example/api/v2.0/me/x",
    ),
    "a host with a dot at its end": get("https://outlook.office.com./api/v2.0/me/messages"),
    "another port": get("https://outlook.office.com:8443/api/v2.0/me/messages"),
    "another scheme": get("http://outlook.office.com/api/v2.0/me/messages"),
    "no real scheme": get("javascript:alert(1)"),
    "a user in the host": get("https://outlook.office.com@evil.example/api/v2.0/me/messages"),
    "a user before the host": get("https://a:b@outlook.office.com/api/v2.0/me/messages"),
    "a scheme without slashes": get("https:evil.example/api/v2.0/me"),
    "a scheme with one slash": get("https:/evil.example/api/v2.0/me"),
    "a scheme with backslashes": get("https:\\\\evil.example/api/v2.0/me"),
    "a backslash in the host": get(
      "https://outlook.office.com\\@evil.example/api/v2.0/me/messages",
    ),
    "a URL relative to the scheme": get("//evil.example/api/v2.0/me/messages"),
    "a backslash for a slash": get("/\\evil.example/api/v2.0/me/messages"),
    "another version": get("/api/beta/me/messages"),
    "another version, absolute": get(`${HOST}/api/beta/me/messages`),
    "no version": get("/me/messages"),
    "no context": get("/api/v2.0/$metadata"),
    "no more than the base": get("/api/v2.0/"),
    "a context that only begins like one": get("/api/v2.0/mess/messages"),
    "users without a user": get("/api/v2.0/users"),
    "an unclosed user": get("/api/v2.0/users('anna/messages"),
    "an empty user": get("/api/v2.0/users('')/messages"),
    "a user with a single quote inside": get("/api/v2.0/users('a'b')/messages"),
    "a user with a slash inside": get("/api/v2.0/users('a%2Fb')/messages"),
    "a user with a line end inside": get("/api/v2.0/users('a%0D%0Ab')/messages"),
    "a user that is badly encoded": get("/api/v2.0/users('a%E4b')/messages"),
    "a way up": get("../users('ben@x.org')/messages"),
    "a way up, later": get("messages/../../users('ben@x.org')/messages"),
    "a way up, absolute": get(`${HOST}/api/v2.0/me/../users('ben@x.org')/messages`),
    "a way up at the end": get("messages/.."),
    "a way up, encoded": get("%2e%2e/users('ben@x.org')/messages"),
    "a way up, half encoded": get("messages/.%2E/x"),
    "a way up, slashes encoded": get("messages/x%2f..%2f..%2fx"),
    "a way up, backslashes encoded": get("messages/x%5c..%5cx"),
    "a way up, encoded twice": get("%252e%252e/messages"),
    "a way up, encoded over and over": get("%25252525252e%25252525252e/messages"),
    "a way up with a parameter": get("..;a=b/messages"),
    "a way to itself": get("./messages"),
    "a backslash": get("messages\\..\\x"),
    "an empty segment": get("messages//x"),
    "an empty segment, absolute": get("/api/v2.0/me//messages"),
    "only a query": get("?$top=1"),
    "a context before a relative path": get("me/messages"),
    "a user before a relative path": get("users('ben@x.org')/messages"),
    "a batch": post("$batch", "x"),
    "a batch, in other letters": post("/api/v2.0/me/$BATCH", "x"),
    "a batch, encoded": post("%24b%61tch", "x"),
    "a batch with a query": post("$batch?x=1", "x"),
    "an unknown context": get("messages", { context: "groups('x')" }),
    "a bare address for a context": get("messages", { context: "anna@contoso.com" }),
    "more than a context": get("messages", { context: "me/messages" }),
    "a context with a way up": get("messages", { context: "users/.." }),
    "a context that contradicts the URL": get("/api/v2.0/me/messages", { context: anna }),
    "a context that contradicts an absolute URL": get(`${HOST}/api/v2.0/${anna}/x`, {
      context: "me",
    }),
    "an empty Authorization": get("messages", { headers: { Authorization: " " } }),
    "a Host of its own": get("messages", { headers: { Host: "evil.example" } }),
    "a Range": get("messages", { headers: { range: "bytes=0-1" } }),
    "an Expect": post("messages", "x", { headers: { Expect: "100-continue" } }),
    "a transfer coding": post("messages", "x", { headers: { "Transfer-Encoding": "chunked" } }),
    "a Content-ID of its own": post("messages", "x", { headers: { "content-id": "7" } }),
  },
  messagesTarget: "/api/v2.0/me/messages",
  takesHead: true,
  sentIn: sentInMultipart,
  answer,
  isStreamed: true,
});

/** The request-target that one operation gets. */
function targetOf(operation: Parameters<typeof encodeAll>[1][number], options?: OutlookOptions) {
  return sentInMultipart(encodeAll(outlookWire(options), [operation]).request)[0]!.target;
}

describe("outlookWire(), what it sends", () => {
  it("writes the canonical request octet by octet", () => {
    const { request } = encodeAll(outlookWire({ anchorMailbox: "danas@contoso.onmicrosoft.com" }), [
      get("events?$select=subject,organizer"),
      post("sendmail", { Message: { Subject: "Meet for lunch?" } }),
    ]);
    const boundary = request.headers["Content-Type"]!.split("=")[1]!;
    expect(request.url).toBe("https://outlook.office.com/api/v2.0/me/$batch");
    expect(Object.entries(request.headers)).toEqual([
      ["x-AnchorMailbox", "danas@contoso.onmicrosoft.com"],
      ["Prefer", "odata.continue-on-error"],
      ["Content-Type", `multipart/mixed; boundary=${boundary}`],
    ]);
    expect(text(request.body)).toBe(
      `--${boundary}\r\n` +
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n\r\n" +
        "GET /api/v2.0/me/events?$select=subject,organizer HTTP/1.1\r\n\r\n\r\n" +
        `--${boundary}\r\n` +
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 2\r\n\r\n" +
        "POST /api/v2.0/me/sendmail HTTP/1.1\r\nContent-Type: application/json\r\n\r\n" +
        '{"Message":{"Subject":"Meet for lunch?"}}\r\n' +
        `--${boundary}--\r\n`,
    );
  });

  it("says the octets of a body in its part when it is asked to", () => {
    const operations = [post("sendmail", { Subject: "ä" }), get("events"), post("x/send")];
    const { request, bytes } = encodeAll(outlookWire({ contentLength: true }), operations);
    const boundary = request.headers["Content-Type"]!.split("=")[1]!;
    const head = (id: number) =>
      `--${boundary}\r\nContent-Type: application/http\r\n` +
      `Content-Transfer-Encoding: binary\r\nContent-ID: ${id}\r\n\r\n`;
    expect(new TextDecoder().decode(request.body)).toBe(
      `${head(1)}POST /api/v2.0/me/sendmail HTTP/1.1\r\nContent-Type: application/json\r\n` +
        'Content-Length: 16\r\n\r\n{"Subject":"ä"}\r\n' +
        `${head(2)}GET /api/v2.0/me/events HTTP/1.1\r\n\r\n\r\n` +
        `${head(3)}POST /api/v2.0/me/x/send HTTP/1.1\r\n\r\n\r\n--${boundary}--\r\n`,
    );
    // As large as they would be with the longest number, of two digits.
    expect(bytes - request.body.length).toBe(operations.length);
    for (const contentLength of [false, undefined]) {
      const plain = encodeAll(outlookWire({ contentLength }), operations).request;
      expect(text(plain.body)).not.toContain("Content-Length");
    }
    expect(() => outlookWire({ contentLength: "yes" as never })).toThrow(TypeError);
  });

  it.each([
    ["messages", "/api/v2.0/me/messages"],
    ["messages/?a=//b\\c/../d", "/api/v2.0/me/messages/?a=//b\\c/../d"],
    ["messages('A%2FB=')/attachments", "/api/v2.0/me/messages('A%2FB=')/attachments"],
    ["messages('a@b.c')", "/api/v2.0/me/messages('a@b.c')"],
    ["messages/$count", "/api/v2.0/me/messages/$count"],
    ["messages/x:y?z=1:2", "/api/v2.0/me/messages/x:y?z=1:2"],
    ["mess%20ages", "/api/v2.0/me/mess%20ages"],
    ["/api/v2.0/me", "/api/v2.0/me"],
    ["/api/v2.0/me/", "/api/v2.0/me"],
    ["/api/v2.0/me?$select=Id", "/api/v2.0/me?$select=Id"],
    ["/API/v2.0/ME/Messages", "/api/v2.0/me/Messages"],
    [`${HOST}/api/v2.0/Users('Anna@Contoso.com')/x?y`, "/api/v2.0/users('anna@contoso.com')/x?y"],
    ["/api/v2.0/users/o'brien@x.org/x", "/api/v2.0/users('o''brien@x.org')/x"],
    ["/api/v2.0/users/a+b%20%25@x.org/x", "/api/v2.0/users('a+b%20%25@x.org')/x"],
    ["/api/v2.0/users/%27j%C3%BCrgen%27/x", "/api/v2.0/users('j%C3%BCrgen')/x"],
  ])("writes %j as %j", (url, target) => {
    expect(targetOf(get(url))).toBe(target);
  });

  it("posts a user's batch to the user", () => {
    const { request, context } = encodeAll(outlookWire(), [get("messages", { context: anna })]);
    expect(context.name).toBe(anna);
    expect(request.url).toBe(`${HOST}/api/v2.0/${anna}/$batch`);
    expect(request.headers["x-AnchorMailbox"]).toBe("anna@contoso.com");
  });

  it("anchors nothing that is no address", () => {
    for (
      const context of [
        "me",
        "users('4f2d9eac-0b4f-4d2c-9d1a-3a1b2c3d4e5f')",
        "users('4f2d9eac-0b4f-4d2c-9d1a-3a1b2c3d4e5f@4f2d9eac-0b4f-4d2c-9d1a-3a1b2c3d4e5f')",
        "users('j%C3%BCrgen@x.org')",
        "users('anna@localhost')",
        "users('anna@.org')",
        "users('anna@x.')",
        "users('@x.org')",
        "users('anna@x.org@')",
      ]
    ) {
      const { request } = encodeAll(outlookWire(), [get("messages", { context })]);
      expect(request.headers).not.toHaveProperty("x-AnchorMailbox");
    }
  });

  it("lets an anchor that was given win", () => {
    const operation = get("messages", { context: anna });
    const anchorOf = (options: OutlookOptions) => {
      const { headers } = encodeAll(outlookWire(options), [operation]).request;
      return Object.entries(headers).filter(([name]) => /anchor/i.test(name));
    };
    expect(anchorOf({ anchorMailbox: "x@y.z" })).toEqual([["x-AnchorMailbox", "x@y.z"]]);
    expect(anchorOf({ headers: { "X-ANCHORMAILBOX": "x@y.z" } })).toEqual([
      ["X-ANCHORMAILBOX", "x@y.z"],
    ]);
    expect(anchorOf({ anchorMailbox: "x@y.z", headers: { "x-anchormailbox": "no" } })).toEqual([
      ["x-AnchorMailbox", "x@y.z"],
    ]);
  });

  it("anchors once where a function gives an anchor too", () => {
    const operation = get("messages", { context: anna });
    const anchorOf = (options: OutlookOptions) => {
      const wire = outlookWire(options);
      const context = wire.contextOf(operation);
      const encoded = [wire.encodeOne(operation, context)];
      const given = { "X-ANCHORMAILBOX": "of@a.function", Prefer: "return=minimal" };
      const { headers } = wire.encode(encoded, context, "parallel", given);
      return Object.entries(headers).filter(([name]) => /anchor|prefer/i.test(name));
    };
    const prefer = ["Prefer", "odata.continue-on-error"];
    expect(anchorOf({ anchorMailbox: "x@y.z" })).toEqual([["x-AnchorMailbox", "x@y.z"], prefer]);
    expect(anchorOf({})).toEqual([["X-ANCHORMAILBOX", "of@a.function"], prefer]);
  });

  it("asks for continue-on-error unless told otherwise", () => {
    const preferOf = (options: OutlookOptions) =>
      encodeAll(outlookWire(options), [get("x")]).request.headers["Prefer"];
    expect(preferOf({})).toBe("odata.continue-on-error");
    expect(preferOf({ continueOnError: true })).toBe("odata.continue-on-error");
    expect(preferOf({ continueOnError: false })).toBeUndefined();
  });

  it("puts option headers on the batch, and the preference on the operations", () => {
    const { request } = encodeAll(
      outlookWire({ headers: { "X-All": "1", prefer: 'outlook.timezone="UTC"' } }),
      [get("a"), get("b", { headers: { PREFER: "return=minimal", "X-All": "2" } })],
    );
    expect(request.headers).toMatchObject({ "X-All": "1", Prefer: "odata.continue-on-error" });
    const [first, second] = sentInMultipart(request);
    expect(first!.headers).toEqual({ Prefer: 'outlook.timezone="UTC"' });
    expect(second!.headers).toEqual({
      PREFER: 'return=minimal, outlook.timezone="UTC"',
      "X-All": "2",
    });
  });

  it("prefers what is the batch's alone on no operation", () => {
    const prefer = { Prefer: 'odata.continue-on-error=false, outlook.timezone="UTC"' };
    const wire = outlookWire();
    const context = wire.contextOf(get("a"));
    const given = wire.encode([wire.encodeOne(get("a"), context)], context, "parallel", prefer);
    for (
      const request of [encodeAll(outlookWire({ headers: prefer }), [get("a")]).request, given]
    ) {
      expect(request.headers["Prefer"]).toBe("odata.continue-on-error");
      expect(sentInMultipart(request)[0]!.headers).toEqual({ Prefer: 'outlook.timezone="UTC"' });
    }
  });

  it("sends one Authorization only", () => {
    const wire = outlookWire({ headers: { authorization: "Bearer all" } });
    const shared = encodeAll(wire, [get("a")]);
    expect(shared.request.headers["authorization"]).toBe("Bearer all");
    const own = encodeAll(wire, [get("a", { headers: { Authorization: "Bearer own" } })]);
    expect(own.request.headers).not.toHaveProperty("authorization");
    expect(own.context.authorization).toBe("Bearer own");
  });

  it("drops what the batch says for its parts", () => {
    const { request } = encodeAll(outlookWire(), [
      post("a", "grün", {
        headers: {
          "Accept-Encoding": "gzip",
          "content-length": "3",
          Connection: "close",
          "Keep-Alive": "1",
          "Proxy-Connection": "close",
          Accept: "application/json",
        },
      }),
    ]);
    expect(sentInMultipart(request)[0]!.headers).toEqual({
      Accept: "application/json",
      "Content-Type": "text/plain;charset=utf-8",
    });
  });

  it("leaves Accept to the operations, for the batch's own would apply to them", () => {
    const { headers } = encodeAll(outlookWire(), [get("a")]).request;
    expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain("accept");
  });

  it("sends bytes and text of any kind", () => {
    const { request, bytes } = encodeAll(outlookWire(), [
      put("a", Uint8Array.of(0xc3, 0xbc)),
      post("b", "ü\ud83d"),
      post("c", "", { headers: { "X-Name": "\u00fc" } }),
    ]);
    expect(sentInMultipart(request).map(({ body }) => body)).toEqual(["ü", "ü\ufffd", ""]);
    expect(sentInMultipart(request)[2]!.headers["X-Name"]).toBe("\u00fc");
    expect(bytes - request.body.length).toBe(3);
  });
});

describe("outlookWire(), beta", () => {
  const options = { baseUrl: `${HOST}/api/beta` };

  it("posts to the root of the version, for me", () => {
    const wire = outlookWire(options);
    expect(wire.contextOf(get("messages")).url).toBe(`${HOST}/api/beta/$batch`);
    expect(wire.contextOf(get("messages", { context: anna })).url).toBe(
      `${HOST}/api/beta/${anna}/$batch`,
    );
  });

  it.each(["events", "me/events", "/api/beta/me/events", `${HOST}/api/BETA/Me/events`])(
    "writes %j relative to the host",
    (url) => expect(targetOf(get(url), options)).toBe("/api/beta/me/events"),
  );

  it("takes no call of another version", () => {
    expect(() => targetOf(get("/api/v2.0/me/events"), options)).toThrow(OperationError);
    expect(() => targetOf(get("me/events", { context: anna }), options)).toThrow(OperationError);
  });
});

describe("outlookWire(), options", () => {
  it.each([
    ["http://localhost:8080/api/v2.0/", "http://localhost:8080/api/v2.0/me/$batch"],
    ["http://a.localhost/api/v2.0/", "http://a.localhost/api/v2.0/me/$batch"],
    ["http://127.0.0.1/api/v2.0", "http://127.0.0.1/api/v2.0/me/$batch"],
    ["http://[::1]:80/api/v2.0", "http://[::1]/api/v2.0/me/$batch"],
    ["https://partner.outlook.cn/api/v2.0/", "https://partner.outlook.cn/api/v2.0/me/$batch"],
    ["https://PROXY.example/x/api/Beta", "https://proxy.example/x/api/Beta/$batch"],
  ])("takes baseUrl %j", (baseUrl, url) => {
    expect(outlookWire({ baseUrl }).contextOf(get("messages")).url).toBe(url);
  });

  it.each<[string, object, typeof TypeError | typeof RangeError]>([
    ["baseUrl of another type", { baseUrl: 5 }, TypeError],
    ["a relative baseUrl", { baseUrl: "/api/v2.0/" }, TypeError],
    ["http on another host", { baseUrl: "http://outlook.office.com/api/v2.0/" }, TypeError],
    [
      "http on a host like loopback",
      { baseUrl: "http://127.0.0.1.evil.example/api/v2.0/" },
      TypeError,
    ],
    [
      "http on a host that ends like loopback",
      { baseUrl: "http://evil-localhost/api/v2.0/" },
      TypeError,
    ],
    [
      "http on a host under no loopback",
      { baseUrl: "http://localhost.evil.example/api/v2.0/" },
      TypeError,
    ],
    ["another scheme", { baseUrl: "ftp://localhost/api/v2.0/" }, TypeError],
    ["a user in baseUrl", { baseUrl: "https://a@localhost/api/v2.0/" }, TypeError],
    ["a fragment in baseUrl", { baseUrl: "https://localhost/api/v2.0/#" }, TypeError],
    ["an empty segment in baseUrl", { baseUrl: "https://localhost//api/v2.0/" }, TypeError],
    ["no version in baseUrl", { baseUrl: "https://localhost/api/" }, TypeError],
    ["an anchor with a line end", { anchorMailbox: "a\r\nb" }, TypeError],
    ["an anchor beyond ASCII", { anchorMailbox: "jürgen@x.org" }, TypeError],
    ["an empty anchor", { anchorMailbox: "" }, TypeError],
    ["an anchor of another type", { anchorMailbox: null }, TypeError],
    ["headers of another type", { headers: "a: b" }, TypeError],
    ["a header with a line end", { headers: { a: "b\r\nc: d" } }, TypeError],
    ["a header name that is no token", { headers: { "a b": "c" } }, TypeError],
    ["Content-Type", { headers: { "content-type": "text/plain" } }, TypeError],
    ["Host", { headers: { HOST: "x" } }, TypeError],
    ["Transfer-Encoding", { headers: { "Transfer-Encoding": "chunked" } }, TypeError],
    ["Authorization beside token", { token: "t", headers: { authorization: "x" } }, TypeError],
    ["a limit that is no number", { maxParts: "9" }, TypeError],
    ["a limit of 0", { maxParts: 0 }, RangeError],
    ["a limit with a fraction", { maxPartHeaderBytes: 1.5 }, RangeError],
    ["a limit that is not one", { maxNestingDepth: NaN }, RangeError],
  ])("refuses %s", (_what, options, error) => {
    expect(() => outlookWire(options as OutlookOptions)).toThrow(error);
    expect(() => outlookWire(options as OutlookOptions)).toThrow(
      /^Cannot use option [a-zA-Z]+ as [^\n]+: current value is [^\n]*[^.]$/,
    );
  });
});

describe("outlookWire(), what it reads", () => {
  const operations = [get("a"), get("b")];
  const headers = { "content-type": 'Multipart/Mixed; boundary="b"' };

  function parts(bytes: Uint8Array, options?: OutlookOptions) {
    return decodeAll(outlookWire(options).decoder({ status: 200, headers }, operations)!, [bytes]);
  }

  it("takes JSON for an answer, whatever was asked", () => {
    const head = { status: 200, headers: { "content-type": "application/json; charset=utf-8" } };
    const body = '{"responses":[{"id":"2","status":200,"body":{"a":1}},{"id":"1","status":204}]}';
    const { parts } = decodeAll(outlookWire().decoder(head, operations)!, [octets(body)]);
    expect(parts.map((part) => told(part, operations[0]!))).toEqual([
      { index: 1, status: 200, headers: {}, body: { a: 1 } },
      { index: 0, status: 204, headers: {}, body: undefined },
    ]);
  });

  it("lets a part fail alone that holds no answer", () => {
    const whole = multipart([
      { headers: ["Content-ID: 1"], body: "no answer" },
      {
        headers: ["Content-ID: 2"],
        body: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nyes",
      },
    ]);
    const [first, second] = parts(whole).parts;
    expect(first).toMatchObject({ index: 0, status: 0 });
    expect(() => first!.readBody(operations[0]!)).toThrow(DecodeError);
    expect(told(second!, operations[1]!)).toMatchObject({ index: 1, status: 200, body: "yes" });
  });

  it("keeps to the limits that were set", () => {
    const answers = batchAnswer([{ headers: [`X: ${"x".repeat(200)}`] }, {}, {}]);
    const limitOf = (options: OutlookOptions) => {
      const { failure } = parts(answers, options);
      return failure instanceof LimitError ? failure.limit : failure;
    };
    expect(limitOf({})).toBeUndefined();
    expect(limitOf({ maxParts: 2 })).toBe("maxParts");
    const long = multipart([{ headers: [`X: ${"x".repeat(200)}`] }]);
    expect(parts(long, { maxPartHeaderBytes: 100 }).failure).toMatchObject({
      _tag: "LimitError",
      limit: "maxPartHeaderBytes",
    });
  });

  it("rule 17: gives an answer whose own headers are too long to its operation, and reads on", () => {
    const answers = batchAnswer([{ headers: [`X: ${"x".repeat(200)}`] }, {}, {}]);
    const { parts: read, failure } = parts(answers, { maxPartHeaderBytes: 150 });
    expect(failure).toBeUndefined();
    expect(read.map(({ status }) => status)).toEqual([0, 200, 200]);
    expect(() => read[0]!.readBody(operations[0]!)).toThrow(LimitError);
  });

  it("reads no body where there is none", () => {
    const answers = batchAnswer([
      { status: 204, body: "\r\n" },
      { status: 304, headers: ["Content-Type: application/json"], body: "x" },
      { headers: ["Content-Type: application/json"], body: "x" },
    ]);
    const { parts: read } = parts(answers);
    expect(read[0]!.readBody(operations[0]!)).toBeUndefined();
    expect(read[1]!.readBody(operations[0]!)).toBeUndefined();
    expect(read[2]!.readBody(head("c"))).toBeUndefined();
    expect(() => read[2]!.readBody(get("c"))).toThrow(DecodeError);
  });

  it("says so when the Content-Type names no boundary", () => {
    const head = { status: 200, headers: { "content-type": "multipart/mixed" } };
    const { failure } = decodeAll(outlookWire().decoder(head, operations)!, [octets("--b--")]);
    expect(failure).toBeInstanceOf(DecodeError);
  });

  it("fails in known ways only, whatever comes", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constantFrom(
        "--b\r\n",
        "\r\n--b\r\nContent-ID: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\n",
        "Content-Type: application/json; charset=utf-16\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
        "\r\n--b--",
        '{"responses":[{"id":"1","status":200,"body":"?","headers":{"content-type":"a/b"}}]}',
      ).map(octets),
    );
    const contentType = fc.constantFrom(headers["content-type"], "application/json");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), contentType, (chunks, type) => {
        const head = { status: 200, headers: { "content-type": type } };
        const { parts } = decodeAll(outlookWire().decoder(head, operations)!, chunks);
        for (const part of parts) {
          try {
            part.readBody(operations[0]!);
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        }
      }),
      fuzz(500),
    );
  });
});
