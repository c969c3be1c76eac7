import { Observable, type OperatorFunction, type SchedulerLike } from "rxjs";
import type { BatchEvent } from "../options/events.ts";
import { clockIn } from "./clock_option.ts";
import { elapsedMs } from "./elapsed.ts";
import { Tally } from "./tally.ts";

/** How far it is. */
export interface Progress {
  /** Operations that wait to be sent. */
  readonly queued: number;
  /** Operations in a batch that is not answered yet. */
  readonly inFlight: number;
  /** Operations that got their answer. */
  readonly answered: number;
  /** Operations that ended with an error. */
  readonly failed: number;
  /** How often an operation had to go again. */
  readonly retried: number;
  /** Operations that ended in a second, over the last ten. */
  readonly perSecond: number;
  /** When what is in hand will be done at this rate; `undefined` before the first end. */
  readonly remainingMs: number | undefined;
}

const SPAN_MS = 10_000;
/** A rate needs no finer samples, and memory no more. */
const SAMPLE_MS = 250;

/**
 * Turns events into how far it is: for bars, logs and dashboards. It emits at each step; a display takes what it needs with
 * `auditTime(100)`.
 *
 * @param options `scheduler`: the clock, as for the batcher
 * @returns an operator for `events` of a batcher
 * @throws {TypeError} when there is another option, or a scheduler that tells no time
 *
 * @example
 * ```ts
 * import { createGraphBatcher, fetchTransport, get, progress, toPromise } from "@rxbatch/rxbatch";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 *
 * const graph = fakeGraph();
 * const batcher = createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) });
 * batcher.events.pipe(progress()).subscribe(({ queued, inFlight, answered }) => {
 *   console.log(`${queued} waiting, ${inFlight} in flight, ${answered} done`); // 0 waiting, 0 in flight, 2 done
 * });
 * await Promise.all([toPromise(batcher, get("me/messages")), toPromise(batcher, get("me/events"))]);
 * ```
 */
export function progress(
  options: { readonly scheduler?: SchedulerLike | undefined } = {},
): OperatorFunction<BatchEvent, Progress> {
  const scheduler = clockIn("progress", options);
  return (events$) =>
    new Observable((subscriber) => {
      const count = new Count(elapsedMs(scheduler));
      return events$.subscribe({
        next: (event) => {
          if (count.take(event)) subscriber.next(count.progress());
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

class Count {
  readonly #now: () => number;
  readonly #queued = new Tally();
  readonly #inFlight = new Tally();
  /** When how many had ended, oldest first. */
  readonly #samples: { readonly atMs: number; readonly ended: number }[] = [];
  #answered = 0;
  #failed = 0;
  #left = 0;
  #retried = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Does it change anything? */
  take(event: BatchEvent): boolean {
    if (this.#samples.length === 0) this.#samples.push({ atMs: this.#now(), ended: 0 });
    switch (event.type) {
      case "queued":
        this.#queued.add(event.operation);
        return true;
      case "sent":
        for (const operation of event.operations) {
          this.#queued.remove(operation);
          this.#inFlight.add(operation);
        }
        return true;
      case "retried":
        this.#retried++;
        // Of one that was submitted twice, the other may have ended in its place.
        if (this.#inFlight.remove(event.operation)) this.#queued.add(event.operation);
        return true;
      case "settled":
        this.#end(event);
        if (event.outcome === "answered") this.#answered++;
        else if (event.outcome === "failed") this.#failed++;
        else this.#left++;
        return true;
      default:
        return false;
    }
  }

  /** Of one that was submitted twice, what was sent mostly ends while it is in flight. */
  #end({ operation, attempts }: Extract<BatchEvent, { readonly type: "settled" }>): void {
    const [first, second] = attempts > 0
      ? [this.#inFlight, this.#queued]
      : [this.#queued, this.#inFlight];
    if (!first.remove(operation)) second.remove(operation);
  }

  progress(): Progress {
    const { size: queued } = this.#queued;
    const { size: inFlight } = this.#inFlight;
    const perSecond = this.#perSecond();
    const inHand = queued + inFlight;
    return {
      queued,
      inFlight,
      answered: this.#answered,
      failed: this.#failed,
      retried: this.#retried,
      perSecond,
      remainingMs: inHand === 0 ? 0 : perSecond === 0 ? undefined : inHand / perSecond * 1000,
    };
  }

  #perSecond(): number {
    const atMs = this.#now();
    const ended = this.#answered + this.#failed + this.#left;
    const samples = this.#samples;
    while (samples.length > 1 && samples[1]!.atMs <= atMs - SPAN_MS) samples.shift();
    const [oldest] = samples;
    if (atMs - samples.at(-1)!.atMs >= SAMPLE_MS) samples.push({ atMs, ended });
    const spanMs = atMs - oldest!.atMs;
    return spanMs === 0 ? 0 : (ended - oldest!.ended) / spanMs * 1000;
  }
}
