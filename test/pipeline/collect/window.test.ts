import { VirtualTimeScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { Lane } from "../../../src/pipeline/collect/lane.ts";
import { Windows } from "../../../src/pipeline/collect/window.ts";
import { Entry, Mark } from "../../../src/pipeline/entry.ts";
import { Clock } from "../../../src/pipeline/time/clock.ts";
import { Loop } from "../../../src/pipeline/time/loop.ts";

const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };

/** Windows of 10 ms in virtual time, for lanes that hold three operations or 100 octets. */
class Setting {
  readonly scheduler = new VirtualTimeScheduler();
  readonly clock = new Clock(this.scheduler, new Loop(() => false));
  readonly told: string[] = [];
  readonly windows = new Windows(this.clock, 10, {
    due: (lane, reason) => {
      lane.dueFor = reason;
      this.told.push(`@${this.clock.now()} ${lane.number} ${reason}`);
    },
  });
  #count = 0;

  lane(): Lane {
    const context = { key: "me", name: "me", url: "https://plain.example/me/$batch" };
    const number = ++this.#count;
    return new Lane(number, { context, account: undefined }, { size: 3, bytes: 100 });
  }

  /** An entry that has waited since a time. */
  push(lane: Lane, sinceMs = this.clock.now(), bytes = 10): Entry {
    const operation = get("a");
    const entry = new Entry(operation, home, sink);
    const { context } = lane;
    Object.assign(entry, { context, encoded: { operation, bytes }, queuedAtMs: sinceMs });
    lane.push(entry);
    return entry;
  }

  /** One joins the lane. */
  grow(lane: Lane, sinceMs?: number, bytes?: number): Entry {
    const entry = this.push(lane, sinceMs, bytes);
    this.windows.grew(lane);
    return entry;
  }

  run(untilMs = Infinity): this {
    if (untilMs !== Infinity) this.scheduler.schedule(() => {}, untilMs - this.clock.now());
    this.scheduler.maxFrames = untilMs;
    this.scheduler.flush();
    return this;
  }

  get timers(): number {
    return this.scheduler.actions.length;
  }
}

describe("rule 1: the open windows", () => {
  it("close in the order in which they opened, on one timer", () => {
    const setting = new Setting();
    const [one, two, three] = [setting.lane(), setting.lane(), setting.lane()];
    setting.grow(one);
    setting.run(4).grow(two);
    setting.run(6).grow(three);
    expect(setting.timers).toBe(1);
    setting.run();
    expect(setting.told).toEqual(["@10 1 time", "@14 2 time", "@16 3 time"]);
    expect([one, two, three].map(({ isOpen }) => isOpen)).toEqual([false, false, false]);
    expect(setting.timers).toBe(0);
  });

  it.each([[0], [1], [2], [3]])("close in time whichever of four closes before: %i", (gone) => {
    const setting = new Setting();
    const lanes = [0, 2, 4, 6].map((atMs) => {
      const lane = setting.run(atMs).lane();
      setting.grow(lane);
      return lane;
    });
    setting.windows.close(lanes[gone]!);
    setting.windows.close(lanes[gone]!);
    expect(setting.timers).toBe(1);
    setting.run();
    const expected = ["@10 1 time", "@12 2 time", "@14 3 time", "@16 4 time"];
    expect(setting.told).toEqual(expected.filter((_, at) => at !== gone));
    expect(setting.timers).toBe(0);
  });

  it("close in the order in which they opened, also within one millisecond", () => {
    const setting = new Setting();
    for (let count = 0; count < 3; count++) setting.grow(setting.lane());
    expect(setting.run().told).toEqual(["@10 1 time", "@10 2 time", "@10 3 time"]);
  });

  it("leave no timer when the last one closes, and set one for the next", () => {
    const setting = new Setting();
    const [one, two] = [setting.lane(), setting.lane()];
    for (const lane of [one, two]) setting.grow(lane);
    for (const lane of [two, one]) setting.windows.close(lane);
    expect(setting.timers).toBe(0);
    setting.run(5).windows.grew(two);
    expect(setting.timers).toBe(1);
    expect(setting.run().told).toEqual(["@10 2 time"]);
  });

  it("open in the past for what has waited already, before those that are younger", () => {
    const setting = new Setting();
    const [one, two, three] = [setting.lane(), setting.lane(), setting.lane()];
    setting.run(3).grow(one);
    setting.run(6).grow(two);
    setting.grow(three, 4);
    setting.run(7).grow(setting.lane());
    expect(setting.run().told).toEqual(["@13 1 time", "@14 3 time", "@16 2 time", "@17 4 time"]);

    const other = new Setting();
    const [young, old] = [other.lane(), other.lane()];
    other.run(5).grow(young);
    other.grow(old, 1);
    expect(other.timers).toBe(1);
    expect(other.run().told).toEqual(["@11 2 time", "@15 1 time"]);
  });

  it("close at once when their time is over already", () => {
    const setting = new Setting();
    const lane = setting.lane();
    setting.run(50).grow(lane, 20);
    expect(setting.run().told).toEqual(["@50 1 time"]);
  });

  it("stay open for those who stay when the oldest has left", () => {
    const setting = new Setting();
    const [one, two] = [setting.lane(), setting.lane()];
    const oldest = setting.grow(one);
    setting.run(4).grow(one);
    setting.run(6).grow(two);
    one.remove(oldest);
    setting.run(11);
    expect([setting.told, one.isOpen, setting.timers]).toEqual([[], true, 1]);
    expect(setting.run().told).toEqual(["@14 1 time", "@16 2 time"]);
  });
});

describe("rule 2: a lane is due", () => {
  it("when it is full, whatever its window, and is told so once", () => {
    const setting = new Setting();
    const lane = setting.lane();
    for (let count = 0; count < 4; count++) setting.grow(lane);
    setting.windows.review(lane);
    expect(setting.run().told).toEqual(["@0 1 count"]);
    expect([lane.isOpen, setting.timers]).toEqual([false, 0]);
  });

  it("when its bytes are enough, to the octet", () => {
    const setting = new Setting();
    const lane = setting.lane();
    setting.grow(lane, 0, 60);
    setting.grow(lane, 0, 39);
    expect(setting.told).toEqual([]);
    const other = setting.lane();
    setting.grow(other, 0, 60);
    setting.grow(other, 0, 40);
    expect(setting.told).toEqual(["@0 2 bytes"]);
  });

  it("when it is flushed, unless all that waits is spoken for", () => {
    const setting = new Setting();
    const lane = setting.lane();
    setting.grow(lane);
    lane.flushedFor = "flush";
    lane.reserved = 1;
    setting.windows.review(lane);
    for (let count = 0; count < 2; count++) setting.grow(lane);
    expect(setting.told).toEqual([]);
    setting.grow(lane);
    expect(setting.told).toEqual(["@0 1 flush"]);
  });

  it("not by time while a batch waits for its token, but by what comes beyond that batch", () => {
    const setting = new Setting();
    const lane = setting.lane();
    setting.push(lane);
    lane.reserved = 1;
    for (let count = 0; count < 4; count++) setting.grow(lane);
    expect([lane.isOpen, setting.timers]).toEqual([false, 0]);
    setting.run(20).windows.review(lane);
    expect([setting.windows.dueNow(lane), lane.isOpen, setting.told]).toEqual([
      undefined,
      false,
      [],
    ]);
    setting.grow(lane);
    expect(setting.told).toEqual(["@20 1 count"]);
  });

  it("by bytes beyond the batches that wait for their token", () => {
    const setting = new Setting();
    const lane = setting.lane();
    lane.reserved = 1;
    for (let count = 0; count < 4; count++) setting.grow(lane, 0, 45);
    expect(setting.told).toEqual([]);
    setting.grow(lane, 0, 20);
    expect(setting.told).toEqual(["@0 1 bytes"]);
  });

  it("at this moment when its oldest has waited for long enough, or it is full", () => {
    const setting = new Setting();
    const lane = setting.lane();
    expect(setting.windows.dueNow(lane)).toBe(undefined);
    setting.push(lane);
    expect(setting.run(9).windows.dueNow(lane)).toBe(undefined);
    expect(setting.run(10).windows.dueNow(lane)).toBe("time");

    const full = setting.lane();
    for (let count = 0; count < 3; count++) setting.push(full);
    expect(setting.windows.dueNow(full)).toBe("count");
  });

  it("no more, with its window, when nothing waits in it", () => {
    const setting = new Setting();
    const lane = setting.lane();
    lane.remove(setting.grow(lane));
    setting.windows.review(lane);
    expect([lane.isOpen, setting.timers]).toEqual([false, 0]);
    setting.push(lane);
    setting.windows.review(lane);
    setting.windows.review(lane);
    expect([lane.isOpen, setting.timers]).toEqual([true, 1]);
  });
});
