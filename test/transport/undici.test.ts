import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { firstValueFrom, from } from "rxjs";
import { Agent, type Dispatcher, MockAgent } from "undici";
import type { Agent as Agent8, Dispatcher as Dispatcher8, MockAgent as MockAgent8 } from "undici8";
import { afterAll, describe, expect, expectTypeOf, it } from "vitest";
import { defaultTransport } from "../../src/transport/default_node.ts";
import { type UndiciDispatcher, undiciTransport } from "../../src/transport/undici.ts";
import { bytesOf, describeTransport, requestTo, serve } from "./contract.ts";

const agent = new Agent({ connections: 4 });
afterAll(() => agent.destroy());

describeTransport("undiciTransport", () => undiciTransport());
describeTransport("undiciTransport with an Agent", () => undiciTransport(agent));
describeTransport("defaultTransport on Node", () => defaultTransport(() => {}));

const URL = "https://outlook.office.com/api/v2.0/me/$batch";

describe("undiciTransport", () => {
  it("takes the dispatchers of undici 7 and of undici 8, and nothing that sends nothing", () => {
    expectTypeOf<Agent | MockAgent | Dispatcher>().toExtend<UndiciDispatcher>();
    expectTypeOf<Agent8 | MockAgent8 | Dispatcher8>().toExtend<UndiciDispatcher>();
    expectTypeOf<typeof fetch>().not.toExtend<UndiciDispatcher>();
  });

  it.each([
    ["null", null],
    ["an object", {}],
    ["a function", fetch],
  ])("refuses a dispatcher that is %s at once", (kind, dispatcher) => {
    expect(() => undiciTransport(dispatcher as never)).toThrow(
      new TypeError(
        `Cannot make a transport as dispatcher must be one of undici: current value is ${kind}`,
      ),
    );
  });

  it("works with a MockAgent, which cannot pause", async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    mock.get("https://outlook.office.com")
      .intercept({ method: "POST", path: "/api/v2.0/me/$batch" })
      .reply(200, "mocked", { headers: { "x-a": "1" } });
    const response = await firstValueFrom(from(undiciTransport(mock)(requestTo(URL))));
    expect(response.headers).toMatchObject({ "x-a": "1" });
    expect(Buffer.from(await bytesOf(response)).toString()).toBe("mocked");
  });

  it("says that nothing was sent when its dispatcher is closed", async () => {
    const closed = new Agent();
    await closed.close();
    await expect(firstValueFrom(from(undiciTransport(closed)(requestTo(URL))))).rejects
      .toMatchObject({ _tag: "TransportError", sent: false });
  });

  it("says that nothing was sent when there was no socket for it yet", async () => {
    let heads = 0;
    const { url } = await serve((request) => {
      request.resume();
      heads += 1;
    });
    const one = new Agent({ connections: 1, pipelining: 1 });
    const transport = undiciTransport(one);
    const busy = from(transport(requestTo(url))).subscribe({ error: () => {} });
    const controller = new AbortController();
    const queued = firstValueFrom(from(transport(requestTo(url, { signal: controller.signal }))));
    controller.abort();
    await expect(queued).rejects.toMatchObject({ _tag: "TransportError", sent: false });
    busy.unsubscribe();
    await one.destroy();
    expect(heads).toBeLessThanOrEqual(1);
  });

  it.each([
    ["deflate", deflateSync],
    ["deflate without its format", deflateRawSync],
  ])("decompresses %s, and says nothing more of encoding and length", async (_name, compress) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "Content-Encoding": "deflate" });
      response.end(compress("deflated"));
    });
    const response = await firstValueFrom(from(undiciTransport(agent)(requestTo(url))));
    expect(response.headers).not.toHaveProperty("content-encoding");
    expect(response.headers).not.toHaveProperty("content-length");
    expect(Buffer.from(await bytesOf(response)).toString()).toBe("deflated");
  });

  it("takes a compressed body of no octets for none", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(202, { "Content-Encoding": "gzip" });
      response.end();
    });
    const response = await firstValueFrom(from(undiciTransport(agent)(requestTo(url))));
    expect(await bytesOf(response)).toHaveLength(0);
  });

  it("fails when a compressed body is cut off", async () => {
    const bytes = gzipSync("0123456789".repeat(10_000));
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "Content-Encoding": "gzip" });
      response.end(bytes.subarray(0, bytes.length - 20));
    });
    const response = await firstValueFrom(from(undiciTransport(agent)(requestTo(url))));
    await expect(bytesOf(response)).rejects.toMatchObject({ _tag: "TransportError", sent: true });
  });

  it("refuses an encoding that it did not ask for", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "Content-Encoding": "x-unknown" });
      response.end("???");
    });
    await expect(firstValueFrom(from(undiciTransport(agent)(requestTo(url))))).rejects.toThrow(
      "Cannot read the answer as its Content-Encoding must be one of gzip, br, deflate: " +
        "current value is 9 characters long",
    );
  });

  it("pushes chunks within the socket's own call, without a promise for each", async () => {
    const { url } = await serve((_request, response) => response.end("x".repeat(1000)));
    let inside = false;
    const observed = new Agent().compose((dispatch) => (options, handler) =>
      dispatch(options, {
        onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
        onResponseStart: (controller, status, headers, text) =>
          handler.onResponseStart?.(controller, status, headers, text),
        onResponseData(controller, chunk) {
          inside = true;
          handler.onResponseData?.(controller, chunk);
          inside = false;
        },
        onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
        onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
      })
    );
    const seen: boolean[] = [];
    await new Promise<void>((resolve, reject) => {
      from(undiciTransport(observed)(requestTo(url))).subscribe({
        next: ({ body }) =>
          void from(body).subscribe({ next: () => seen.push(inside), complete: resolve }),
        error: reject,
      });
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((value) => value)).toBe(true);
    await observed.destroy();
  });
});
