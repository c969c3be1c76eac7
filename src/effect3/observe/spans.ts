import { type Clock, Context, Exit, type MetricLabel, Option, type Tracer } from "effect3";
import type { BatchEvent, HttpRequest, Operation, Transport } from "../../../mod.ts";
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
import { withHeaders } from "../../transport/with_headers.ts";
import type { Caller } from "./callers.ts";

/** One span for each batch, linked with the span of each caller: none of them is its parent, for it belongs to all. */
export class Traces {
  readonly #clock: Clock.Clock;
  readonly owner: Caller;
  /** By the operation's id; the pipeline's events name operations by nothing else. */
  readonly #callers = new Map<number, Caller[]>();
  readonly #batches = new Map<number, Tracer.Span>();
  readonly #departures = new Departures<Tracer.Span | undefined>();

  /** @param owner makes the span of a batch of which no caller is known, and counts for it */
  constructor(clock: Clock.Clock, owner: Caller) {
    this.#clock = clock;
    this.owner = owner;
  }

  /** Is called before the operation is submitted; its `settled` event ends it. */
  join({ id }: Operation, caller: Caller): void {
    const callers = this.#callers.get(id);
    if (callers === undefined) this.#callers.set(id, [caller]);
    else callers.push(caller);
  }

  /** Where an operation counts. */
  labelsOf(operation: number): readonly MetricLabel.MetricLabel[] {
    return (this.#callers.get(operation)?.[0] ?? this.owner).labels;
  }

  /** Tells the server whose work its own is. */
  traced(transport: Transport): Transport {
    // Behind this one the batcher does not see what it is given.
    checkTransport(transport);
    return (request) => this.#departures.leave((left) => transport(carrying(left, request)));
  }

  /** Of a batch whose end nobody will hear. */
  close(): void {
    for (const span of this.#batches.values()) {
      span.end(this.#clock.unsafeCurrentTimeNanos(), Exit.fail("the service was closed"));
    }
    this.#batches.clear();
  }

  /** For what may have joined, and was then never submitted. */
  forget(caller: Caller): void {
    for (const [id, callers] of this.#callers) {
      const others = callers.filter((other) => other !== caller);
      if (others.length === 0) this.#callers.delete(id);
      else this.#callers.set(id, others);
    }
  }

  heard(event: BatchEvent): void {
    switch (event.type) {
      case "sent":
        return this.#begin(event);
      case "answered":
        return this.#end(event);
      case "settled": {
        const callers = this.#callers.get(event.operation);
        if (callers !== undefined && callers.length > 1) callers.shift();
        else this.#callers.delete(event.operation);
      }
    }
  }

  #begin(event: BatchEvent & { readonly type: "sent" }): void {
    const callers = event.operations.flatMap((id) => this.#callers.get(id) ?? []);
    const maker = callers.find(({ isTraced }) => isTraced) ?? callers[0] ?? this.owner;
    if (!maker.isTraced) return this.#departures.told(undefined);
    const linked = [...new Set(callers.flatMap((caller) => caller.span ?? []))];
    const span = maker.tracer.span(
      "POST $batch",
      Option.none(),
      Context.empty(),
      linked.map(linkTo),
      this.#clock.unsafeCurrentTimeNanos(),
      "client",
    );
    const place = placeOf(event.origin);
    describe(span, { ...attributesOfPost(event), ...detailsOfPost(event), ...place });
    this.#batches.set(event.batch, span);
    this.#departures.told(span);
    for (const { span: own, isOwnSpan } of callers) if (isOwnSpan) describe(own, place);
    for (const caller of linked) {
      // Early versions of effect 3 have no addLinks; there the batch alone knows who belongs to it.
      if (caller._tag === "Span") caller.addLinks?.([linkTo(span)]);
    }
  }

  #end(event: BatchEvent & { readonly type: "answered" }): void {
    const { batch, status } = event;
    const span = this.#batches.get(batch);
    if (span === undefined) return;
    this.#batches.delete(batch);
    describe(span, { ...outcomeOfPost(event), ...answerOfPost(event) });
    const isAnswered = status !== undefined && status < 400;
    const exit = isAnswered ? Exit.void : Exit.fail(`the batch got ${status ?? "no answer"}`);
    span.end(this.#clock.unsafeCurrentTimeNanos(), exit);
  }
}

function linkTo(span: Tracer.AnySpan): Tracer.SpanLink {
  return { _tag: "SpanLink", span, attributes: {} };
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

function carrying(span: Tracer.Span | undefined, request: HttpRequest): HttpRequest {
  return span === undefined ? request : withHeaders(request, traceparentOf(span));
}
