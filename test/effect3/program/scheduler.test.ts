import { Duration, Effect, type Scope, TestClock } from "effect3";
import { interval, type SchedulerAction, type SchedulerLike, take, timer } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import { effectScheduler } from "../../../src/effect3/program/scheduler.ts";
import { runTest, settle } from "../support.ts";

const scheduler = Effect.map(Effect.runtime<never>(), effectScheduler);

/** In virtual time, and by the clock on the wall. */
const clocks: Record<string, (test: Effect.Effect<void, never, Scope.Scope>) => Promise<void>> = {
  "a TestClock": runTest,
  "the live clock": (test) => Effect.runPromise(Effect.scoped(test)),
};

describe.each(Object.entries(clocks))("the scheduler of an Effect program, by %s", (_, run) => {
  it("works after the current run when there is no delay", () =>
    run(Effect.gen(function* () {
      const order: string[] = [];
      (yield* scheduler).schedule(() => order.push("later"));
      order.push("now");
      yield* settle;
      expect(order).toEqual(["now", "later"]);
    })));

  it("passes the state, and works again when told so", () =>
    run(Effect.gen(function* () {
      const seen: (number | undefined)[] = [];
      (yield* scheduler).schedule<number>(
        function (this: SchedulerAction<number>, state) {
          seen.push(state);
          if (state! < 3) this.schedule(state! + 1);
        },
        0,
        1,
      );
      yield* settle;
      yield* settle;
      expect(seen).toEqual([1, 2, 3]);
    })));

  it("does nothing that was cancelled, and only the last of what was told again", () =>
    run(Effect.gen(function* () {
      const seen: string[] = [];
      const later = yield* scheduler;
      later.schedule(() => seen.push("cancelled")).unsubscribe();
      let action: SchedulerAction<string> | undefined;
      later.schedule<string>(function (this: SchedulerAction<string>, state) {
        action = this;
        if (state !== undefined) seen.push(state);
      });
      yield* settle;
      action!.schedule("first");
      action!.schedule("second");
      yield* settle;
      action!.unsubscribe();
      action!.schedule("too late");
      yield* settle;
      expect(seen).toEqual(["second"]);
    })));
});

describe("the scheduler of an Effect program", () => {
  it("is driven by a TestClock", () =>
    runTest(Effect.gen(function* () {
      const seen: number[] = [];
      const virtual: SchedulerLike = yield* scheduler;
      expect(virtual.now()).toBe(0);
      interval(100, virtual).pipe(take(3)).subscribe((count) => seen.push(count));
      const cancelled = timer(50, virtual).subscribe(() => seen.push(-1));
      cancelled.unsubscribe();
      timer(250, virtual).subscribe(() => seen.push(7));
      yield* TestClock.adjust(Duration.millis(249));
      expect(seen).toEqual([0, 1]);
      yield* TestClock.adjust(Duration.millis(51));
      expect(seen).toEqual([0, 1, 7, 2]);
      expect(virtual.now()).toBe(300);
    })));

  it("rule 30: does not step with the wall clock", () =>
    Effect.runPromise(Effect.gen(function* () {
      const live = yield* scheduler;
      const before = live.now();
      const wall = vi.spyOn(Date, "now");
      for (const step of [-3_600_000, 3_600_000]) {
        wall.mockReturnValue(before + step);
        expect(Math.abs(live.now() - before)).toBeLessThan(1_800_000);
      }
      wall.mockRestore();
    })));

  it("holds no timer of what was cancelled by the live clock", () =>
    Effect.runPromise(Effect.gen(function* () {
      const live = yield* scheduler;
      const seen: string[] = [];
      const action = live.schedule(() => seen.push("never"), 1);
      action.unsubscribe();
      yield* Effect.sleep(Duration.millis(5));
      expect(seen).toEqual([]);
    })));
});
