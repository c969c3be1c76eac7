import { Effect, Exit, Layer, Tracer } from "effect";
import { FetchHttpClient, HttpClient } from "effect/http";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { httpTransport, OutlookBatch } from "../../../src/effect.ts";
import { fakeOutlook } from "../../../src/testing.ts";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** OutlookBatch by an HttpClient that ends in this fetch. */
function layerOf(
  token: string,
  fetch: Fetch,
  change: (client: HttpClient.HttpClient) => HttpClient.HttpClient = (client) => client,
) {
  const batches = Effect.map(
    httpTransport,
    (transport) => OutlookBatch.layer({ token, transport, maxWaitMs: 0, retry: false }),
  );
  const client = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, change));
  return Layer.unwrap(batches).pipe(
    Layer.provide(client),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(
      FetchHttpClient.Fetch,
      (input, init) => fetch(String(input), init ?? {}),
    )),
  );
}

describe("batches by the HttpClient of the program", () => {
  it("go and come whole, and follow no redirect", async () => {
    const outlook = fakeOutlook();
    const seen: RequestInit[] = [];
    const layer = layerOf(outlook.token, (url, init) => {
      seen.push(init);
      return outlook.fetch(url, init);
    });
    const both = Effect.all([
      OutlookBatch.send(get("messages?$top=1")),
      OutlookBatch.send(get("events?$top=1")),
    ], { concurrency: "unbounded" });
    const answers = await Effect.runPromise(Effect.provide(both, layer));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(outlook.posts).toBe(1);
    expect(seen.map(({ redirect }) => redirect)).toEqual(["manual"]);
  });

  it("meet what the layers of the client add", async () => {
    const outlook = fakeOutlook();
    let executed = 0;
    const layer = layerOf(
      outlook.token,
      outlook.fetch,
      HttpClient.tap(() => Effect.sync(() => executed++)),
    );
    await Effect.runPromise(Effect.provide(OutlookBatch.send(get("messages?$top=1")), layer));
    expect(executed).toBe(1);
  });

  it("have the client's span in that of the batch", async () => {
    const outlook = fakeOutlook();
    const spans: Tracer.Span[] = [];
    const tracer = Tracer.make({
      span(options) {
        const span = new Tracer.NativeSpan(options);
        spans.push(span);
        return span;
      },
    });
    const layer = layerOf(outlook.token, outlook.fetch);
    await Effect.runPromise(
      Effect.provide(OutlookBatch.send(get("messages?$top=1")), layer).pipe(
        Effect.withTracer(tracer),
      ),
    );
    const batch = spans.find(({ name }) => name === "POST $batch");
    const client = spans.find(({ name }) => name === "POST");
    expect(client?.parent).toMatchObject({ value: { spanId: batch?.spanId } });
  });

  it("fail with TransportError when the connection does, and the operation with it", async () => {
    const layer = layerOf("token", () => Promise.reject(new TypeError("fetch failed")));
    const error = Effect.flip(OutlookBatch.send(get("messages")));
    expect(await Effect.runPromise(Effect.provide(error, layer))).toMatchObject({
      cause: { _tag: "TransportError" },
    });
  });

  it("are dropped when nobody waits any more", async () => {
    let aborted = 0;
    const layer = layerOf(
      "token",
      (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => {
            aborted++;
            reject(new Error("aborted"));
          })
        ),
    );
    const gone = Effect.timeout(OutlookBatch.send(get("messages")), "20 millis");
    const exit = await Effect.runPromiseExit(Effect.provide(gone, layer));
    expect(Exit.isFailure(exit)).toBe(true);
    expect(aborted).toBe(1);
  });
});
