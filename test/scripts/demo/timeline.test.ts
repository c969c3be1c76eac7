import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { type Bar, Timeline } from "../../../scripts/demo/timeline.ts";
import { okay, Rig } from "../../support/rig.ts";

/** `mailbox 1: post of 2 @10-11`. */
function told(bars: readonly Bar[]): string[] {
  return bars.map(({ row, kind, size, startMs, endMs }) =>
    `${row}: ${kind} of ${size} @${startMs}-${endMs}`
  );
}

function timed(rig: Rig): Timeline {
  const timeline = new Timeline(() => rig.now);
  rig.batcher.events.subscribe(timeline.events);
  return timeline;
}

describe("Timeline", () => {
  it("keeps a POST from leaving to its last byte, and the window before it", () => {
    const rig = new Rig();
    const timeline = timed(rig);
    rig.send(get("a", { context: "x" }));
    rig.send(get("b", { context: "x" }));
    rig.send(get("c", { context: "y" }));
    rig.run();
    expect(told(timeline.bars)).toEqual([
      "mailbox 1: post of 2 @10-11",
      "mailbox 1: wait of 2 @0-10",
      "mailbox 2: post of 1 @10-11",
      "mailbox 2: wait of 1 @0-10",
    ]);
  });

  it("keeps one pause for a throttled POST", () => {
    const rig = new Rig();
    const timeline = timed(rig);
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply("", { status: 429, headers: { "retry-after": "1" } })
        : rig.reply(okay(urls));
    rig.send("a");
    rig.run();
    expect(told(timeline.bars).filter((line) => line.includes("pause"))).toEqual([
      "mailbox 1: pause of 0 @11-1011",
    ]);
  });

  it("makes a pause longer that is told again while it holds, and begins another afterwards", () => {
    let nowMs = 5;
    const { bars, events } = new Timeline(() => nowMs);
    for (
      const [atMs, lane, delayMs] of [[5, 1, 10], [15, 1, 20], [20, 2, 1], [40, 1, 5]] as const
    ) {
      nowMs = atMs;
      events.next({ type: "paused", lane, delayMs, reason: "asked" });
    }
    expect(told(bars)).toEqual([
      "mailbox 1: pause of 0 @0-30",
      "mailbox 2: pause of 0 @15-16",
      "mailbox 1: pause of 0 @35-40",
    ]);
  });

  it("gives requests that are out at once a connection each, and a free one to the next", () => {
    let nowMs = 0;
    const timeline = new Timeline(() => nowMs);
    const endFirst = timeline.request();
    const endSecond = timeline.request();
    nowMs = 3;
    endFirst();
    const endThird = timeline.request();
    nowMs = 7;
    endSecond();
    endThird();
    expect(told(timeline.bars)).toEqual([
      "connection 1: post of 1 @0-3",
      "connection 2: post of 1 @0-7",
      "connection 1: post of 1 @3-7",
    ]);
  });
});
