import { asyncScheduler, Observable } from "rxjs";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  batch,
  type BatchEvent,
  type BatchOptions,
  createBatcher,
  get,
  type Operation,
} from "../../../mod.ts";
import { EventLoop } from "../../support/event_loop.ts";
import { okay, Rig } from "../../support/rig.ts";
import { plainBody, urlsOf } from "../../support/plain_wire.ts";

/** An operator on a source that takes its time, before a server that answers after `afterMs`. */
function run(
  { afterMs, ...options }: BatchOptions & { readonly afterMs: number },
  emit: (loop: EventLoop, next: (count: number) => void) => void,
) {
  const loop = new EventLoop();
  const lines: string[] = [];
  const events: BatchEvent[] = [];
  const source = new Observable<Operation>((subscriber) => {
    let count = 0;
    emit(loop, (more) => {
      for (let left = more; left > 0; left--) subscriber.next(get(`m${count++}`));
    });
    loop.schedule(() => subscriber.complete(), 1000);
  });
  const operator = batch(new Rig().wire, {
    scheduler: loop,
    maxWaitMs: 10,
    ...options,
    events: { next: (event) => events.push(event) },
    transport: (request) =>
      new Observable((subscriber) => {
        const urls = urlsOf(request.body);
        lines.push(`@${loop.now()} POST of ${urls.length}`);
        const timer = loop.schedule(() => {
          subscriber.next({ status: 200, headers: {}, body: [plainBody(okay(urls))] });
          subscriber.complete();
        }, afterMs);
        return () => timer.unsubscribe();
      }),
  });
  let answered = 0;
  source.pipe(operator).subscribe((result) => {
    if (result.ok) answered++;
    else lines.push(`@${loop.now()} ${result.error._tag}`);
  });
  loop.run();
  return { lines, answered, events };
}

describe("a source that takes its time while it is subscribed to", () => {
  it("takes none of timeoutMs from a POST that leaves late", () => {
    const { lines, answered } = run({ afterMs: 200, timeoutMs: 400 }, (loop, next) => {
      next(20);
      loop.block(300);
      next(20);
    });
    expect(lines).toEqual(["@0 POST of 20", "@300 POST of 20"]);
    expect(answered).toBe(40);
  });

  it("leaves the first of a window all of maxWaitMs", () => {
    const { lines } = run({ afterMs: 1 }, (loop, next) => {
      next(20);
      loop.block(300);
      next(2);
      loop.schedule(() => next(1), 9);
    });
    expect(lines).toEqual(["@0 POST of 20", "@310 POST of 3"]);
  });

  it("is told the truth by events", () => {
    const { events } = run({ afterMs: 50 }, (loop, next) => {
      next(1);
      loop.block(200);
      next(19);
      next(1);
      loop.block(100);
      next(19);
    });
    const waitedMs = events.flatMap((event) => event.type === "sent" ? [event.waitedMs] : []);
    const durationMs = events.flatMap((event) =>
      event.type === "answered" ? [event.durationMs] : []
    );
    expect(waitedMs).toEqual([200, 100]);
    // the answer to the first was due while the source took its time
    expect(durationMs).toEqual([100, 50]);
  });
});

describe("rule 30: elapsed time is measured by a clock that does not step", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** Real timers under a wall clock that can be set, and a server that never answers. */
  function waiting(options: BatchOptions) {
    vi.useFakeTimers();
    const startMs = performance.now();
    const told: string[] = [];
    const batcher = createBatcher(new Rig().wire, {
      maxWaitMs: 0,
      timeoutMs: 1500,
      retry: false,
      transport: () => new Promise<never>(() => {}),
      ...options,
    });
    const send = (url: string) =>
      batcher.send(get(url)).subscribe({
        error: ({ _tag }) =>
          told.push(`@${Math.round(performance.now() - startMs)} ${url} ${_tag}`),
      });
    return { told, send };
  }

  it.each([[60_000], [-60_000], [3_600_000]])(
    "is neither shortened nor prolonged by a wall clock that is set by %i ms",
    async (stepMs) => {
      const { told, send } = waiting({});
      send("a");
      await vi.advanceTimersByTimeAsync(1200);
      send("b");
      await vi.advanceTimersByTimeAsync(100);
      vi.setSystemTime(Date.now() + stepMs);
      await vi.advanceTimersByTimeAsync(5000);
      expect(told).toEqual(["@1500 a BatchTimeoutError", "@2700 b BatchTimeoutError"]);
    },
  );

  it("is that of the wall for the schedulers of RxJS that wait for it alone", async () => {
    const { told, send } = waiting({ scheduler: asyncScheduler });
    send("a");
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(told).toEqual(["@1500 a BatchTimeoutError"]);
  });

  it("holds the date of a Retry-After against the wall clock as it is then", async () => {
    vi.useFakeTimers({ now: 0 });
    const posts: number[] = [];
    const startMs = performance.now();
    const batcher = createBatcher(new Rig().wire, {
      maxWaitMs: 0,
      transport: ({ body }) => {
        posts.push(Math.round(performance.now() - startMs));
        const headers = { "retry-after": "Thu, 01 Jan 1970 01:00:05 GMT" };
        const parts = posts.length === 1
          ? [{ index: 0, status: 429, headers }]
          : okay(urlsOf(body));
        return [{ status: 200, headers: {}, body: [plainBody(parts)] }];
      },
    });
    vi.setSystemTime(3_600_000);
    batcher.send(get("a")).subscribe();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(posts).toEqual([0, 5000]);
  });
});
