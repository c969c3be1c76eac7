import {
  type Attributes,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from "@opentelemetry/api";
import type { BatchEvent } from "../../options/events.ts";
import {
  type Answered,
  answerOfPost,
  attributesOfPost,
  detailsOfPost,
  outcomeOfPost,
  type Sent,
} from "../http.ts";
import type { Metrics } from "./metrics.ts";
import { Submissions } from "./submissions.ts";
import type { TracedTransport } from "./traced_transport.ts";

type Event<T extends BatchEvent["type"]> = Extract<BatchEvent, { readonly type: T }>;

/** Follows one batcher: a span an operation, a span a POST, and what is measured of both. */
export class Observation {
  readonly #tracer: Tracer;
  readonly #metrics: Metrics;
  readonly #traced: TracedTransport | undefined;
  readonly #nowMs: () => number;
  readonly #submissions = new Submissions();
  readonly #posts = new Map<number, { readonly span: Span; readonly attributes: Attributes }>();
  /** Which service's door it is: a batcher has one wire, and the first event tells it. */
  #door: Attributes = {};

  constructor(
    { tracer, metrics, traced, nowMs }: {
      readonly tracer: Tracer;
      readonly metrics: Metrics;
      readonly traced: TracedTransport | undefined;
      readonly nowMs: () => number;
    },
  ) {
    this.#tracer = tracer;
    this.#metrics = metrics;
    this.#traced = traced;
    this.#nowMs = nowMs;
  }

  take(event: BatchEvent): void {
    if (event.type === "queued") this.#queued(event);
    else if (event.type === "sent") this.#sent(event);
    else if (event.type === "answered") this.#answered(event);
    else if (event.type === "retried") this.#retried(event);
    else if (event.type === "settled") this.#settled(event);
    else if (event.type === "paused") this.#paused(event);
  }

  /** Nobody will hear how what is in hand ends. */
  end(): void {
    for (const { span, isInFlight } of this.#submissions.all()) {
      this.#count(isInFlight, -1);
      span.end();
    }
    for (const { span } of this.#posts.values()) span.end();
    this.#posts.clear();
  }

  /** It is told within `subscribe`, so the span that is active here is the caller's. */
  #queued({ operation, label, wire }: Event<"queued">): void {
    this.#door = { "rxbatch.wire": wire };
    const span = this.#tracer.startSpan(label ?? "rxbatch operation", {
      attributes: {
        ...this.#door,
        "rxbatch.operation": operation,
        ...(label === undefined ? {} : { "rxbatch.label": label }),
      },
    }, context.active());
    this.#submissions.join(operation, {
      span,
      queuedAtMs: this.#nowMs(),
      isInFlight: false,
      posts: 0,
    });
    this.#metrics.waiting(1, this.#door);
  }

  /** A root: it belongs to all whom it carries, and to none of them more. */
  #sent(sent: Sent): void {
    this.#door = { "rxbatch.wire": sent.wire };
    const attributes = attributesOfPost(sent);
    const carried = sent.operations.flatMap((id) => this.#submissions.board(id) ?? []);
    const span = this.#tracer.startSpan("POST $batch", {
      kind: SpanKind.CLIENT,
      root: true,
      links: carried.map(({ span }) => ({ context: span.spanContext() })),
      attributes: { ...attributes, ...detailsOfPost(sent) },
    });
    this.#posts.set(sent.batch, { span, attributes });
    this.#traced?.told(span.spanContext());
    this.#metrics.left(sent.size, attributes);
    for (const { span: carriedSpan } of carried) {
      carriedSpan.addLink({ context: span.spanContext() });
      this.#metrics.waiting(-1, this.#door);
      this.#metrics.inFlight(1, this.#door);
    }
  }

  #answered(answered: Answered): void {
    const post = this.#posts.get(answered.batch);
    if (post === undefined) return;
    this.#posts.delete(answered.batch);
    const outcome = outcomeOfPost(answered);
    this.#metrics.postEnded(answered.durationMs, { ...post.attributes, ...outcome });
    post.span.setAttributes({ ...outcome, ...answerOfPost(answered) });
    if ("error.type" in outcome) post.span.setStatus({ code: SpanStatusCode.ERROR });
    post.span.end();
  }

  #retried({ operation, attempt, delayMs, status }: Event<"retried">): void {
    const answer = status === undefined ? {} : { "http.response.status_code": status };
    this.#metrics.retried({ ...this.#door, ...answer });
    const submission = this.#submissions.land(operation, attempt);
    if (submission === undefined) return;
    this.#metrics.inFlight(-1, this.#door);
    this.#metrics.waiting(1, this.#door);
    submission.span.addEvent("retry", {
      "rxbatch.attempt": attempt,
      "rxbatch.delay_ms": delayMs,
      ...answer,
    });
  }

  #settled({ operation, outcome, error, attempts }: Event<"settled">): void {
    const submission = this.#submissions.leave(operation, attempts);
    if (submission === undefined) return;
    const { span, queuedAtMs, isInFlight } = submission;
    const attributes = {
      "rxbatch.outcome": outcome,
      ...(error === undefined ? {} : { "error.type": error }),
    };
    this.#count(isInFlight, -1);
    this.#metrics.settled(this.#nowMs() - queuedAtMs, { ...this.#door, ...attributes });
    span.setAttributes({ ...attributes, "rxbatch.attempts": attempts });
    if (outcome === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  #paused({ delayMs, reason }: Event<"paused">): void {
    this.#metrics.paused(delayMs, { ...this.#door, "rxbatch.reason": reason });
  }

  #count(isInFlight: boolean, by: number): void {
    if (isInFlight) this.#metrics.inFlight(by, this.#door);
    else this.#metrics.waiting(by, this.#door);
  }
}
