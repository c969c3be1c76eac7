import { type Clock, Context, Effect, Exit, type MetricLabel, Option, Tracer } from "effect3";
// what effect 4 has no name for is asked for when the entry is known to be loaded beside effect 3
import * as Library from "effect3";
import type { BatchEvent, Operation } from "../../../mod.ts";

/** In whose span an operation was sent, by whose tracer, and where it counts. */
export interface Caller {
  /** None where there is none, or where tracing is off. */
  readonly span: Tracer.AnySpan | undefined;
  readonly tracer: Tracer.Tracer;
  readonly isTraced: boolean;
  readonly labels: readonly MetricLabel.MetricLabel[];
}

/** Who asks. */
export function currentCaller(): Effect.Effect<Caller> {
  return Effect.tracerWith((tracer) =>
    Effect.map(
      Effect.all([
        Effect.context<never>(),
        Library.FiberRef.get(Library.FiberRef.currentTracerEnabled),
        Library.FiberRef.get(Library.FiberRef.currentMetricLabels),
      ]),
      ([context, isTraced, labels]) => {
        const span = Option.getOrUndefined(Context.getOption(context, Tracer.ParentSpan));
        return { span: isTraced ? span : undefined, tracer, isTraced, labels: [...labels] };
      },
    )
  );
}

/** One span for each batch, linked with the span of each caller: none of them is its parent, for it belongs to all. */
export class Traces {
  readonly #clock: Clock.Clock;
  readonly #owner: Caller;
  /** By the operation's id; the pipeline's events name operations by nothing else. */
  readonly #callers = new Map<number, Caller[]>();
  readonly #batches = new Map<number, Tracer.Span>();

  /** @param owner makes the span of a batch of which no caller is known, and counts for it */
  constructor(clock: Clock.Clock, owner: Caller) {
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Is called before the operation is submitted; its `settled` event ends it. */
  join({ id }: Operation, caller: Caller): void {
    const callers = this.#callers.get(id);
    if (callers === undefined) this.#callers.set(id, [caller]);
    else callers.push(caller);
  }

  /** Where an operation counts. */
  labelsOf(operation: number): readonly MetricLabel.MetricLabel[] {
    return (this.#callers.get(operation)?.[0] ?? this.#owner).labels;
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
    const maker = callers.find(({ isTraced }) => isTraced) ?? callers[0] ?? this.#owner;
    if (!maker.isTraced) return;
    const linked = [...new Set(callers.flatMap((caller) => caller.span ?? []))];
    const span = maker.tracer.span(
      "rxbatch.batch",
      Option.none(),
      Context.empty(),
      linked.map(linkTo),
      this.#clock.unsafeCurrentTimeNanos(),
      "client",
    );
    const { batch, lane, size, bytes, reason, waitedMs, attempt } = event;
    describe(span, { batch, lane, size, bytes, reason, waitedMs, attempt });
    this.#batches.set(batch, span);
    for (const caller of linked) {
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
