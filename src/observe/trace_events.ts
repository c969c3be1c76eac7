import { Observable, type OperatorFunction, type SchedulerLike } from "rxjs";
import type { BatchEvent } from "../options/events.ts";
import { clockIn } from "./clock_option.ts";
import { elapsedMs } from "./elapsed.ts";
import { Tracks } from "./tracks.ts";

/** One event of the Trace Event Format; `ts` and `dur` are microseconds. */
export interface TraceEvent {
  /** What is written on it. */
  readonly name: string;
  /** `X`: a slice, `M`: the name of a track, `s` and `f`: where an arrow begins and ends. */
  readonly ph: "X" | "M" | "s" | "f";
  /** When it began. */
  readonly ts: number;
  /** How long it took: slices alone. */
  readonly dur?: number;
  /** The process: always 1. */
  readonly pid: number;
  /** The track. */
  readonly tid: number;
  /** `batch`, `pause` or `retry`. */
  readonly cat?: string;
  /** Which end of an arrow belongs to which beginning. */
  readonly id?: number;
  /** An arrow ends at the slice around its end. */
  readonly bp?: "e";
  /** What is told of it. */
  readonly args?: Readonly<Record<string, string | number | undefined>>;
}

type Sent = Extract<BatchEvent, { readonly type: "sent" }>;
type Answered = Extract<BatchEvent, { readonly type: "answered" }>;
type Paused = Extract<BatchEvent, { readonly type: "paused" }>;

/** A POST on its track. */
interface Slice {
  readonly sent: Sent;
  readonly tid: number;
  readonly startUs: number;
  endUs: number | undefined;
}

const PID = 1;

/**
 * Turns events into the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing open: a track a lane
 * (and one more for each POST that a lane has in flight beside others), a slice a POST, pauses, and arrows from a POST to
 * the one that repeats some of it.
 *
 * @param options `scheduler`: the clock, as for the batcher
 * @returns an operator for `events` of a batcher; what it emits, as a JSON array, is a trace
 * @throws {TypeError} when there is another option, or a scheduler that tells no time
 *
 * @example
 * ```ts
 * import { createGraphBatcher, fetchTransport, get, toPromise, traceEvents } from "@rxbatch/rxbatch";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 * import { lastValueFrom, toArray } from "rxjs";
 *
 * const graph = fakeGraph();
 * const batcher = createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) });
 * const trace = lastValueFrom(batcher.events.pipe(traceEvents(), toArray()));
 * await toPromise(batcher, get("me/messages"));
 * await batcher.close();
 * const file = JSON.stringify(await trace); // to be written into trace.json
 * console.log(file.includes('"name":"lane 1"'), file.includes('"ph":"X"')); // true true
 * ```
 */
export function traceEvents(
  options: { readonly scheduler?: SchedulerLike | undefined } = {},
): OperatorFunction<BatchEvent, TraceEvent> {
  const scheduler = clockIn("traceEvents", options);
  return (events$) =>
    new Observable((subscriber) => {
      const nowMs = elapsedMs(scheduler);
      const nowUs = () => Math.round(nowMs() * 1000);
      const writer = new TraceWriter(nowUs, (event) => subscriber.next(event));
      return events$.subscribe({
        next: (event) => writer.take(event),
        error: (error) => subscriber.error(error),
        complete: () => {
          writer.end();
          subscriber.complete();
        },
      });
    });
}

class TraceWriter {
  readonly #nowUs: () => number;
  readonly #write: (event: TraceEvent) => void;
  readonly #tracks: Tracks;
  readonly #open = new Map<number, Slice>();
  /** The POST that each operation in hand was in last. */
  readonly #carriers = new Map<number, Slice>();
  /** Of those that go again: when that was known. */
  readonly #repeats = new Map<number, number>();
  #arrows = 0;

  constructor(nowUs: () => number, write: (event: TraceEvent) => void) {
    this.#nowUs = nowUs;
    this.#write = write;
    this.#tracks = new Tracks((tid, name) =>
      write({ name: "thread_name", ph: "M", ts: 0, pid: PID, tid, args: { name } })
    );
  }

  take(event: BatchEvent): void {
    if (event.type === "sent") this.#sent(event);
    else if (event.type === "answered") this.#answered(event);
    else if (event.type === "paused") this.#paused(event);
    else if (event.type === "retried") this.#repeats.set(event.operation, this.#nowUs());
    else if (event.type === "settled") {
      this.#carriers.delete(event.operation);
      this.#repeats.delete(event.operation);
    }
  }

  /** What is still out has no end, yet has begun. */
  end(): void {
    for (const slice of this.#open.values()) this.#finish(slice, {});
  }

  #sent(sent: Sent): void {
    const startUs = this.#nowUs();
    const tid = this.#tracks.take(sent.lane, startUs);
    const slice: Slice = { sent, tid, startUs, endUs: undefined };
    this.#open.set(sent.batch, slice);
    /** One arrow for all that go again together. */
    const origins = new Map<Slice, number>();
    for (const operation of sent.operations) {
      const repeatUs = this.#repeats.get(operation);
      const carrier = this.#carriers.get(operation);
      if (repeatUs !== undefined && carrier !== undefined) origins.set(carrier, repeatUs);
      this.#repeats.delete(operation);
      this.#carriers.set(operation, slice);
    }
    for (const [origin, repeatUs] of origins) this.#arrow(origin, repeatUs, slice);
  }

  #answered(answered: Answered): void {
    const slice = this.#open.get(answered.batch);
    if (slice === undefined) return;
    const { status, parts, requestId, clientRequestId } = answered;
    this.#finish(slice, { status, parts, requestId, clientRequestId });
  }

  #finish(slice: Slice, outcome: TraceEvent["args"]): void {
    const { sent, tid, startUs } = slice;
    const { batch, size, bytes, reason, waitedMs, attempt } = sent;
    this.#open.delete(batch);
    slice.endUs = Math.max(this.#nowUs(), startUs + 1);
    this.#tracks.free(tid, slice.endUs);
    this.#write({
      name: `batch ${batch}: ${size}`,
      ph: "X",
      ts: startUs,
      dur: slice.endUs - startUs,
      pid: PID,
      tid,
      cat: "batch",
      args: { size, bytes, reason, waitedMs, attempt, ...outcome },
    });
  }

  #paused({ lane, delayMs, service, reason }: Extract<BatchEvent, { type: "paused" }>): void {
    const ts = this.#nowUs();
    const dur = Math.max(1, Math.round(delayMs * 1000));
    const args = service === undefined ? { reason } : { reason, service };
    const tid = this.#tracks.take(lane, ts);
    this.#tracks.free(tid, ts + dur);
    this.#write({ name: "paused", ph: "X", ts, dur, pid: PID, tid, cat: "pause", args });
  }

  /** It must begin within its slice. */
  #arrow(from: Slice, repeatUs: number, to: Slice): void {
    const arrow = { name: "retry", cat: "retry", pid: PID, id: ++this.#arrows };
    const ts = Math.min(repeatUs, (from.endUs ?? Infinity) - 1);
    this.#write({ ...arrow, ph: "s", ts, tid: from.tid });
    this.#write({ ...arrow, ph: "f", bp: "e", ts: to.startUs, tid: to.tid });
  }
}
