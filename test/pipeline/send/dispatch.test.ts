import { VirtualTimeScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { Lane } from "../../../src/pipeline/collect/lane.ts";
import { Order } from "../../../src/pipeline/collect/order.ts";
import { Windows } from "../../../src/pipeline/collect/window.ts";
import { Entry, Mark, tiesOf } from "../../../src/pipeline/entry.ts";
import { Mixes } from "../../../src/pipeline/collect/mix.ts";
import { Dispatch } from "../../../src/pipeline/send/dispatch.ts";
import { Clock } from "../../../src/pipeline/time/clock.ts";
import { Loop } from "../../../src/pipeline/time/loop.ts";
import { plainWire } from "../../support/plain_wire.ts";

const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };

interface Given {
  readonly slots?: number;
  readonly perLane?: number;
  /** A wire with an order of its own, a batch of which weighs so many chains. */
  readonly chainsPerBatch?: number;
}

/** Dispatch before lanes of up to three operations. */
class Setting {
  readonly scheduler = new VirtualTimeScheduler();
  readonly clock = new Clock(this.scheduler, new Loop(() => false));
  /** Who got a slot, and why; who collects on. */
  readonly told: string[] = [];
  readonly dispatch: Dispatch;
  readonly lanes: Lane[] = [];
  #count = 0;

  constructor({ slots = 2, perLane = 2, chainsPerBatch }: Given = {}) {
    const isNative = chainsPerBatch !== undefined;
    const wire = plainWire(isNative ? { order: "native", chainsPerBatch } : {});
    this.dispatch = new Dispatch({
      settings: { concurrency: slots, concurrencyPerContext: perLane },
      wire,
      clock: this.clock,
      order: new Order({ release: () => {}, fail: () => {} }),
      lanes: this.lanes,
      windows: new Windows(this.clock, 0, { due: () => {} }),
      isNative,
    }, {
      post: (lane, reason) => this.told.push(`${lane.number} ${reason}`),
      collectOn: (lane) => this.told.push(`${lane.number} collects on`),
    });
  }

  /** A lane in which so many wait. */
  lane(live = 1): Lane {
    const context = { key: "me", name: "me", url: "https://plain.example/me/$batch" };
    const number = ++this.#count;
    const lane = new Lane(number, { context, account: undefined }, { size: 3, bytes: 1000 });
    for (let count = 0; count < live; count++) this.push(lane);
    return lane;
  }

  push(lane: Lane, parent?: Entry): Entry {
    const operation = get("a");
    const entry = new Entry(operation, home, sink);
    Object.assign(entry, { context: lane.context, encoded: { operation, bytes: 1 } });
    if (parent !== undefined) {
      tiesOf(entry).waits = 1;
      tiesOf(entry).needs = [parent];
      tiesOf(parent).dependents = [entry];
    }
    lane.push(entry);
    return entry;
  }

  /** Works until there is nothing to do. */
  turns(): string[] {
    while (this.dispatch.turn());
    return this.told.splice(0);
  }
}

describe("rule 4: due lanes", () => {
  it("stand in one line, once each", () => {
    const setting = new Setting();
    const { dispatch } = setting;
    const lanes = [setting.lane(), setting.lane(), setting.lane()];
    expect(dispatch.isIdle).toBe(true);
    for (const lane of lanes) dispatch.due(lane, "count");
    for (const lane of lanes) dispatch.unblock(lane);
    expect(setting.turns()).toEqual(["1 count", "2 count"]);
    expect(dispatch.isIdle).toBe(false);
    expect([lanes[0]!.inFlight, lanes[0]!.reserved, lanes[0]!.dueFor]).toEqual([1, 1, undefined]);
    dispatch.ended([lanes[0]!], false);
    expect(setting.turns()).toEqual(["3 count"]);
    for (const lane of lanes.slice(1)) dispatch.ended([lane], false);
    expect([dispatch.isIdle, setting.turns()]).toEqual([true, []]);
    expect(lanes.map(({ inFlight, load }) => [inFlight, load])).toEqual([[0, 0], [0, 0], [0, 0]]);
  });

  it("that waited for a slot say so", () => {
    const setting = new Setting({ slots: 1 });
    const [one, two] = [setting.lane(), setting.lane()];
    setting.dispatch.due(one!, "time");
    expect(setting.turns()).toEqual(["1 time"]);
    setting.dispatch.due(two!, "count");
    expect(setting.turns()).toEqual([]);
    setting.dispatch.ended([one!], false);
    expect(setting.turns()).toEqual(["2 slot"]);
  });

  it("collect on when too few are left, and are passed over when all have left", () => {
    const setting = new Setting();
    const { dispatch } = setting;
    const lane = setting.lane();
    dispatch.due(lane, "count");
    for (const entry of [...lane.front(9)]) lane.remove(entry);
    lane.flushedFor = "flush";
    dispatch.forget(lane);
    // It keeps its place for whoever comes meanwhile.
    expect([lane.flushedFor, lane.dueFor, lane.isInLine]).toEqual([undefined, "count", true]);
    expect(setting.turns()).toEqual(["1 collects on"]);
    expect([lane.dueFor, lane.isInLine, dispatch.isIdle]).toEqual([undefined, false, true]);
    lane.dueFor = "count";
    dispatch.forget(lane);
    expect(lane.dueFor).toBe(undefined);
  });
});

describe("a lane's share of the slots", () => {
  it("is never passed, and another lane goes meanwhile", () => {
    const setting = new Setting({ slots: 4, perLane: 1 });
    const { dispatch } = setting;
    const [busy, other] = [setting.lane(9), setting.lane()];
    dispatch.due(busy, "count");
    expect(setting.turns()).toEqual(["1 count"]);
    expect([dispatch.mayShare(busy), dispatch.mayShare(other)]).toEqual([false, true]);
    dispatch.due(busy, "count");
    dispatch.due(other, "count");
    expect([busy.isInLine, setting.turns()]).toEqual([false, ["2 count"]]);
    dispatch.ended([busy], false);
    expect(setting.turns()).toEqual(["1 slot"]);
    expect(dispatch.mayShare(setting.lane(0))).toBe(false);
  });

  it("leaves the line while it pauses, and comes back", () => {
    const setting = new Setting();
    const { dispatch } = setting;
    const lane = setting.lane();
    dispatch.due(lane, "count");
    lane.pausedUntilMs = 5;
    expect([dispatch.isPaused(lane), dispatch.mayShare(lane)]).toEqual([true, false]);
    // Those behind it go on.
    dispatch.due(setting.lane(), "time");
    expect([setting.turns(), lane.dueFor, lane.isInLine]).toEqual([["2 time"], "count", false]);
    dispatch.unblock(lane);
    expect([setting.turns(), lane.isInLine]).toEqual([[], false]);
    setting.scheduler.schedule(() => {}, 5);
    setting.scheduler.flush();
    expect([dispatch.isPaused(lane), dispatch.mayShare(lane)]).toEqual([false, true]);
    dispatch.unblock(lane);
    expect(setting.turns()).toEqual(["1 count"]);
  });

  it("comes to rest when all have left while it paused in line", () => {
    const setting = new Setting();
    const lane = setting.lane(0);
    Object.assign(lane, { dueFor: "count" });
    setting.dispatch.unblock(lane);
    lane.pausedUntilMs = 5;
    expect([setting.turns(), lane.dueFor]).toEqual([["1 collects on"], undefined]);
  });
});

describe("the other lanes that may fill a batch", () => {
  it("are those that mix with its own, and could send at this moment themselves", () => {
    const setting = new Setting({ perLane: 1 });
    const mixes = new Mixes<Lane>();
    const mixing = (live: number, mix?: string) => {
      const lane = Object.assign(setting.lane(live), { mix: mixes.join(mix, undefined) });
      setting.lanes.push(lane);
      return lane;
    };
    const [own, other, paused, busy] = [0, 1, 1, 1].map((live) => mixing(live, "all"));
    const [alone] = [mixing(1), mixing(1), mixing(0, "all"), mixing(1, "others")];
    paused!.pausedUntilMs = 5;
    setting.dispatch.share(busy!);
    setting.dispatch.share(own!);
    expect([...setting.dispatch.companions(own!)]).toEqual([other]);
    expect([...setting.dispatch.companions(alone!)]).toEqual([]);
    // Whoever got a slot beside a whole batch of its own has room for a chain alone.
    own!.load++;
    expect([...setting.dispatch.companions(own!)]).toEqual([]);
  });
});

describe("chains, each of which weighs less than a batch", () => {
  it("go beside each other where one batch would be enough", () => {
    const setting = new Setting({ slots: 9, perLane: 1, chainsPerBatch: 2 });
    const { dispatch } = setting;
    const lane = setting.lane(0);
    setting.push(lane, setting.push(lane));
    dispatch.due(lane, "count");
    expect(setting.turns()).toEqual(["1 count"]);
    expect(lane.load).toBe(2);
    // It still has these two, so that the next one would be a chain.
    dispatch.due(lane, "count");
    expect([lane.isInLine, lane.dueFor]).toEqual([false, "slot"]);
    dispatch.lighten(lane);
    expect([lane.load, lane.isInLine]).toEqual([1, true]);
    lane.reserved = 0;
    expect(setting.turns()).toEqual(["1 slot"]);
    dispatch.lighten(lane);
    dispatch.unload([lane], true);
    expect([lane.inFlight, lane.load]).toEqual([1, 1]);
    dispatch.ended([lane], true);
    expect([lane.inFlight, lane.load]).toEqual([0, 0]);
  });

  it("leave no room for what is none", () => {
    const setting = new Setting({ slots: 9, perLane: 1, chainsPerBatch: 2 });
    const { dispatch } = setting;
    const lane = setting.lane(3);
    dispatch.share(lane);
    dispatch.lighten(lane);
    dispatch.due(lane, "count");
    expect([lane.isInLine, dispatch.mayShare(lane)]).toEqual([false, false]);
    dispatch.unload([lane], true);
    expect([lane.isInLine, lane.load]).toEqual([true, 0]);
    expect(setting.turns()).toEqual(["1 slot"]);
    expect(lane.load).toBe(2);
  });
});
