import { Clock, Context, Effect, Exit, Tracer } from "effect";
import type { AnyOperation, BatchEvent, HttpRequest, Transport } from "../../../mod.ts";
import { from, mergeMap } from "rxjs";
import { withHeaders } from "../../transport/with_headers.ts";
import type { Caller, Callers } from "./callers.ts";
import { Departures } from "../../observe/departures.ts";

/** The name and the attributes of an operation's span, by OpenTelemetry's conventions for HTTP; never a URL, which may hold an address. */
export function operationSpan(
  { id, method, label }: AnyOperation,
): { readonly name: string; readonly options: Tracer.SpanOptionsNoTrace } {
  return {
    // what is made from answers has a method when it is made, and a span before
    name: [method, label].filter((word) => word !== undefined).join(" ") || "rxbatch.send",
    options: {
      kind: "client",
      attributes: {
        ...(method === undefined ? {} : { "http.request.method": method }),
        ...(label === undefined ? {} : { "url.template": label }),
        "rxbatch.operation": id,
      },
    },
  };
}

/** A POST, from leaving to its last byte. */
interface Flight {
  readonly span: Tracer.Span;
  readonly clock: Clock.Clock;
  readonly callers: readonly Caller[];
}

/** One span for each batch, linked with the span of each caller: none of them is its parent, for it belongs to all. */
export class Spans {
  readonly #context: Context.Context<never>;
  readonly #callers: Callers;
  readonly #flights = new Map<number, Flight>();
  readonly #departures: Departures<Flight | undefined>;

  /** @param context makes the span of a batch of which no caller is known */
  constructor(context: Context.Context<never>, callers: Callers) {
    this.#context = context;
    this.#callers = callers;
    this.#departures = new Departures();
  }

  heard(event: BatchEvent): void {
    if (event.type === "sent") this.#begin(event);
    else if (event.type === "answered") this.#end(event);
  }

  /** Tells the server whose work its own is, and the spans where it goes. */
  traced(transport: Transport): Transport {
    return (request) => {
      const departure = this.#departures.leave();
      // what leaves is told once all state is written, which is before the next microtask
      return from(Promise.resolve()).pipe(
        mergeMap(() => transport(carrying(departure.event, request))),
      );
    };
  }

  /** Of a batch whose end nobody will hear. */
  close(): void {
    for (const flight of this.#flights.values()) {
      flight.span.end(flight.clock.currentTimeNanosUnsafe(), Exit.interrupt());
    }
    this.#flights.clear();
  }

  #begin(event: BatchEvent & { readonly type: "sent" }): void {
    const callers = event.operations.flatMap((id) => this.#callers.of(id));
    const spanned = callers.filter(({ span }) => span !== undefined && !isMute(span));
    const context = (spanned[0] ?? callers[0])?.context ?? this.#context;
    const linked = [...new Set(spanned.flatMap(({ span }) => span ?? []))];
    const span = Effect.runSyncWith(context)(Effect.makeSpan("POST $batch", {
      kind: "client",
      root: true,
      links: linked.map(linkTo),
      ...(linked.length === 0 ? {} : { sampled: linked.some(({ sampled }) => sampled) }),
      attributes: attributesOf(event),
    }));
    // made where tracing is off
    if (isMute(span)) return this.#departures.told(undefined);
    for (const caller of linked) {
      if (caller._tag === "Span") caller.addLinks([linkTo(span)]);
    }
    const flight = { span, clock: Context.get(context, Clock.Clock), callers: spanned };
    this.#flights.set(event.batch, flight);
    this.#departures.told(flight);
  }

  #end(event: BatchEvent & { readonly type: "answered" }): void {
    const flight = this.#flights.get(event.batch);
    if (flight === undefined) return;
    this.#flights.delete(event.batch);
    const { status, parts, requestId, clientRequestId } = event;
    const isAnswered = status !== undefined && status < 400;
    describe(flight.span, {
      "http.response.status_code": status,
      "error.type": isAnswered ? undefined : `${status ?? "_OTHER"}`,
      "rxbatch.parts": parts,
      "rxbatch.request_id": requestId,
      "rxbatch.client_request_id": clientRequestId,
    });
    const exit = isAnswered ? Exit.void : Exit.fail(`the batch got ${status ?? "no answer"}`);
    flight.span.end(flight.clock.currentTimeNanosUnsafe(), exit);
  }
}

/** What is known of a span's attributes by the name of the convention. */
export function describe(
  span: Tracer.AnySpan | undefined,
  attributes: Readonly<Record<string, unknown>>,
): void {
  if (span?._tag !== "Span") return;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) span.attribute(name, value);
  }
}

function attributesOf(event: BatchEvent & { readonly type: "sent" }): Record<string, unknown> {
  return {
    "http.request.method": "POST",
    "url.template": "$batch",
    "http.request.body.size": event.bytes,
    ...(event.attempt > 1 ? { "http.request.resend_count": event.attempt - 1 } : {}),
    "rxbatch.batch": event.batch,
    "rxbatch.lane": event.lane,
    "rxbatch.size": event.size,
    "rxbatch.reason": event.reason,
    "rxbatch.waited_ms": event.waitedMs,
  };
}

function carrying(flight: Flight | undefined, request: HttpRequest): HttpRequest {
  if (flight === undefined) return request;
  const own = flight.callers.filter(({ isOwnSpan }) => isOwnSpan).map(({ span }) => span);
  for (const span of [flight.span, ...own]) locate(span, request);
  const { traceId, spanId, sampled } = flight.span;
  return withHeaders(request, {
    traceparent: `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`,
  });
}

function locate(span: Tracer.AnySpan | undefined, { url }: HttpRequest): void {
  const { hostname, port, protocol } = new URL(url);
  const scheme = protocol.slice(0, -1);
  describe(span, {
    "server.address": hostname,
    "server.port": port === "" ? (scheme === "https" ? 443 : 80) : Number(port),
    "url.scheme": scheme,
  });
}

/** Effect makes such a span where tracing is off: it goes nowhere, and nothing is to hang on it. */
function isMute(span: Tracer.AnySpan): boolean {
  return Context.get(span.annotations, Tracer.DisablePropagation);
}

function linkTo(span: Tracer.AnySpan): Tracer.SpanLink {
  return { span, attributes: {} };
}
