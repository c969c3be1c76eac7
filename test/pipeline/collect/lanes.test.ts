import { VirtualTimeScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import { type BatchContext, get } from "../../../mod.ts";
import type { Lane } from "../../../src/pipeline/collect/lane.ts";
import { Lanes } from "../../../src/pipeline/collect/lanes.ts";
import { Entry, Mark } from "../../../src/pipeline/entry.ts";
import { Clock } from "../../../src/pipeline/time/clock.ts";
import { Loop } from "../../../src/pipeline/time/loop.ts";
import { plainWire } from "../../support/plain_wire.ts";

const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };

/** Lanes of 20 operations and 1000 octets, 100 of which the frame of a batch takes. */
class Setting {
  readonly scheduler = new VirtualTimeScheduler();
  readonly lanes = new Lanes({
    clock: new Clock(this.scheduler, new Loop(() => false)),
    settings: { maxBatchSize: 20, maxBatchBytes: 1000 },
    wire: plainWire({ frameBytes: 100 }),
  });

  entry(key: string, { account, ...limit }: { account?: string; maxBatchSize?: number } = {}) {
    const context: BatchContext = { key, name: key, url: `https://a.example/${key}`, ...limit };
    const entry = new Entry(get("a", { account }), home, sink);
    entry.context = context;
    return entry;
  }

  of(key: string, account?: string): Lane {
    return this.lanes.of(this.entry(key, account === undefined ? {} : { account }));
  }

  /** The numbers of the lanes that are remembered. */
  get known(): number[] {
    return [...this.lanes].map(({ number }) => number);
  }

  wait(ms: number): void {
    this.scheduler.schedule(() => {}, ms);
    this.scheduler.flush();
  }
}

describe("rule 5: a lane", () => {
  it("is the same for one context and one account, and numbered as it was made", () => {
    const setting = new Setting();
    const [x, y, ofA] = [setting.of("x"), setting.of("y"), setting.of("x", "a")];
    expect([x.number, y.number, ofA.number]).toEqual([1, 2, 3]);
    expect([setting.of("x"), setting.of("x", "a"), setting.of("y")]).toEqual([x, ofA, y]);
    expect(setting.of("x")).toBe(x);
    expect(setting.lanes.find(setting.entry("z"))).toBe(undefined);
    expect(setting.lanes.find(setting.entry("x", { account: "b" }))).toBe(undefined);
    expect(setting.known).toEqual([1, 2, 3]);
  });

  it("is of one account also where a wire gives one context for all of them", () => {
    const setting = new Setting();
    const { lanes } = setting;
    const entries = ["a", "b", "a"].map((account) => setting.entry("x", { account }));
    for (const entry of entries) entry.context = entries[0]!.context;
    const [a, b, again] = entries.map((entry) => lanes.of(entry));
    expect([a!.account, b!.account, again]).toEqual(["a", "b", a]);
    lanes.dropIfIdle(a!);
    expect(lanes.of(entries[2]!)).not.toBe(a);
  });

  it("takes what the batcher says, and what its context says when that is less, but one", () => {
    const setting = new Setting();
    const limits = [{}, { maxBatchSize: 5 }, { maxBatchSize: 50 }, { maxBatchSize: 0 }];
    const lanes = limits.map((limit, at) => setting.lanes.of(setting.entry(`${at}`, limit)));
    expect(lanes.map(({ maxSize }) => maxSize)).toEqual([20, 5, 20, 1]);
    expect(new Set(lanes.map(({ maxBytes }) => maxBytes))).toEqual(new Set([900]));
  });
});

describe("rule 7: a lane with nothing in it", () => {
  it.each(["live", "inFlight", "parked"] as const)("is kept while it has something %s", (what) => {
    const setting = new Setting();
    const lane = setting.of("x");
    lane[what] = 1;
    lane.maxSize = 7;
    setting.lanes.dropIfIdle(lane);
    expect([setting.known, lane.maxSize]).toEqual([[1], 7]);
    lane[what] = 0;
    setting.lanes.dropIfIdle(lane);
    expect(setting.known).toEqual([]);
  });

  it("is forgotten, and a lane of its name is another one", () => {
    const setting = new Setting();
    const [lane, ofA] = [setting.of("x"), setting.of("x", "a")];
    for (const each of [ofA, lane]) setting.lanes.dropIfIdle(each);
    expect(setting.known).toEqual([]);
    const next = setting.of("x");
    expect(next.number).toBe(3);
    // It may be dropped again, when it stood in line meanwhile.
    setting.lanes.dropIfIdle(lane);
    expect(setting.of("x")).toBe(next);
    setting.lanes.dropIfIdle(ofA);
    setting.of("x", "a");
    setting.lanes.dropIfIdle(ofA);
    expect(setting.known).toEqual([3, 4]);
  });

  it("forgets no other of its account", () => {
    const setting = new Setting();
    const lanes = [setting.of("x", "a"), setting.of("y", "a")];
    setting.lanes.dropIfIdle(lanes[0]!);
    expect([setting.known, setting.of("y", "a")]).toEqual([[2], lanes[1]]);
    setting.lanes.dropIfIdle(lanes[1]!);
    expect(setting.known).toEqual([]);
  });

  it.each(["pausedUntilMs", "keptUntilMs"] as const)(
    "is remembered until %s is over, with fresh limits",
    (until) => {
      const setting = new Setting();
      const lane = setting.of("x");
      Object.assign(lane, { [until]: 10, maxSize: 2, maxBytes: 2 });
      setting.lanes.dropIfIdle(lane);
      expect([lane.maxSize, lane.maxBytes, setting.scheduler.actions]).toEqual([20, 900, []]);
      setting.of("y");
      expect([setting.known, setting.of("x")]).toEqual([[1, 2], lane]);
      setting.wait(9);
      setting.of("z");
      expect(setting.known).toEqual([1, 2, 3]);
      setting.wait(1);
      setting.of("another");
      expect(setting.known).toEqual([2, 3, 4]);
    },
  );

  it("is forgotten in time however many pause for longer, two looked at for each that comes", () => {
    const setting = new Setting();
    const lanes = Array.from({ length: 5 }, (_, at) => setting.of(`${at}`));
    for (const [at, lane] of lanes.entries()) {
      lane.pausedUntilMs = at < 3 ? 1000 : 10;
      setting.lanes.dropIfIdle(lane);
    }
    setting.wait(10);
    // 1 and 2 are looked at, then 3 and 4, then 5 and 1.
    const known = ["x", "y", "z"].map((key) => {
      setting.of(key);
      return setting.known;
    });
    expect(known).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 5, 6, 7],
      [1, 2, 3, 6, 7, 8],
    ]);
  });

  it.each(["live", "inFlight", "parked"] as const)(
    "is kept when its pause is over and it has something %s again",
    (what) => {
      const setting = new Setting();
      const lane = setting.of("x");
      lane.pausedUntilMs = 10;
      setting.lanes.dropIfIdle(lane);
      lane[what] = 1;
      setting.wait(20);
      setting.of("y");
      expect(setting.of("x")).toBe(lane);
    },
  );
});
