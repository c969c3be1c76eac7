import { Clock, Context, Effect, Exit, Tracer } from "effect";
import type { BatchEvent, HttpRequest, Transport } from "../../../mod.ts";
import { withHeaders } from "../../transport/with_headers.ts";
import type { Callers } from "./callers.ts";
import { checkTransport } from "../../options/given_transport.ts";
import { Departures } from "../../observe/departures.ts";
import {
  answerOfPost,
  attributesOfPost,
  detailsOfPost,
  outcomeOfPost,
  placeOf,
  traceparentOf,
} from "../../observe/http.ts";

/** A POST, from leaving to its last byte. */
interface Flight {
  readonly span: Tracer.Span;
  readonly clock: Clock.Clock;
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
    // Behind this one the batcher does not see what it is given.
    checkTransport(transport);
    return (request) => this.#departures.leave((left) => transport(carrying(left, request)));
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
      attributes: {
        ...attributesOfPost(event),
        ...detailsOfPost(event),
        ...placeOf(event.origin),
      },
    }));
    // Made where tracing is off.
    if (isMute(span)) return this.#departures.told(undefined);
    for (const caller of linked) {
      if (caller._tag === "Span") caller.addLinks([linkTo(span)]);
    }
    for (const caller of spanned) {
      if (caller.isOwnSpan) describe(caller.span, placeOf(event.origin));
    }
    const flight = { span, clock: Context.get(context, Clock.Clock) };
    this.#flights.set(event.batch, flight);
    this.#departures.told(flight);
  }

  #end(event: BatchEvent & { readonly type: "answered" }): void {
    const flight = this.#flights.get(event.batch);
    if (flight === undefined) return;
    this.#flights.delete(event.batch);
    const { status } = event;
    describe(flight.span, { ...outcomeOfPost(event), ...answerOfPost(event) });
    const isAnswered = status !== undefined && status < 400;
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

function carrying(flight: Flight | undefined, request: HttpRequest): HttpRequest {
  return flight === undefined ? request : withHeaders(request, traceparentOf(flight.span));
}

/** Effect makes such a span where tracing is off: it goes nowhere, and nothing is to hang on it. */
function isMute(span: Tracer.AnySpan): boolean {
  return Context.get(span.annotations, Tracer.DisablePropagation);
}

function linkTo(span: Tracer.AnySpan): Tracer.SpanLink {
  return { span, attributes: {} };
}
