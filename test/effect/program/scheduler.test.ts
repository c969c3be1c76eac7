import { Clock, Duration, Effect } from "effect";
import { TestClock } from "effect/testing";
import { interval, type SchedulerAction, type SchedulerLike, take, timer } from "rxjs";
import { describe, expect, it } from "vitest";
import { effectScheduler } from "../../../src/effect/program/scheduler.ts";
import { runTest, settle } from "../support.ts";

const scheduler = Effect.flatMap(Effect.context<never>(), (context) => {
  const virtual = effectScheduler(context);
  return virtual === undefined
    ? Effect.die("the clock is the platform's")
    : Effect.succeed(virtual);
});

describe("the scheduler of an Effect program", () => {
  it("works after the current run when there is no delay", () =>
    runTest(Effect.gen(function* () {
      const order: string[] = [];
      (yield* scheduler).schedule(() => order.push("later"));
      order.push("now");
      yield* settle;
      expect(order).toEqual(["now", "later"]);
    })));

  it("passes the state, and works again when told so", () =>
    runTest(Effect.gen(function* () {
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
    runTest(Effect.gen(function* () {
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

  it("rule 30: does not step with the wall clock of the program", () =>
    runTest(Effect.gen(function* () {
      const clock = yield* Clock.Clock;
      const stepped: Clock.Clock = Object.assign(Object.create(clock), {
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() - 3_600_000,
      });
      const virtual = yield* Effect.provideService(scheduler, Clock.Clock, stepped);
      expect(virtual.now()).toBe(0);
      yield* TestClock.adjust(Duration.millis(250));
      expect(virtual.now()).toBe(250);
    })));

  it("is that of RxJS where the clock is the platform's", async () => {
    const context = await Effect.runPromise(Effect.context<never>());
    expect(effectScheduler(context)).toBeUndefined();
  });
});
