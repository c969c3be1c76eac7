import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import {
  type Batcher,
  createGraphBatcher,
  fetchTransport,
  get,
  type GraphOptions,
  type HttpRequest,
  toPromise,
} from "@rxbatch/rxbatch";
import { observe, TracedTransport } from "@rxbatch/rxbatch/otel";
import { fakeGraph, type FakeOptions } from "@rxbatch/rxbatch/testing";
import { lastValueFrom, mergeMap } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ADDRESS = "anna@contoso.com";

/** A batcher on a fake Graph, and what is told of it. */
class Rig {
  readonly spanExporter = new InMemorySpanExporter();
  readonly requests: HttpRequest[] = [];
  readonly batcher: Batcher;
  readonly traced: TracedTransport;
  readonly tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.spanExporter)],
  });
  readonly #metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#metricExporter,
    exportIntervalMillis: 1_000_000,
  });
  readonly meterProvider = new MeterProvider({ readers: [this.#reader] });

  constructor(
    fake: FakeOptions = {},
    options: GraphOptions = {},
    isTraced = false,
  ) {
    const graph = fakeGraph({ mailboxes: { [ADDRESS]: {} }, ...fake });
    const send = fetchTransport(graph.fetch);
    const traced = this.traced = new TracedTransport((request) => {
      this.requests.push(request);
      return send(request);
    });
    this.batcher = createGraphBatcher({
      token: graph.token,
      transport: traced.transport,
      retry: { baseDelayMs: 1 },
      ...options,
    });
    const { tracerProvider, meterProvider } = this;
    observe(this.batcher, {
      tracerProvider,
      meterProvider,
      traced: isTraced ? traced : undefined,
    });
  }

  get spans() {
    return this.spanExporter.getFinishedSpans();
  }

  get posts() {
    return this.spans.filter(({ name }) => name === "POST $batch");
  }

  /** The value (of a histogram how many it holds) of each metric, summed over attributes. */
  async measured(): Promise<Record<string, number>> {
    await this.#reader.forceFlush();
    const all = this.#metricExporter.getMetrics().at(-1)!.scopeMetrics[0]!.metrics;
    return Object.fromEntries(all.map(({ descriptor, dataPoints }) => {
      const values = dataPoints.map(({ value }) => typeof value === "number" ? value : value.count);
      return [descriptor.name, values.reduce((sum, value) => sum + value, 0)];
    }));
  }

  async attributesOf(name: string) {
    await this.#reader.forceFlush();
    const all = this.#metricExporter.getMetrics().at(-1)!.scopeMetrics[0]!.metrics;
    return all.find(({ descriptor }) => descriptor.name === name)!.dataPoints.map((point) =>
      point.attributes
    );
  }
}

describe("observe", () => {
  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(() => context.disable());

  it("tells a POST by the conventions for HTTP", async () => {
    const rig = new Rig();
    await Promise.all(["a", "b"].map(() => toPromise(rig.batcher, get("me/messages?$top=1"))));
    await rig.batcher.close();
    expect(rig.posts).toHaveLength(1);
    const [post] = rig.posts;
    expect(post!.kind).toBe(SpanKind.CLIENT);
    expect(post!.parentSpanContext).toBeUndefined();
    expect(post!.attributes).toMatchObject({
      "http.request.method": "POST",
      "url.template": "$batch",
      "server.address": "graph.microsoft.com",
      "server.port": 443,
      "http.response.status_code": 200,
      "rxbatch.wire": "graph",
      "rxbatch.size": 2,
      "rxbatch.parts": 2,
    });
    expect(post!.attributes).not.toHaveProperty("error.type");
  });

  it("makes an operation's span a child of the one that is active where send() was called", async () => {
    const rig = new Rig();
    const tracer = rig.tracerProvider.getTracer("test");
    const parents = ["first", "second"].map((name) => tracer.startSpan(name));
    await Promise.all(parents.map((parent) =>
      context.with(
        trace.setSpan(context.active(), parent),
        () => toPromise(rig.batcher, get("me/messages", { label: "inbox" })),
      )
    ));
    await rig.batcher.close();
    const operations = rig.spans.filter(({ name }) => name === "inbox");
    expect(operations.map(({ parentSpanContext }) => parentSpanContext?.spanId).sort())
      .toEqual(parents.map((parent) => parent.spanContext().spanId).sort());
    const [post] = rig.posts;
    expect(post!.links.map(({ context: { spanId } }) => spanId).sort())
      .toEqual(operations.map((span) => span.spanContext().spanId).sort());
    for (const { links } of operations) {
      expect(links.map(({ context: { spanId } }) => spanId))
        .toEqual([post!.spanContext().spanId]);
    }
  });

  it("takes the span that is active inside a subscriber for the parent of what is sent there", async () => {
    const rig = new Rig();
    const tracer = rig.tracerProvider.getTracer("test");
    const follower = tracer.startSpan("follower");
    const answers$ = rig.batcher.send(get("me/messages", { label: "first" })).pipe(
      mergeMap(() =>
        context.with(
          trace.setSpan(context.active(), follower),
          () => lastValueFrom(rig.batcher.send(get("me/events", { label: "second" }))),
        )
      ),
    );
    await lastValueFrom(answers$);
    await rig.batcher.close();
    const named = (wanted: string) => rig.spans.find(({ name }) => name === wanted)!;
    expect(named("first").parentSpanContext).toBeUndefined();
    expect(named("second").parentSpanContext?.spanId).toBe(follower.spanContext().spanId);
  });

  it("tells failures, and what went again, with a link to each POST", async () => {
    const rig = new Rig({
      script: [{ name: "status", status: 429, on: "part", index: 0, retryAfter: 0.001 }],
    });
    await Promise.allSettled([
      toPromise(rig.batcher, get("me/messages", { label: "again" })),
      toPromise(rig.batcher, get("me/messages/none", { label: "missing" })),
    ]);
    await rig.batcher.close();
    const named = (wanted: string) => rig.spans.find(({ name }) => name === wanted)!;
    expect(named("again").links).toHaveLength(2);
    expect(named("again").attributes).toMatchObject({
      "rxbatch.outcome": "answered",
      "rxbatch.attempts": 2,
    });
    expect(named("again").events).toMatchObject([
      { name: "retry", attributes: { "rxbatch.attempt": 1, "http.response.status_code": 429 } },
    ]);
    expect(named("missing").status.code).toBe(SpanStatusCode.ERROR);
    expect(named("missing").attributes["error.type"]).toBe("ResponseError");
  });

  it("tells a POST that was refused or got no answer as an error", async () => {
    const rig = new Rig(
      { script: [{ name: "status", status: 503 }, { name: "reset" }] },
      { retry: false },
    );
    for (const path of ["me/messages", "me/events"]) {
      await expect(toPromise(rig.batcher, get(path))).rejects.toThrow();
    }
    await rig.batcher.close();
    expect(rig.posts.map(({ attributes }) => attributes["error.type"])).toEqual(["503", "_OTHER"]);
    expect(rig.posts.every(({ status }) => status.code === SpanStatusCode.ERROR)).toBe(true);
  });

  it("measures, and ends with nothing waiting and nothing in flight", async () => {
    const rig = new Rig({
      script: [{ name: "status", status: 429, on: "part", index: 0, retryAfter: 0.001 }],
    });
    await Promise.all(["a", "b", "c"].map(() => toPromise(rig.batcher, get("me/messages"))));
    await rig.batcher.close();
    expect(await rig.measured()).toEqual({
      "http.client.request.duration": 2,
      "rxbatch.operation.duration": 3,
      "rxbatch.batch.size": 2,
      "rxbatch.pause.duration": 1,
      "rxbatch.operations.waiting": 0,
      "rxbatch.operations.in_flight": 0,
      "rxbatch.retries": 1,
    });
    expect(await rig.attributesOf("http.client.request.duration")).toContainEqual({
      "http.request.method": "POST",
      "url.template": "$batch",
      "server.address": "graph.microsoft.com",
      "server.port": 443,
      "http.response.status_code": 200,
      "rxbatch.wire": "graph",
      "rxbatch.reason": "time",
    });
  });

  it("tells two submissions of one operation apart, in one POST and in several", async () => {
    const rig = new Rig({
      script: [{ name: "status", status: 429, on: "part", index: 0, retryAfter: 0.001 }],
    });
    const same = get("me/messages", { label: "same" });
    const waiting = rig.batcher.send(same).subscribe();
    await Promise.all([toPromise(rig.batcher, same), toPromise(rig.batcher, same)]);
    waiting.unsubscribe();
    await rig.batcher.close();
    const told = rig.spans.filter(({ name }) => name === "same");
    expect(told).toHaveLength(3);
    for (const { attributes, links } of told) {
      expect(links).toHaveLength(attributes["rxbatch.attempts"] as number);
    }
    expect(await rig.measured()).toMatchObject({
      "rxbatch.operations.waiting": 0,
      "rxbatch.operations.in_flight": 0,
    });
  });

  it("measures by door and reason", async () => {
    const rig = new Rig({
      script: [{ name: "status", status: 429, on: "part", index: 0, retryAfter: 0.001 }],
    });
    await Promise.allSettled(
      ["me/messages", "me/messages/none"].map((path) => toPromise(rig.batcher, get(path))),
    );
    await rig.batcher.close();
    const door = { "rxbatch.wire": "graph" };
    expect(await rig.attributesOf("rxbatch.operation.duration")).toEqual(
      expect.arrayContaining([
        { ...door, "rxbatch.outcome": "answered" },
        { ...door, "rxbatch.outcome": "failed", "error.type": "ResponseError" },
      ]),
    );
    expect(await rig.attributesOf("rxbatch.batch.size"))
      .toContainEqual(expect.objectContaining({ ...door, "rxbatch.reason": "time" }));
    expect(await rig.attributesOf("rxbatch.operations.waiting")).toEqual([door]);
    expect(await rig.attributesOf("rxbatch.operations.in_flight")).toEqual([door]);
    expect(await rig.attributesOf("rxbatch.retries"))
      .toEqual([{ ...door, "http.response.status_code": 429 }]);
    expect(await rig.attributesOf("rxbatch.pause.duration"))
      .toEqual([{ ...door, "rxbatch.reason": "asked" }]);
  });

  it("ends the spans, and the counts, of what is in hand when it is unsubscribed", async () => {
    const rig = new Rig({ latencyMs: 1_000_000 });
    const { tracerProvider, meterProvider, batcher } = rig;
    const own = observe(batcher, { tracerProvider, meterProvider });
    const sending = batcher.send(get("me/messages")).subscribe();
    own.unsubscribe();
    expect(rig.spans.map(({ name }) => name)).toEqual(["rxbatch operation"]);
    sending.unsubscribe();
    expect(await rig.measured()).toEqual({
      "rxbatch.operation.duration": 1,
      "rxbatch.operations.waiting": 0,
    });
  });

  it("rule 27: tells no URL, address, body or token", async () => {
    const rig = new Rig();
    await toPromise(rig.batcher, get(`users/${ADDRESS}/messages?$filter=secret`)).catch(() => {});
    await rig.batcher.close();
    const told = JSON.stringify(
      rig.spans.map(({ name, attributes, events, status }) => ({
        name,
        attributes,
        events,
        status,
      })),
    );
    expect(told).not.toMatch(/contoso|secret|messages|Bearer|v1\.0/);
    expect(rig.spans).toHaveLength(2);
  });
});

describe("TracedTransport", () => {
  it("hands each POST the trace that it belongs to", async () => {
    const rig = new Rig({}, {}, true);
    for (const path of ["me/messages", "me/events"]) await toPromise(rig.batcher, get(path));
    await rig.batcher.close();
    const expected = rig.posts.map((span) => {
      const { traceId, spanId } = span.spanContext();
      return `00-${traceId}-${spanId}-01`;
    });
    expect(expected).toHaveLength(2);
    expect(rig.requests.map(({ headers }) => headers["traceparent"])).toEqual(expected);
  });

  it("hands out none that is another's, whoever else is told of its POSTs or sends through it", async () => {
    const rig = new Rig({}, {}, true);
    const { traced, tracerProvider, meterProvider } = rig;
    const second = observe(rig.batcher, { tracerProvider, meterProvider, traced });
    const unobserved = createGraphBatcher({ token: "token", transport: traced.transport });
    const parents: (string | undefined)[] = [];
    for (const path of ["me/messages", "me/events", "me/contacts"]) {
      await toPromise(unobserved, get(path)).catch(() => {});
      await toPromise(rig.batcher, get(path));
      if (path === "me/events") second.unsubscribe();
    }
    await rig.batcher.close();
    for (const { headers } of rig.requests) parents.push(headers["traceparent"]?.split("-")[2]);
    const ids = rig.posts.map((span) => span.spanContext().spanId);
    expect(parents.filter((_, at) => at % 2 === 0)).toEqual([undefined, undefined, undefined]);
    const own = parents.filter((_, at) => at % 2 === 1);
    expect(new Set(own).size).toBe(3);
    expect(own.every((id) => ids.includes(id!))).toBe(true);
    const batches = rig.posts.filter((span) => own.includes(span.spanContext().spanId))
      .map(({ attributes }) => attributes["rxbatch.batch"]);
    expect(batches).toEqual([1, 2, 3]);
  });

  it("refuses what is no transport, which the batcher cannot see behind it", () => {
    expect(() => new TracedTransport(fetch as never)).toThrow("wrap it in fetchTransport()");
  });

  it("adds no header unless it is given to observe", async () => {
    const rig = new Rig();
    await toPromise(rig.batcher, get("me/messages"));
    expect(rig.requests.map(({ headers }) => headers["traceparent"])).toEqual([undefined]);
  });
});
