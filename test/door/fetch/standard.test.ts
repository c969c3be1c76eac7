import { NEVER, Observable } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import {
  type Batcher,
  BatchHttpError,
  batchingFetch,
  BatchTimeoutError,
  ClosedError,
  type Fetch,
  type Operation,
  OperationError,
} from "../../../mod.ts";
import { answering, elsewhere, type Given, URL_OF_ME } from "./answering.ts";

const utf8 = new TextEncoder();

/** A body whose end never comes. */
function stalled(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(utf8.encode("a")) });
}

describe("a Request beside init", () => {
  const posted = () => new Request(URL_OF_ME, { method: "POST", body: "a" });

  it("is used up at once, as by new Request", () => {
    const request = posted();
    void batchingFetch({ send: (() => NEVER) as Batcher["send"] })(request);
    expect(request.bodyUsed).toBe(true);
  });

  it("keeps its body where init has null for one, as in new Request", async () => {
    expect(await new Request(posted(), { body: null }).text()).toBe("a");
    const batcher = answering();
    await batchingFetch(batcher)(posted(), { body: null });
    expect(batcher.sent[0]?.body).toEqual(utf8.encode("a"));
  });

  it("is not used up where init has a body, even if it was used before", async () => {
    const batcher = answering();
    const request = posted();
    await batchingFetch(batcher)(request, { body: "b" });
    expect([request.bodyUsed, batcher.sent[0]?.body]).toEqual([false, "b"]);
    await request.text();
    await batchingFetch(batcher)(request, { body: "c" });
    expect(batcher.sent[1]?.body).toBe("c");
  });

  it("is refused while somebody else reads its body", async () => {
    const request = posted();
    request.body!.getReader();
    const batcher = answering();
    await expect(batchingFetch(batcher)(request)).rejects.toBeInstanceOf(TypeError);
    expect(batcher.sent).toEqual([]);
  });

  it("with a body cannot become a GET", async () => {
    expect(() => new Request(posted(), { method: "GET" })).toThrow(TypeError);
    await expect(batchingFetch(answering())(posted(), { method: "GET" })).rejects.toThrow(
      TypeError,
    );
  });

  it("gives way to the headers of init, all of them", async () => {
    const batcher = answering();
    const request = new Request(URL_OF_ME, { headers: { "x-a": "1", "x-b": "1" } });
    await batchingFetch(batcher)(request, { headers: { "x-a": "2" } });
    expect(batcher.sent[0]?.headers).toEqual({ "x-a": "2" });
  });

  it("listens to the signal of init alone, or to none where that is null", async () => {
    const controller = new AbortController();
    const request = () => new Request(URL_OF_ME, { signal: controller.signal });
    const other = new AbortController();
    controller.abort("request");
    const fetch = batchingFetch(answering());
    expect((await fetch(request(), { signal: null })).status).toBe(200);
    expect((await fetch(request(), { signal: other.signal })).status).toBe(200);
    await expect(fetch(request())).rejects.toBe("request");
  });

  it("may come with null for init", async () => {
    const plain: (input: string, init: null) => Promise<Response> = batchingFetch(
      answering(),
    ) as never;
    expect((await plain(URL_OF_ME, null)).status).toBe(200);
  });
});

describe("a body", () => {
  it("of a Blob or an empty form keeps what they say of themselves", async () => {
    const batcher = answering();
    const fetch = batchingFetch(batcher);
    await fetch(URL_OF_ME, { method: "PUT", body: new Blob(["a"]) });
    await fetch(URL_OF_ME, { method: "PUT", body: new FormData() });
    expect(batcher.sent[0]?.headers).not.toHaveProperty("content-type");
    expect(batcher.sent[1]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
  });

  it("of a Request that is empty is an empty file, not none; of JSON there is none", async () => {
    const batcher = answering();
    const fetch = batchingFetch(batcher);
    const request = (init: RequestInit) =>
      fetch(new Request(URL_OF_ME, { method: "PUT", ...init }));
    const headers = { "content-type": "application/json" };
    for (const init of [{ body: "" }, { body: new Uint8Array() }, {}, { body: "", headers }]) {
      await request(init);
    }
    expect(batcher.sent.map(({ body }) => body)).toEqual([
      new Uint8Array(),
      new Uint8Array(),
      undefined,
      undefined,
    ]);
  });

  it("has the Content-Type that the caller says, where he says one", async () => {
    const batcher = answering();
    const headers = { "content-type": "text/csv" };
    await batchingFetch(batcher)(URL_OF_ME, { method: "PUT", body: new Blob(["a"]), headers });
    expect(batcher.sent[0]?.headers["content-type"]).toBe("text/csv");
  });

  it("that is no body at all is its text, as fetch takes it", async () => {
    const batcher = answering();
    await batchingFetch(batcher)(URL_OF_ME, { method: "PUT", body: 7 as unknown as BodyInit });
    expect(batcher.sent[0]?.body).toBe("7");
  });

  it("of a stream of unknown length is handed to the fallback unread", async () => {
    const body = stalled();
    const given: unknown[] = [];
    const fallback: Fetch = (_, init) => {
      given.push(init?.body);
      return Promise.resolve(new Response());
    };
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    await batchingFetch(answering(), { fallback })(URL_OF_ME, init);
    expect(given).toEqual([body]);
    expect(body.locked).toBe(false);
  });

  it("that never ends holds nobody up, once its call is aborted", async () => {
    const batcher = answering();
    const fetch = batchingFetch(batcher);
    const controller = new AbortController();
    const init = {
      method: "POST",
      body: stalled(),
      duplex: "half",
      headers: { "content-length": "2" },
      signal: controller.signal,
    } as RequestInit;
    const first = fetch(URL_OF_ME, init);
    const second = fetch(`${URL_OF_ME}/2`);
    const third = fetch(`${URL_OF_ME}/3`, { method: "POST", body: new Blob(["b"]) });
    expect(batcher.sent).toEqual([]);
    controller.abort("enough");
    await expect(first).rejects.toBe("enough");
    await Promise.all([second, third]);
    expect(batcher.sent.map(({ url }) => url.at(-1))).toEqual(["2", "3"]);
  });

  it("may be aborted from within the call that sends it, and the next goes all the same", async () => {
    const controller = new AbortController();
    const sent: string[] = [];
    const send = ((operation: Operation) =>
      new Observable(() => {
        sent.push(operation.url!);
        controller.abort("enough");
      })) as Batcher["send"];
    const fetch = batchingFetch({ send });
    const blob = () => ({ method: "POST", body: new Blob(["a"]) });
    const first = fetch(`${URL_OF_ME}/1`, { ...blob(), signal: controller.signal });
    void fetch(`${URL_OF_ME}/2`, blob());
    void fetch(`${URL_OF_ME}/3`, blob());
    await expect(first).rejects.toBe("enough");
    await vi.waitFor(() => expect(sent.map((url) => url.at(-1))).toEqual(["1", "2", "3"]));
  });
});

describe("an abort", () => {
  it.each<[string, () => AbortSignal, object]>([
    ["without a reason", () => AbortSignal.abort(), { name: "AbortError" }],
    ["of a time that is over", () => expired(), { name: "TimeoutError" }],
  ])("%s rejects with what the signal says", async (_, signal, reason) => {
    await expect(batchingFetch(answering())(URL_OF_ME, { signal: signal() }))
      .rejects.toMatchObject(reason);
  });

  it("comes after what new Request refuses", async () => {
    const signal = AbortSignal.abort("first");
    const answer = batchingFetch(answering())(URL_OF_ME, { signal, body: "a" });
    await expect(answer).rejects.toBeInstanceOf(TypeError);
  });

  it("reaches the fallback", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const fallback: Fetch = (_, init) =>
      new Promise((_, reject) => {
        init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason));
        controller.abort("enough");
      });
    const fetch = batchingFetch(answering(), { fallback });
    await expect(fetch(URL_OF_ME, { method: "OPTIONS", signal })).rejects.toBe("enough");
  });

  it("leaves no listener at the signal, however a call ends", async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    const { fallback } = elsewhere();
    const fetch = batchingFetch(
      answering({}, new ClosedError("closed"), new OperationError("odd")),
      { fallback },
    );
    await fetch(URL_OF_ME, { signal });
    await expect(fetch(URL_OF_ME, { signal })).rejects.toBeInstanceOf(ClosedError);
    await fetch(URL_OF_ME, { signal });
    const ours = added.mock.calls.map(([, listener]) => listener).slice(0, 3);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      expect.arrayContaining(ours),
    );
  });
});

describe("a Response", () => {
  it.each([100, 101, 103, 199, 600])("of status %i rejects instead of hanging", async (status) => {
    await expect(batchingFetch(answering({ status }))(URL_OF_ME)).rejects.toBeInstanceOf(TypeError);
  });

  it.each([204, 205, 304])("of status %i has no body, also when bytes came", async (status) => {
    const response = await batchingFetch(answering({ status, body: "x" }))(URL_OF_ME);
    expect([response.body, await response.text()]).toEqual([null, ""]);
  });

  it("to a HEAD has no body, and the length that the server says", async () => {
    const batcher = answering({ headers: { "content-length": "7" }, body: "" });
    const response = await batchingFetch(batcher)(URL_OF_ME, { method: "HEAD" });
    expect([response.body, response.headers.get("content-length")]).toEqual([null, "7"]);
  });

  it("without a body is empty, and can be read as one", async () => {
    const response = await batchingFetch(answering({ status: 200 }))(URL_OF_ME);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toBeInstanceOf(TypeError);
  });

  it("can be cloned until its body is used", async () => {
    const response = await batchingFetch(answering({ body: "a" }))(URL_OF_ME);
    const copies = [response.clone(), response.clone().clone()];
    expect(await Promise.all(copies.map((copy) => copy.text()))).toEqual(["a", "a"]);
    await response.text();
    expect(() => response.clone()).toThrow(TypeError);
  });

  it.each(["append", "set", "delete"] as const)("refuses headers.%s", async (change) => {
    const { headers } = await batchingFetch(answering({ headers: { a: "1" } }))(URL_OF_ME);
    expect(() => headers[change]("a", "2")).toThrow(TypeError);
    expect([...headers]).toEqual([["a", "1"]]);
    expect(new Headers(headers).get("a")).toBe("1");
  });

  it("is a plain one to whoever makes another of it", async () => {
    const response = await batchingFetch(answering({ status: 201, body: "a" }))(URL_OF_ME);
    const copy = new Response(response.body, response);
    copy.headers.set("b", "2");
    expect([copy.status, await copy.text(), copy.headers.get("b")]).toEqual([201, "a", "2"]);
  });
});

describe("a redirect", () => {
  it.each<[string, Given]>([
    ["to nowhere", { status: 302, headers: { location: "http://[" } }],
    ["out of http", { status: 307, headers: { location: "data:text/plain,a" } }],
  ])("%s rejects with a TypeError", async (_, answer) => {
    const { calls, fallback } = elsewhere();
    const fetch = batchingFetch(answering(answer), { fallback });
    await expect(fetch(URL_OF_ME)).rejects.toBeInstanceOf(TypeError);
    expect(calls).toEqual([]);
  });

  it("is relative to the URL that was called", async () => {
    const { calls, fallback } = elsewhere();
    const moved = { status: 302, headers: { location: "../files/1?a=b" } };
    await batchingFetch(answering(moved), { fallback })(`${URL_OF_ME}/photo/$value`);
    expect(calls[0]?.url).toBe("https://graph.microsoft.com/v1.0/me/files/1?a=b");
  });

  it("is refused with error also where it leads nowhere", async () => {
    const answer = batchingFetch(answering({ status: 303 }))(URL_OF_ME, { redirect: "error" });
    await expect(answer).rejects.toBeInstanceOf(TypeError);
  });

  it.each([304, 300])("is none of status %i", async (status) => {
    const batcher = answering({ status, headers: { location: "https://contoso.com/" } });
    expect((await batchingFetch(batcher)(URL_OF_ME, { redirect: "error" })).status).toBe(status);
  });

  it.each([["DELETE", 301], ["PATCH", 302]])(
    "keeps the method of a %s after %i, as only a POST becomes a GET",
    async (method, status) => {
      const { calls, fallback } = elsewhere();
      const moved = { status, headers: { location: "https://contoso.com/" } };
      await batchingFetch(answering(moved), { fallback })(URL_OF_ME, { method });
      expect(calls.map((call) => call.method)).toEqual([method]);
    },
  );

  it("takes what says of a body how it is written off a GET without it", async () => {
    const { calls, fallback } = elsewhere();
    const moved = { status: 303, headers: { location: "https://contoso.com/" } };
    const headers = { "content-type": "text/csv", "x-a": "1" };
    const init = { method: "POST", body: "a", headers };
    await batchingFetch(answering(moved), { fallback })(URL_OF_ME, init);
    expect([...calls[0]!.headers]).toEqual([["x-a", "1"]]);
  });
});

describe("what is no network failure", () => {
  it.each([
    new ClosedError("closed"),
    new BatchHttpError("refused", { status: 401, headers: {}, detail: "" }),
  ])("rejects with the error itself: $_tag", async (error) => {
    await expect(batchingFetch(answering(error))(URL_OF_ME)).rejects.toBe(error);
  });

  it("is told from one: too late is a TypeError", async () => {
    const error = new BatchTimeoutError("too late");
    await expect(batchingFetch(answering(error))(URL_OF_ME)).rejects.toMatchObject({
      name: "TypeError",
      cause: error,
    });
  });

  it.each(["CONNECT", "TRACE", "a b"])("refuses the method %s, as fetch does", async (method) => {
    const batcher = answering();
    await expect(batchingFetch(batcher)(URL_OF_ME, { method })).rejects.toBeInstanceOf(TypeError);
    expect(batcher.sent).toEqual([]);
  });

  it("is what init throws: it rejects with that", async () => {
    const init = () => {
      throw new RangeError("odd");
    };
    await expect(batchingFetch(answering(), { init })(URL_OF_ME)).rejects.toThrow("odd");
  });

  it.each(["priority", "keepalive", "cache", "mode", "credentials"])(
    "does not look at %s",
    async (name) => {
      const batcher = answering();
      const values: Record<string, unknown> = {
        priority: "high",
        keepalive: true,
        cache: "no-store",
        mode: "cors",
        credentials: "include",
      };
      await batchingFetch(batcher)(URL_OF_ME, { [name]: values[name] });
      expect(batcher.sent).toHaveLength(1);
    },
  );
});

/** As of `AbortSignal.timeout`, without the wait. */
function expired(): AbortSignal {
  return AbortSignal.abort(new DOMException("The operation timed out.", "TimeoutError"));
}
