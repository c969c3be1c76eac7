import { type Clock, Context, Effect, Exit, Option, Tracer } from "effect3";
import type { BatchEvent, Operation } from "../../mod.ts";

/** In whose span an operation was sent, and by whose tracer. */
export interface Caller {
  readonly span: Tracer.AnySpan;
  readonly tracer: Tracer.Tracer;
}

/** Who asks, if there is a span to ask in. */
export function currentCaller(): Effect.Effect<Caller | undefined> {
  return Effect.tracerWith((tracer) =>
    Effect.map(
      Effect.context<never>(),
      (context) =>
        Option.match(Context.getOption(context, Tracer.ParentSpan), {
          onNone: () => undefined,
          onSome: (span) => ({ span, tracer }),
        }),
    )
  );
}

/** One span for each batch, linked with the span of each caller: none of them is its parent, for it belongs to all. */
export class Traces {
  readonly #clock: Clock.Clock;
  readonly #tracer: Tracer.Tracer;
  /** By the operation's id; the pipeline's events name operations by nothing else. */
  readonly #callers = new Map<number, Caller[]>();
  readonly #batches = new Map<number, Tracer.Span>();

  /** @param tracer makes the span of a batch of which no caller has one */
  constructor(clock: Clock.Clock, tracer: Tracer.Tracer) {
    this.#clock = clock;
    this.#tracer = tracer;
  }

  /** Is called before the operation is submitted; its `settled` event ends it. */
  join({ id }: Operation, caller: Caller | undefined): void {
    if (caller === undefined) return;
    const callers = this.#callers.get(id);
    if (callers === undefined) this.#callers.set(id, [caller]);
    else callers.push(caller);
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
    const span = (callers[0]?.tracer ?? this.#tracer).span(
      "rxbatch.batch",
      Option.none(),
      Context.empty(),
      [...new Set(callers.map((caller) => caller.span))].map(linkTo),
      this.#clock.unsafeCurrentTimeNanos(),
      "client",
    );
    const { batch, lane, size, bytes, reason, waitedMs, attempt } = event;
    describe(span, { batch, lane, size, bytes, reason, waitedMs, attempt });
    this.#batches.set(batch, span);
    for (const caller of new Set(callers.map((caller) => caller.span))) {
      // Early versions of effect 3 have no addLinks; there the batch alone knows who belongs to it.
      if (caller._tag === "Span") caller.addLinks?.([linkTo(span)]);
    }
  }

  #end(event: BatchEvent & { readonly type: "answered" }): void {
    const { batch, status, parts, requestId, clientRequestId } = event;
    const span = this.#batches.get(batch);
    if (span === undefined) return;
    this.#batches.delete(batch);
    describe(span, { status, parts, requestId, clientRequestId });
    const isAnswered = status !== undefined && status < 400;
    const exit = isAnswered ? Exit.void : Exit.fail(`the batch got ${status ?? "no answer"}`);
    span.end(this.#clock.unsafeCurrentTimeNanos(), exit);
  }
}

function linkTo(span: Tracer.AnySpan): Tracer.SpanLink {
  return { _tag: "SpanLink", span, attributes: {} };
}

function describe(span: Tracer.Span, attributes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) span.attribute(`rxbatch.${name}`, value);
  }
}
