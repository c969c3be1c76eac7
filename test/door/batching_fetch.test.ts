import { NEVER, Observable, of, throwError } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import {
  type Batcher,
  batchingFetch,
  DependencyError,
  type Fetch,
  get,
  NotExecutedError,
  type Operation,
  OperationError,
  ResponseError,
  TransportError,
} from "../../mod.ts";
import { Rig } from "../support/rig.ts";
import { answering, elsewhere, type Given, responseOf, URL_OF_ME } from "./fetch/answering.ts";

const utf8 = new TextEncoder();

describe("what a call becomes", () => {
  it("is an operation with method, URL, headers and body", async () => {
    const batcher = answering();
    await batchingFetch(batcher)(`${URL_OF_ME}/messages#top`, {
      method: "post",
      headers: { "X-One": "1", "Content-Type": "application/json" },
      body: '{"subject":"Lunch?"}',
    });
    const [operation] = batcher.sent;
    expect(operation).toMatchObject({
      method: "POST",
      url: `${URL_OF_ME}/messages`,
      headers: { "x-one": "1", "content-type": "application/json" },
      body: '{"subject":"Lunch?"}',
      read: "bytes",
    });
  });

  it("takes a Request and a URL, and what init says against the Request", async () => {
    const batcher = answering();
    const fetch = batchingFetch(batcher);
    await fetch(new URL(URL_OF_ME));
    await fetch(new Request(URL_OF_ME, { method: "PUT", body: "a", headers: { "X-A": "1" } }));
    await fetch(new Request(URL_OF_ME, { method: "PUT", body: "a" }), { method: "patch" });
    expect(batcher.sent.map(({ method }) => method)).toEqual(["GET", "PUT", "PATCH"]);
    expect(batcher.sent[1]?.body).toEqual(utf8.encode("a"));
    expect(batcher.sent[1]?.headers).toMatchObject({ "x-a": "1" });
  });

  it.each<[string, BodyInit, string | undefined, string]>([
    ["text", "ü", "text/plain;charset=UTF-8", "ü"],
    ["bytes", utf8.encode("ü"), undefined, "ü"],
    ["a view", new DataView(utf8.encode("abc").buffer, 1), undefined, "bc"],
    ["an ArrayBuffer", utf8.encode("ü").buffer, undefined, "ü"],
    ["a Blob", new Blob(["ü"], { type: "text/css" }), "text/css", "ü"],
    [
      "URLSearchParams",
      new URLSearchParams({ a: "ü" }),
      "application/x-www-form-urlencoded;charset=UTF-8",
      "a=%C3%BC",
    ],
  ])("reads %s as fetch does", async (_, body, contentType, text) => {
    const batcher = answering();
    await batchingFetch(batcher)(URL_OF_ME, { method: "POST", body });
    const [operation] = batcher.sent;
    const octets = operation!.body!;
    expect(typeof octets === "string" ? octets : new TextDecoder().decode(octets)).toBe(text);
    if (contentType !== undefined) {
      expect(new Headers(operation!.headers).get("content-type")).toBe(contentType);
    }
  });

  it("writes a form with the boundary that its Content-Type names", async () => {
    const batcher = answering();
    const body = new FormData();
    body.set("name", "value");
    await batchingFetch(batcher)(URL_OF_ME, { method: "POST", body });
    const { headers, body: octets } = batcher.sent[0]!;
    const boundary = /boundary=(.+)$/.exec(headers["content-type"]!)?.[1];
    expect(new TextDecoder().decode(octets as Uint8Array)).toContain(`--${boundary}`);
  });

  it("does not change with the bytes that were given", async () => {
    const batcher = answering();
    const bytes = utf8.encode("before");
    const answer = batchingFetch(batcher)(URL_OF_ME, { method: "POST", body: bytes });
    bytes.fill(0);
    await answer;
    expect(batcher.sent[0]?.body).toEqual(utf8.encode("before"));
  });

  it("has what `init` says of it, and no schema", async () => {
    const batcher = answering();
    const seen: string[] = [];
    const fetch = batchingFetch(batcher, {
      init: ({ method, url }) => {
        seen.push(`${method} ${url}`);
        return { orderingKey: "one", headers: { "x-a": "2" } };
      },
    });
    await fetch(URL_OF_ME, { headers: { "X-A": "1" } });
    expect(seen).toEqual([`GET ${URL_OF_ME}`]);
    expect(batcher.sent[0]).toMatchObject({ orderingKey: "one", headers: { "x-a": "2" } });
  });

  it("leaves in the order of the calls, though some bodies are read first", async () => {
    const batcher = answering();
    const fetch = batchingFetch(batcher);
    await Promise.all([
      fetch(`${URL_OF_ME}/1`, { method: "POST", body: new Blob(["a"]) }),
      fetch(`${URL_OF_ME}/2`),
      fetch(new Request(`${URL_OF_ME}/3`, { method: "POST", body: "b" })),
      fetch(`${URL_OF_ME}/4`, { method: "POST", body: "c" }),
    ]);
    expect(batcher.sent.map(({ url }) => url.slice(-1))).toEqual(["1", "2", "3", "4"]);
  });

  it("holds nobody up whose call before could not be read", async () => {
    const batcher = answering();
    const fetch = batchingFetch(batcher);
    const broken = new Blob(["a"]);
    broken.arrayBuffer = () => Promise.reject(new Error("gone"));
    const first = fetch(URL_OF_ME, { method: "POST", body: broken });
    const second = fetch(URL_OF_ME);
    await expect(first).rejects.toThrow("gone");
    expect((await second).status).toBe(200);
  });
});

describe("what `init` says", () => {
  it("is of the call as a whole, also where a Request is only a part of it", async () => {
    const seen: unknown[] = [];
    const init = ({ method, url, headers }: Request) => {
      seen.push([method, url, headers.get("x-a")]);
      return {};
    };
    const request = new Request(URL_OF_ME, { headers: { "X-A": "1" } });
    const fetch = batchingFetch(answering(), { init });
    await fetch(request);
    await fetch(request, { method: "DELETE", headers: { "X-A": "2" } });
    expect(seen).toEqual([["GET", URL_OF_ME, "1"], ["DELETE", URL_OF_ME, "2"]]);
  });

  it("may have headers of any kind that fetch takes", async () => {
    const batcher = answering();
    const init = () => ({ headers: new Headers({ "X-A": "2" }) as never });
    await batchingFetch(batcher, { init })(URL_OF_ME, { headers: { "x-a": "1", "x-b": "1" } });
    expect(batcher.sent[0]?.headers).toEqual({ "x-a": "2", "x-b": "1" });
  });

  it.each<[string, unknown, string]>([
    ["a promise", Promise.resolve({ account: "ann" }), "a Promise (await it beforehand)"],
    ["null", null, "null"],
    ["another word", "fallBack", "a string"],
    ["a slip", { acount: "ann" }, "did you mean account?"],
    ["what no operation can be", { okStatuses: [200] }, "200"],
  ])("rejects where it is %s, whatever would take it elsewhere", async (_, said, shown) => {
    const batcher = answering();
    const { calls, fallback } = elsewhere();
    const fetch = batchingFetch(batcher, { fallback, init: () => said as never });
    const answer = fetch(URL_OF_ME);
    await expect(answer).rejects.toBeInstanceOf(TypeError);
    await expect(answer).rejects.toThrow(shown);
    expect([batcher.sent, calls]).toEqual([[], []]);
  });

  it("rule 26: goes no way but into the batch, least of all a token", async () => {
    const { calls, fallback } = elsewhere();
    const moved = { status: 302, headers: { location: "https://cdn.contoso.com/" } };
    const batcher = answering(new OperationError("another origin"), moved);
    const init = () => ({ headers: { Authorization: "Bearer secret", "X-B": "b" } });
    const fetch = batchingFetch(batcher, { fallback, init });
    await fetch("https://contoso.com/", { headers: { "X-A": "a" } });
    await fetch(URL_OF_ME, { headers: { "X-A": "a" } });
    expect(batcher.sent.map(({ headers }) => headers["authorization"])).toEqual(
      ["Bearer secret", "Bearer secret"],
    );
    expect(calls.map(({ headers }) => [...headers])).toEqual([[["x-a", "a"]], [["x-a", "a"]]]);
  });

  it("rule 8: keeps what depends on others out of the fallback, where it would not wait", async () => {
    const { calls, fallback } = elsewhere();
    const refusal = new OperationError("never submitted");
    const init = () => ({ dependsOn: [get("a")] });
    const fetch = batchingFetch(answering(refusal), { fallback, init });
    await expect(fetch(URL_OF_ME)).rejects.toBe(refusal);
    await expect(fetch(URL_OF_ME, { method: "OPTIONS" })).rejects.toThrow("outside batches");
    expect(calls).toEqual([]);
  });

  it("may abort the call", async () => {
    const batcher = answering();
    const controller = new AbortController();
    const init = () => {
      controller.abort("enough");
      return {};
    };
    const { signal } = controller;
    await expect(batchingFetch(batcher, { init })(URL_OF_ME, { signal })).rejects.toBe("enough");
    expect(batcher.sent).toEqual([]);
  });
});

describe("what fetch refuses", () => {
  it.each<[string, string | Request, RequestInit]>([
    ["a GET with a body", URL_OF_ME, { body: "a" }],
    ["a HEAD with a body", URL_OF_ME, { method: "head", body: "a" }],
    ["a URL that is none", "https://", {}],
    ["a header that is none", URL_OF_ME, { headers: { "a b": "c" } }],
  ])("rejects %s with a TypeError, as new Request does", async (_, input, init) => {
    expect(() => new Request(input, init)).toThrow(TypeError);
    const batcher = answering();
    await expect(batchingFetch(batcher)(input, init)).rejects.toThrow(TypeError);
    expect(batcher.sent).toEqual([]);
  });

  it("rejects a URL with credentials, which some platforms take", async () => {
    const batcher = answering();
    const answer = batchingFetch(batcher)("https://a:b@graph.microsoft.com/");
    await expect(answer).rejects.toThrow(TypeError);
    expect(batcher.sent).toEqual([]);
  });

  it("rejects a Request whose body was read", async () => {
    const request = new Request(URL_OF_ME, { method: "POST", body: "a" });
    await request.text();
    await expect(batchingFetch(answering())(request)).rejects.toThrow(TypeError);
  });

  it("uses up the body of a Request", async () => {
    const request = new Request(URL_OF_ME, { method: "POST", body: "a" });
    await batchingFetch(answering())(request);
    expect(request.bodyUsed).toBe(true);
  });

  it("says what is wrong with its own options", () => {
    expect(() => batchingFetch({} as Batcher)).toThrow(TypeError);
    expect(() => batchingFetch(answering(), { fallback: "fetch" as unknown as Fetch }))
      .toThrow("fallback must be a function");
    const misspelt = { fallBack: fetch } as object;
    expect(() => batchingFetch(answering(), misspelt)).toThrow(TypeError);
    expect(() => batchingFetch(answering(), misspelt)).toThrow("did you mean fallback?");
  });
});

describe("the Response", () => {
  it("has status, text, headers, URL and the bytes as they came", async () => {
    const body = '{ "id": 9007199254740993 }';
    const batcher = answering({
      status: 201,
      headers: { "content-type": "application/json" },
      body,
    });
    const response = await batchingFetch(batcher)(`${URL_OF_ME}#part`);
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.statusText, response.ok]).toEqual([201, "Created", true]);
    expect(response.url).toBe(URL_OF_ME);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const clone = response.clone();
    expect(await response.text()).toBe(body);
    expect([clone.url, clone.status, await clone.text()]).toEqual([URL_OF_ME, 201, body]);
  });

  it("cannot have its headers changed, as none of the network's can", async () => {
    const response = await batchingFetch(answering({ headers: { a: "1" } }))(URL_OF_ME);
    expect(() => response.headers.set("a", "2")).toThrow(TypeError);
    expect(() => response.clone().headers.append("a", "2")).toThrow(TypeError);
    expect(response.headers.get("a")).toBe("1");
  });

  it.each([204, 205, 304])("has no body and no length with status %i", async (status) => {
    const batcher = answering({ status, headers: { "content-length": "7" }, body: "" });
    const response = await batchingFetch(batcher)(URL_OF_ME);
    expect([response.status, response.body, response.headers.has("content-length")])
      .toEqual([status, null, false]);
  });

  it("resolves with the status of an error, and its body", async () => {
    const operation = {} as Operation;
    const failed = new ResponseError("failed", {
      operation,
      response: responseOf(operation, { status: 404, body: "no such item" }),
    });
    const response = await batchingFetch(answering(failed))(URL_OF_ME);
    expect([response.status, response.ok, await response.text()])
      .toEqual([404, false, "no such item"]);
  });

  it.each<[string, Given]>([
    ["a status below 200", { status: 199 }],
    ["a header beyond Latin-1", { headers: { a: "€" } }],
  ])("rejects with a TypeError where none can hold %s", async (_, answer) => {
    await expect(batchingFetch(answering(answer))(URL_OF_ME)).rejects.toThrow(TypeError);
  });
});

describe("an abort", () => {
  it("rejects with the signal's reason before anything is sent", async () => {
    const batcher = answering();
    const reason = new Error("no more");
    const signal = AbortSignal.abort(reason);
    await expect(batchingFetch(batcher)(URL_OF_ME, { signal })).rejects.toBe(reason);
    expect(batcher.sent).toEqual([]);
  });

  it("withdraws what waits", async () => {
    const left = vi.fn();
    const send = (() => new Observable(() => left)) as Batcher["send"];
    const controller = new AbortController();
    const answer = batchingFetch({ send })(URL_OF_ME, { signal: controller.signal });
    controller.abort("enough");
    await expect(answer).rejects.toBe("enough");
    expect(left).toHaveBeenCalledOnce();
  });

  it("withdraws what is being submitted (rule 19)", async () => {
    const controller = new AbortController();
    const rig = new Rig();
    rig.batcher.events.subscribe(({ type }) => {
      if (type === "queued") controller.abort("enough");
    });
    const answer = batchingFetch(rig.batcher)(URL_OF_ME, { signal: controller.signal });
    await expect(answer).rejects.toBe("enough");
    rig.run();
    expect(rig.posts).toEqual([]);
  });

  it("keeps a call from being sent whose body is still read", async () => {
    const batcher = answering();
    const controller = new AbortController();
    const { signal } = controller;
    const request = new Request(URL_OF_ME, { method: "POST", body: "a", signal });
    const answer = batchingFetch(batcher)(request);
    controller.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    await vi.waitFor(() => expect(request.bodyUsed).toBe(true));
    expect(batcher.sent).toEqual([]);
  });

  it("means nothing once the Response is there", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const response = await batchingFetch(answering({ body: "a" }))(URL_OF_ME, { signal });
    controller.abort();
    expect(await response.text()).toBe("a");
  });
});

describe("a failure", () => {
  it("of the network rejects with a TypeError whose cause says why", async () => {
    const error = new TransportError("no connection", { sent: false });
    const answer = batchingFetch(answering(error))(URL_OF_ME);
    await expect(answer).rejects.toBeInstanceOf(TypeError);
    await expect(answer).rejects.toMatchObject({ cause: error });
  });

  it.each([
    new NotExecutedError("nobody knows", { certain: false }),
    new DependencyError("its parent failed"),
  ])("of another kind rejects with the error itself: $_tag", async (error) => {
    await expect(batchingFetch(answering(error))(URL_OF_ME)).rejects.toBe(error);
  });
});

describe("what cannot travel in a batch", () => {
  const stream = () => new Response("streamed").body!;

  it.each<[string, RequestInit & { duplex?: "half" }]>([
    ["a method that no batch carries", { method: "OPTIONS" }],
    ["a DELETE with a body", { method: "DELETE", body: "a" }],
    ["a stream of unknown length", { method: "POST", body: stream(), duplex: "half" }],
    ["integrity", { integrity: "sha256-x" }],
  ])("goes to the fallback as it was: %s", async (_, init) => {
    const batcher = answering();
    const { calls, fallback } = elsewhere();
    const response = await batchingFetch(batcher, { fallback })(URL_OF_ME, init);
    expect(await response.text()).toBe("elsewhere");
    expect(calls.map(({ method, url }) => [method, url])).toEqual([
      [init.method ?? "GET", URL_OF_ME],
    ]);
    expect(batcher.sent).toEqual([]);
  });

  it("goes there with its body when the batcher refuses it at the door", async () => {
    const { calls, fallback } = elsewhere();
    const batcher = answering(new OperationError("another origin"));
    const request = new Request("https://contoso.com/", { method: "POST", body: "a" });
    await batchingFetch(batcher, { fallback })(request);
    expect(await calls[0]?.text()).toBe("a");
  });

  it("goes there because init says so", async () => {
    const batcher = answering();
    const { calls, fallback } = elsewhere();
    const init = ({ url }: Request) => url.endsWith("$value") ? "fallback" as const : {};
    const fetch = batchingFetch(batcher, { fallback, init });
    await Promise.all([fetch(`${URL_OF_ME}/photo/$value`), fetch(URL_OF_ME)]);
    expect([calls.length, batcher.sent.length]).toEqual([1, 1]);
  });

  it("is refused with a TypeError that says why, where there is no fallback", async () => {
    const error = new OperationError("another origin");
    const answer = batchingFetch(answering(error))("https://contoso.com/");
    await expect(answer).rejects.toThrow("without a fallback");
    await expect(answer).rejects.toMatchObject({ cause: error });
    await expect(batchingFetch(answering())(URL_OF_ME, { method: "OPTIONS" }))
      .rejects.toThrow(TypeError);
  });

  it("reads a stream whole whose length is known", async () => {
    const batcher = answering();
    const init = {
      method: "POST",
      body: stream(),
      duplex: "half",
      headers: { "content-length": "8" },
    };
    await batchingFetch(batcher)(URL_OF_ME, init as RequestInit);
    expect(batcher.sent[0]?.body).toEqual(utf8.encode("streamed"));
  });
});

describe("a redirect", () => {
  const location = "https://cdn.contoso.com/file";
  const moved: Given = { status: 302, headers: { location } };

  it("is followed by the fallback, without Authorization", async () => {
    const { calls, fallback } = elsewhere();
    const fetch = batchingFetch(answering(moved), { fallback });
    await fetch(URL_OF_ME, { headers: { Authorization: "Bearer a", "X-A": "1" } });
    expect(calls[0]?.url).toBe(location);
    expect(calls[0]?.headers.get("x-a")).toBe("1");
    expect(calls[0]?.headers.has("authorization")).toBe(false);
  });

  it.each([[302, "GET", ""], [303, "GET", ""], [307, "POST", "a"], [308, "POST", "a"]])(
    "of status %i goes on as %s",
    async (status, method, body) => {
      const { calls, fallback } = elsewhere();
      const fetch = batchingFetch(answering({ ...moved, status }), { fallback });
      await fetch(URL_OF_ME, { method: "POST", body: "a" });
      expect([calls[0]?.method, await calls[0]?.text()]).toEqual([method, body]);
    },
  );

  it("is handed on with manual, refused with error", async () => {
    const { calls, fallback } = elsewhere();
    const manual = batchingFetch(answering(moved), { fallback });
    expect((await manual(URL_OF_ME, { redirect: "manual" })).status).toBe(302);
    const strict = batchingFetch(answering(moved), { fallback });
    await expect(strict(URL_OF_ME, { redirect: "error" })).rejects.toThrow(TypeError);
    expect(calls).toEqual([]);
  });

  it("without a Location is an answer like any other", async () => {
    const response = await batchingFetch(answering({ status: 302 }))(URL_OF_ME);
    expect(response.status).toBe(302);
  });
});

it("costs a call nothing that others wait for: none is held back by one that never ends", async () => {
  let count = 0;
  const send =
    ((operation: Operation) => count++ === 0 ? NEVER : of(responseOf(operation, {}))) as Batcher[
      "send"
    ];
  const fetch = batchingFetch({ send });
  void fetch(URL_OF_ME);
  expect((await fetch(URL_OF_ME)).status).toBe(200);
});

it("rejects with what send itself throws", async () => {
  const send = (() => throwError(() => new RangeError("odd"))) as Batcher["send"];
  await expect(batchingFetch({ send })(URL_OF_ME)).rejects.toThrow("odd");
});
