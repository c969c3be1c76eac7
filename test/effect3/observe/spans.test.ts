import { Duration, Effect, Exit, Option, Stream, TestClock, Tracer } from "effect3";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { plainService, runTest, Server } from "../support.ts";

/** Keeps every span that it makes. */
function recording(): { readonly tracer: Tracer.Tracer; readonly spans: Tracer.Span[] } {
  const spans: Tracer.Span[] = [];
  const tracer = Tracer.make({
    span(name, parent, context, links, startTime, kind) {
      const attributes = new Map<string, unknown>();
      const allLinks = [...links];
      let status: Tracer.SpanStatus = { _tag: "Started", startTime };
      const span: Tracer.Span = {
        _tag: "Span",
        name,
        spanId: `${spans.length}`.padStart(16, "0"),
        traceId: "0123456789abcdef".repeat(2),
        parent,
        context,
        get status() {
          return status;
        },
        attributes,
        links: allLinks,
        sampled: true,
        kind,
        end: (endTime, exit) => void (status = { _tag: "Ended", startTime, endTime, exit }),
        attribute: (key, value) => void attributes.set(key, value),
        event() {},
        addLinks: (added) => void allLinks.push(...added),
      };
      spans.push(span);
      return span;
    },
    context: (work) => work(),
  });
  return { tracer, spans };
}

const namesOf = ({ links }: Tracer.Span) =>
  links.map(({ span }) => span._tag === "Span" ? span.name : "external");

describe("spans", () => {
  it("are one for each operation, in that of its caller, and one for each batch, linked both ways", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(new Server(), { maxWaitMs: 0, maxBatchSize: 2 });
        yield* Effect.forEach(["a", "b", "c"], (url) => send(get(url, { label: url })), {
          concurrency: "unbounded",
        }).pipe(Effect.withSpan("caller"));
      }).pipe(Effect.withTracer(tracer));
      const batches = spans.filter(({ name }) => name === "POST $batch");
      expect(batches.map(namesOf)).toEqual([["GET a", "GET b"], ["GET c"]]);
      expect(batches.map(({ parent }) => parent)).toEqual([Option.none(), Option.none()]);
      const operations = spans.filter(({ name }) => name.startsWith("GET"));
      const parents = operations.map(({ parent }) => Option.getOrThrow(parent));
      expect(parents.map((parent) => parent._tag === "Span" && parent.name))
        .toEqual(["caller", "caller", "caller"]);
      expect(operations.map(({ attributes }) => attributes.get("url.template")))
        .toEqual(["a", "b", "c"]);
      expect(operations.map(({ links }) => links.map(({ span }) => span))).toEqual([
        [batches[0]],
        [batches[0]],
        [batches[1]],
      ]);
    })));

  it("tell the server which of them the POST belongs to", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      const server = new Server();
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(server, { maxBatchSize: 1 });
        yield* send(get("a"));
      }).pipe(Effect.withTracer(tracer));
      const { traceId, spanId } = spans.find(({ name }) => name === "POST $batch")!;
      expect(server.headers).toMatchObject([{ traceparent: `00-${traceId}-${spanId}-01` }]);
    })));

  it("fail with the operation, and say with what", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      const server = new Server(() => ({ status: 404 }));
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(server, { maxBatchSize: 1 });
        yield* Effect.flip(send(get("a")));
      }).pipe(Effect.withTracer(tracer), Effect.scoped);
      expect(Object.fromEntries(spans[0]!.attributes)).toMatchObject({
        "http.response.status_code": 404,
        "error.type": "404",
      });
    })));

  it("say what the batch was, and how long it took by the program's clock", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      const server = new Server("later");
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(server, { maxBatchSize: 1 });
        const fiber = yield* Effect.fork(send(get("a")));
        yield* TestClock.adjust(Duration.millis(250));
        server.release();
        yield* fiber;
      }).pipe(Effect.withTracer(tracer), Effect.scoped);
      expect(spans).toHaveLength(2);
      const [operation, batch] = spans.map(({ attributes }) => Object.fromEntries(attributes));
      expect(operation).toMatchObject({
        "http.request.method": "GET",
        "server.address": "plain.example",
        "server.port": 443,
        "url.scheme": "https",
        "http.response.status_code": 200,
      });
      expect(batch).toMatchObject({
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
      const batches = spans.filter(({ name }) => name === "POST $batch");
      const exits = batches.map(({ status }) => status._tag === "Ended" && status.exit._tag);
      expect(exits).toEqual(["Failure", "Success"]);
      expect(namesOf(spans.find(({ name }) => name === "GET")!)).toEqual([
        "POST $batch",
        "POST $batch",
      ]);
    })));

  it("end also when the batch is aborted", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(new Server("later"), { maxBatchSize: 1 });
        yield* Effect.timeoutOption(send(get("a")), Duration.zero);
      }).pipe(Effect.withTracer(tracer), Effect.scoped, Effect.fork);
      yield* TestClock.adjust(Duration.seconds(1));
      expect(spans.map(({ status }) => status._tag)).toEqual(["Ended", "Ended"]);
    })));

  it("are linked with the span of a stream and of a request too", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      yield* Effect.gen(function* () {
        const { sendAll, request } = yield* plainService(new Server(), { maxBatchSize: 1 });
        yield* Effect.withSpan(Stream.runDrain(sendAll(Stream.make(get("a")))), "stream");
        yield* Effect.withSpan(request(get("b")), "request");
      }).pipe(Effect.withTracer(tracer));
      const batches = spans.filter(({ name }) => name === "POST $batch");
      expect(batches.map(namesOf)).toEqual([["stream"], ["request"]]);
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

  it("do without links back in a tracer that cannot add them", () =>
    runTest(Effect.gen(function* () {
      const { tracer, spans } = recording();
      const early = Tracer.make({
        ...tracer,
        span: (...args) => Object.assign(tracer.span(...args), { addLinks: undefined }),
      });
      yield* Effect.gen(function* () {
        const { send } = yield* plainService(new Server(), { maxBatchSize: 1 });
        yield* send(get("a"));
      }).pipe(Effect.withTracer(early));
      expect(spans.map(namesOf)).toEqual([[], ["GET"]]);
    })));
});
