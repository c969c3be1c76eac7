import { Subject, VirtualTimeScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import { type BatchEvent, get, type Progress, progress } from "../../mod.ts";
import { okay, Rig } from "../support/rig.ts";
import { steadyBackoff } from "../support/virtual_time.ts";

/** Progress of a rig, in its own time. */
function watched(rig: Rig): Progress[] {
  const seen: Progress[] = [];
  rig.batcher.events.pipe(progress({ scheduler: rig.clock })).subscribe((one) => seen.push(one));
  return seen;
}

describe("progress()", () => {
  steadyBackoff();

  it("counts what waits, what is under way and what is done", () => {
    const rig = new Rig({ maxBatchSize: 2 });
    const seen = watched(rig);
    rig.answer = ({ urls }) =>
      rig.reply(okay(urls).map((part) => part.body === "b" ? { ...part, status: 404 } : part));
    for (const url of ["a", "b", "c"]) rig.send(get(url));
    rig.run();
    const counts = seen.map(({ queued, inFlight, answered, failed }) =>
      [queued, inFlight, answered, failed].join(" ")
    );
    expect(counts[0]).toBe("1 0 0 0");
    expect(counts).toContain("1 2 0 0");
    expect(counts.at(-1)).toBe("0 0 2 1");
    expect(seen.every(({ retried }) => retried === 0)).toBe(true);
  });

  it("counts what goes again, which waits once more", () => {
    const rig = new Rig({ retry: { baseDelayMs: 10 } });
    const seen = watched(rig);
    let posts = 0;
    rig.answer = ({ urls }) =>
      rig.reply(okay(urls).map((part) => posts++ === 0 ? { ...part, status: 429 } : part));
    rig.send(get("a"));
    rig.run();
    const again = seen.find(({ retried }) => retried === 1);
    expect(again).toMatchObject({ queued: 1, inFlight: 0, answered: 0 });
    expect(seen.at(-1)).toMatchObject({ queued: 0, inFlight: 0, answered: 1, retried: 1 });
  });

  it("counts one operation as often as it was submitted", () => {
    const rig = new Rig({ maxBatchSize: 2, concurrency: 1, retry: { baseDelayMs: 10 } });
    const seen = watched(rig);
    rig.answer = ({ number, urls }) =>
      rig.reply(okay(urls).map((part, at) => number + at === 0 ? { ...part, status: 429 } : part));
    const same = get("same");
    const submissions = Array.from({ length: 4 }, () => rig.send(same));
    submissions[3]!.unsubscribe();
    rig.run();
    const counts = seen.map(({ queued, inFlight, answered }) =>
      `${queued} ${inFlight} ${answered}`
    );
    expect(counts.slice(0, 6)).toEqual([
      "1 0 0",
      "2 0 0",
      "0 2 0",
      "1 2 0",
      "2 2 0",
      "1 2 0",
    ]);
    expect(counts).toContain("2 1 0");
    expect(counts.at(-1)).toBe("0 0 3");
  });

  it("ends with nothing waiting, though of two submissions one leaves before it goes again", () => {
    const rig = new Rig({ maxBatchSize: 1, retry: { baseDelayMs: 100 } });
    const seen = watched(rig);
    rig.answer = ({ number, urls }) =>
      rig.reply(okay(urls).filter(() => number >= 2), { afterMs: 5 });
    const same = get("same");
    const first = rig.send(same);
    rig.at(8, () => rig.send(same));
    rig.at(10, () => first.unsubscribe());
    rig.run();
    expect(seen.at(-1)).toMatchObject({ queued: 0, inFlight: 0, answered: 1, retried: 2 });
  });

  it("forgets what has left", () => {
    const rig = new Rig();
    const seen = watched(rig);
    rig.send(get("a")).unsubscribe();
    rig.run();
    expect(seen.at(-1)).toMatchObject({ queued: 0, inFlight: 0, answered: 0, failed: 0 });
  });

  it("tells the rate of the last ten seconds, and how long the rest will take", () => {
    const events$ = new Subject<BatchEvent>();
    const scheduler = new VirtualTimeScheduler();
    let last: Progress | undefined;
    events$.pipe(progress({ scheduler })).subscribe((one) => last = one);
    const settle = (operation: number) =>
      events$.next({
        type: "settled",
        operation,
        outcome: "answered",
        error: undefined,
        attempts: 1,
      });
    for (let id = 0; id < 400; id++) {
      events$.next({ type: "queued", operation: id, wire: "graph", lane: 1 });
    }
    expect(last).toMatchObject({ perSecond: 0, remainingMs: undefined });
    // ten a second at first, then five
    for (let id = 0; id < 200; id++) {
      scheduler.frame += id < 100 ? 100 : 200;
      settle(id);
    }
    expect(last!.perSecond).toBeCloseTo(5, 0);
    expect(last!.remainingMs! / 1000).toBeCloseTo(200 / last!.perSecond, 6);
    for (let id = 200; id < 400; id++) settle(id);
    expect(last!.remainingMs).toBe(0);
  });

  it("passes the end on, and leaves when its subscriber does", () => {
    const events$ = new Subject<BatchEvent>();
    const ends: string[] = [];
    events$.pipe(progress()).subscribe({ complete: () => ends.push("complete") });
    const subscription = events$.pipe(progress()).subscribe({ error: () => ends.push("error") });
    subscription.unsubscribe();
    events$.complete();
    expect(ends).toEqual(["complete"]);
    expect(events$.observed).toBe(false);
  });
});
