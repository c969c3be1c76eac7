import { firstValueFrom, from } from "rxjs";
import { describe, expect, it } from "vitest";
import { TransportError } from "../../src/operation/errors.ts";
import { defaultTransport } from "../../src/transport/default.ts";
import { fetchTransport } from "../../src/transport/fetch.ts";
import { bytesOf, describeTransport, requestTo } from "./contract.ts";

describeTransport("fetchTransport", () => fetchTransport());
describeTransport("defaultTransport", () => defaultTransport(() => {}));

const URL = "https://outlook.office.com/api/v2.0/me/$batch";

describe("fetchTransport with a fetch of the caller", () => {
  it("calls it once, by POST, redirects manual, with bytes", async () => {
    const calls: [string, RequestInit][] = [];
    const transport = fetchTransport((url, init) => {
      calls.push([url, init]);
      return Promise.resolve(new Response("ok", { status: 202 }));
    });
    const response = await firstValueFrom(from(transport(requestTo(URL))));
    expect(response.status).toBe(202);
    expect(Buffer.from(await bytesOf(response)).toString()).toBe("ok");
    expect(calls).toHaveLength(1);
    expect(calls[0]?.[0]).toBe(URL);
    expect(calls[0]?.[1]).toMatchObject({ method: "POST", redirect: "manual" });
  });

  it("looks the global one up with each batch, so it may be replaced at any time", async () => {
    const transport = fetchTransport();
    const before = globalThis.fetch;
    globalThis.fetch = () => Promise.resolve(new Response("replaced"));
    try {
      const response = await firstValueFrom(from(transport(requestTo(URL))));
      expect(Buffer.from(await bytesOf(response)).toString()).toBe("replaced");
    } finally {
      globalThis.fetch = before;
    }
  });

  it("fails when it throws instead of rejecting", async () => {
    const transport = fetchTransport(() => {
      throw new RangeError("no");
    });
    await expect(firstValueFrom(from(transport(requestTo(URL))))).rejects.toMatchObject({
      _tag: "TransportError",
      sent: true,
      cause: new RangeError("no"),
    });
  });

  it("knows that nothing was sent without Deno's permission", async () => {
    const denied = Object.assign(new Error("Requires net access"), { name: "NotCapable" });
    const transport = fetchTransport(() => Promise.reject(denied));
    await expect(firstValueFrom(from(transport(requestTo(URL))))).rejects.toMatchObject({
      _tag: "TransportError",
      sent: false,
    });
  });

  it("says that redirects are not followed when a browser hides one", async () => {
    const opaque = new Response(null);
    Object.defineProperty(opaque, "type", { value: "opaqueredirect" });
    const transport = fetchTransport(() => Promise.resolve(opaque));
    await expect(firstValueFrom(from(transport(requestTo(URL))))).rejects.toThrow(
      "Cannot read the answer as redirects are not followed: current value is a redirect",
    );
  });

  it("keeps what the fetch knows of certainty", async () => {
    const transport = fetchTransport(() =>
      Promise.reject(new TransportError("from a wrapper", { sent: false }))
    );
    await expect(firstValueFrom(from(transport(requestTo(URL))))).rejects.toMatchObject({
      sent: false,
    });
  });

  it.each([
    [{ code: "ECONNREFUSED" }, false],
    [{ code: "ENOTFOUND" }, false],
    [{ code: "EAI_AGAIN" }, false],
    [{ code: "UND_ERR_CONNECT_TIMEOUT" }, false],
    [{ code: "EHOSTUNREACH", syscall: "connect" }, false],
    [{ code: "EHOSTUNREACH", syscall: "read" }, true],
    [{ code: "ETIMEDOUT", syscall: "connect" }, false],
    [{ code: "ECONNRESET", syscall: "read" }, true],
    [{ code: "UND_ERR_SOCKET" }, true],
    [{ message: "client error (Connect): tcp connect error: Connection refused" }, false],
    [{ message: "client error (Connect): dns error: no such host" }, false],
    [{ message: "client error (SendRequest): connection closed" }, true],
    [{}, true],
  ])("reads certainty off %j: sent is %s", async (members, sent) => {
    const cause = Object.assign(new Error("inner"), members);
    const transport = fetchTransport(() =>
      Promise.reject(new TypeError("fetch failed", { cause }))
    );
    await expect(firstValueFrom(from(transport(requestTo(URL))))).rejects.toMatchObject({ sent });
  });

  it("reads the code of Bun, which stands on the error itself", async () => {
    const error = Object.assign(new Error("Unable to connect"), { code: "ConnectionRefused" });
    const transport = fetchTransport(() => Promise.reject(error));
    await expect(firstValueFrom(from(transport(requestTo(URL))))).rejects.toMatchObject({
      sent: false,
      message:
        "Cannot send the request as it needs a connection: current value is ConnectionRefused",
    });
  });

  it("cancels an answer that comes after its subscriber left", async () => {
    let cancelled = false;
    let answer: (response: Response) => void = () => {};
    const transport = fetchTransport(() => new Promise((resolve) => answer = resolve));
    from(transport(requestTo(URL))).subscribe().unsubscribe();
    const stream = new ReadableStream({
      cancel() {
        cancelled = true;
      },
    });
    answer(new Response(stream));
    await Promise.resolve();
    await Promise.resolve();
    expect(cancelled).toBe(true);
  });
});
