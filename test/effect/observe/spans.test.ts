import { Duration, Effect, Exit, Fiber, Option, Stream, Tracer } from "effect";
import { TestClock } from "effect/testing";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { plainService, runTest, Server } from "../support.ts";

/** Keeps every span that it makes. */
function recording(): { readonly tracer: Tracer.Tracer; readonly spans: Tracer.Span[] } {
  const spans: Tracer.Span[] = [];
  const tracer = Tracer.make({
    span(options) {
      const span = new Tracer.NativeSpan(options);
      spans.push(span);
      return span;
    },
  });
  return { tracer, spans };
}

const namesOf = ({ links }: Tracer.Span) =>
  links.map(({ span }) => span._tag === "Span" ? span.name : "external");

const batchesOf = (spans: readonly Tracer.Span[]) =>
  spans.filter(({ name }) => name === "POST $batch");

const attributesOf = ({ attributes }: Tracer.Span) => Object.fromEntries(attributes);

describe("spans", () => {
  it("are one for each operation, in that of its caller, and one for each batch, linked both ways", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(new Server(), { maxWaitMs: 0, maxBatchSize: 2 });
        yield* Effect.forEach(["a", "b", "c"], (url) => send(get(url)), {
          concurrency: "unbounded",
        }).pipe(Effect.withSpan("caller"));
      }).pipe(Effect.withTracer(tracer));
      const batches = batchesOf(spans);
      expect(batches.map(namesOf)).toEqual([["GET", "GET"], ["GET"]]);
      expect(batches.map(({ parent }) => parent)).toEqual([Option.none(), Option.none()]);
      const operations = spans.filter(({ name }) => name === "GET");
      const parents = operations.map(({ parent }) => Option.getOrThrow(parent));
      expect(parents.map((parent) => parent._tag === "Span" && parent.name))
        .toEqual(["caller", "caller", "caller"]);
      expect(operations.map(({ links }) => links.map(({ span }) => span))).toEqual([
        [batches[0]],
        [batches[0]],
        [batches[1]],
      ]);
    })));

  it("say what went where by OpenTelemetry's conventions, and how long it took by the program's clock", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      const server = new Server("later");
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(server, { maxBatchSize: 1 });
        const fiber = yield* Effect.forkChild(send(get("a")));
        yield* TestClock.adjust(Duration.millis(250));
        server.release();
        yield* Fiber.join(fiber);
      }).pipe(Effect.withTracer(tracer), Effect.scoped);
      const [operation, batch] = spans;
      expect(attributesOf(operation!)).toMatchObject({
        "http.request.method": "GET",
        "server.address": "plain.example",
        "server.port": 443,
        "url.scheme": "https",
        "http.response.status_code": 200,
      });
      expect(attributesOf(batch!)).toMatchObject({
        "http.request.method": "POST",
        "url.template": "$batch",
        "server.address": "plain.example",
        "http.response.status_code": 200,
        "rxbatch.size": 1,
        "rxbatch.reason": "count",
        "rxbatch.parts": 1,
      });
      for (const { status, kind } of spans) {
        if (status._tag === "Started") throw new Error("it has not ended");
        expect(status.endTime - status.startTime).toBe(250_000_000n);
        expect(Exit.isSuccess(status.exit)).toBe(true);
        expect(kind).toBe("client");
      }
    })));

  it("tell the server which of them the POST belongs to", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      const server = new Server();
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(server, { maxBatchSize: 1 });
        yield* send(get("a"));
      }).pipe(Effect.withTracer(tracer));
      const [{ traceId, spanId }] = batchesOf(spans) as [Tracer.Span];
      expect(server.headers).toMatchObject([{ traceparent: `00-${traceId}-${spanId}-01` }]);
    })));

  it("fail with the batch, and link each attempt", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      let posts = 0;
      const server = new Server();
      const transport = (request: Parameters<typeof server.transport>[0]) =>
        ++posts === 1
          ? [{ status: 503, headers: { "content-type": "text/html" }, body: [] }]
          : server.transport(request);
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(server, {
          transport,
          maxBatchSize: 1,
          retry: { baseDelayMs: 0 },
        });
        yield* send(get("a"));
      }).pipe(Effect.withTracer(tracer), Effect.scoped);
      const batches = batchesOf(spans);
      const exits = batches.map(({ status }) => status._tag === "Ended" && status.exit._tag);
      expect(exits).toEqual(["Failure", "Success"]);
      expect(batches.map((span) => attributesOf(span)["error.type"])).toEqual(["503", undefined]);
      expect(batches.map((span) => attributesOf(span)["http.request.resend_count"]))
        .toEqual([undefined, 1]);
      expect(namesOf(spans.find(({ name }) => name === "GET")!)).toEqual([
        "POST $batch",
        "POST $batch",
      ]);
    })));

  it("fail with the operation, and say with what", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      const server = new Server(() => ({ status: 404 }));
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(server, { maxBatchSize: 1 });
        yield* Effect.flip(send(get("a")));
      }).pipe(Effect.withTracer(tracer), Effect.scoped);
      expect(attributesOf(spans[0]!)).toMatchObject({
        "http.response.status_code": 404,
        "error.type": "404",
      });
    })));

  it("end also when the batch is aborted, and with the service at the latest", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(new Server("later"), { maxBatchSize: 1 });
        yield* Effect.timeoutOption(send(get("a")), Duration.zero);
      }).pipe(Effect.withTracer(tracer), Effect.scoped, Effect.forkChild);
      yield* TestClock.adjust(Duration.seconds(1));
      expect(spans.map(({ status }) => status._tag)).toEqual(["Ended", "Ended"]);
    })));

  it("of streams, pages and requests are the callers' own", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      yield* Effect.gen(function* () {
        const service = yield* plainService(new Server(), { maxBatchSize: 1 });
        yield* Effect.withSpan(Stream.runDrain(service.stream(Stream.make(get("a")))), "stream");
        yield* Effect.withSpan(Stream.runDrain(service.pages(get("b"))), "pages");
        yield* Effect.withSpan(service.request(get("c")), "request");
      }).pipe(Effect.withTracer(tracer));
      expect(batchesOf(spans).map(namesOf)).toEqual([["stream"], ["pages"], ["request"]]);
    })));

  it("are not made where tracing is off, and the POST carries none", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      const server = new Server();
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(server, { maxBatchSize: 1 });
        yield* Effect.withTracerEnabled(send(get("a")), false);
      }).pipe(Effect.withTracer(tracer));
      expect(spans).toEqual([]);
      expect(server.headers[0]).not.toHaveProperty("traceparent");
    })));
});
