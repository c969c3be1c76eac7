import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import { Clock } from "../../../src/pipeline/time/clock.ts";
import { Deadlines, type Timed } from "../../../src/pipeline/send/deadlines.ts";
import { Loop } from "../../../src/pipeline/time/loop.ts";

/** Deadlines of 10 ms in virtual time; `told` notes who ran out of it, and when. */
function rig() {
  const scheduler = new TestScheduler(() => {});
  scheduler.maxFrames = 1000;
  const told: string[] = [];
  const deadlines = new Deadlines(new Clock(scheduler, new Loop(() => false)), 10);
  const timed = (name: string): Timed => {
    const one: Timed = {
      timeOut() {
        told.push(`@${scheduler.now()} ${name}`);
        deadlines.ended(one);
      },
    };
    return one;
  };
  const at = (ms: number, work: () => void) => scheduler.schedule(work, ms);
  return { scheduler, told, deadlines, timed, at };
}

describe("deadlines", () => {
  it("time each one out at its own time", () => {
    const { scheduler, told, deadlines, timed, at } = rig();
    at(0, () => deadlines.started(timed("a")));
    at(3, () => deadlines.started(timed("b")));
    scheduler.flush();
    expect(told).toEqual(["@10 a", "@13 b"]);
  });

  it("leave out those that have ended", () => {
    const { scheduler, told, deadlines, timed, at } = rig();
    const [a, b] = [timed("a"), timed("b")];
    at(0, () => deadlines.started(a));
    at(3, () => deadlines.started(b));
    at(7, () => deadlines.ended(a));
    scheduler.flush();
    expect(told).toEqual(["@13 b"]);
  });

  it("need one timer for all of them", () => {
    const { scheduler, deadlines, timed, at } = rig();
    at(0, () => ["a", "b", "c"].forEach((name) => deadlines.started(timed(name))));
    at(1, () => expect(scheduler.actions.filter(({ closed }) => !closed)).toHaveLength(1));
    scheduler.flush();
  });

  it("leave no timer when nothing is left", () => {
    const { scheduler, told, deadlines, timed, at } = rig();
    const a = timed("a");
    at(0, () => deadlines.started(a));
    at(1, () => deadlines.ended(a));
    at(2, () => expect(scheduler.actions.filter(({ closed }) => !closed)).toEqual([]));
    scheduler.flush();
    expect(told).toEqual([]);
  });
});
