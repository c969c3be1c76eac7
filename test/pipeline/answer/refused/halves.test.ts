import type { Subscription } from "rxjs";
import { describe, expect, it } from "vitest";
import { get, post } from "../../../../mod.ts";

import {
  names,
  okay,
  Rig,
  type RigOptions,
  type SentBatch,
  untimed,
} from "../../../support/rig.ts";
import { steadyBackoff } from "../../../support/virtual_time.ts";

/** All batches are refused but those that are said to be good; what is slow takes 100 ms. */
function rigWith(
  isGood: (urls: readonly string[]) => boolean,
  options: RigOptions & {
    readonly status?: number;
    readonly isSlow?: (urls: readonly string[]) => boolean;
  },
): Rig {
  const { status = 400, isSlow = () => false, ...rest } = options;
  const rig = new Rig({ maxWaitMs: 0, concurrency: 1, retry: { baseDelayMs: 0 }, ...rest });
  rig.answer = ({ urls }: SentBatch) => {
    const afterMs = isSlow(urls) ? 100 : 1;
    return isGood(urls) ? rig.reply(okay(urls), { afterMs }) : rig.reply("no", { status, afterMs });
  };
  return rig;
}

function sizes({ batches }: Rig): number[] {
  return batches.map(({ urls }) => urls.length);
}

function ends({ told }: Rig): string[] {
  return untimed(told).toSorted();
}

/** No more and no less of them wait than `maxQueued` allows. */
function expectRoomFor(count: number, rig: Rig): void {
  const before = rig.told.length;
  rig.answer = ({ urls }) => rig.reply(okay(urls));
  for (const url of names(count + 1, "late")) rig.send(url);
  expect(untimed(rig.told.slice(before))).toEqual([`late${count} LimitError`]);
  rig.run();
  expect(rig.told.slice(before)).toHaveLength(count + 1);
}

steadyBackoff();

describe("rule 17: a batch that is refused as a whole", () => {
  it("is halved twice when nothing of it is ever answered, and its places are free then", () => {
    const rig = rigWith(() => false, { maxQueued: 8 });
    for (const url of names(8)) rig.send(url);
    rig.run();
    expect(sizes(rig)).toEqual([8, 4, 4, 2, 2, 2, 2]);
    expect(ends(rig)).toEqual(names(8).map((name) => `${name} BatchHttpError 400`));
    expectRoomFor(8, rig);
  });

  it("keeps the places of those who rest until another one is answered", () => {
    const rig = rigWith((urls) => urls.length <= 4 && !urls.includes("m0"), {
      maxQueued: 8,
      concurrency: 2,
      isSlow: (urls) =>
        urls.length === 2 && urls[0] === "m2" || urls.length === 4 && urls[0] === "m4",
    });
    const late: string[] = [];
    for (const url of names(8)) rig.send(url);
    // The first two rest, the last four are out.
    rig.at(50, () => {
      for (const url of names(7, "late")) rig.send(url);
      late.push(...rig.told.filter((line) => line.includes("LimitError")));
    });
    rig.run();
    expect(late).toEqual(["@50 late6 LimitError"]);
    expect(ends(rig).filter((line) => line.startsWith("m"))).toEqual([
      "m0 BatchHttpError 400",
      ...names(8).slice(1).map((name) => `${name} 200`),
    ]);
    expectRoomFor(8, rig);
  });

  it("goes on without whoever leaves while he rests, and not before all others are known", () => {
    const rig = rigWith((urls) => urls.length === 1 && ["m0", "m4"].includes(urls[0]!), {
      maxQueued: 5,
      isSlow: (urls) => urls.includes("m4"),
    });
    const sent = names(5).map((url) => rig.send(url));
    rig.at(203.5, () => sent[1]!.unsubscribe());
    rig.run();
    expect(rig.batches.flatMap(({ urls }) => urls).filter((url) => url === "m1")).toHaveLength(3);
    expect(ends(rig)).toEqual([
      "m0 200",
      "m2 BatchHttpError 400",
      "m3 BatchHttpError 400",
      "m4 200",
    ]);
    expectRoomFor(5, rig);
  });

  it.each([
    ["a write", post("m0")],
    ["never again", get("m0", { retry: false })],
  ])("is halved without who may not go again, and whom he makes leave: %s", (_, first) => {
    const rig = rigWith(() => false, { maxQueued: 9 });
    const leaving: Subscription[] = [];
    rig.batcher.send(first).subscribe({
      error: () => leaving.forEach((subscription) => subscription.unsubscribe()),
    });
    for (const url of names(9).slice(1)) {
      const subscription = rig.send(url);
      if (url === "m1" || url === "m8") leaving.push(subscription);
    }
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual([
      names(9).join(" "),
      "m2 m3 m4",
      "m5 m6 m7",
      "m2 m3",
      "m4",
      "m5 m6",
      "m7",
    ]);
    expect(ends(rig)).toEqual(names(8).slice(2).map((name) => `${name} BatchHttpError 400`));
    expectRoomFor(9, rig);
  });

  it("is not halved again when all of it goes again, nor with others that have joined", () => {
    const rig = rigWith(() => false, { status: 500, retry: { maxRetries: 2, baseDelayMs: 100 } });
    for (const url of names(8)) rig.send(url);
    rig.at(20, () => rig.send("joins"));
    rig.run();
    expect(sizes(rig)).toEqual([8, 4, 4, 2, 2, 2, 2, 9, 9, 1]);
    expect(ends(rig)).toHaveLength(9);
  });
});
