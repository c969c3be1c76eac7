import { describe, expect, it, vi } from "vitest";
import { outer, rigWith } from "./first_answers.ts";
import { names } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

describe("rule 22: backoff, and who goes first", () => {
  it("sends what goes again before what was never sent", () => {
    const rig = rigWith([
      (rig) => rig.reply("busy", { status: 503, headers: { "retry-after": "1" } }),
    ], {
      concurrencyPerContext: 1,
      maxBatchSize: 2,
    });
    for (const url of names(8)) rig.send(url);
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual([
      "m0 m1",
      "m0 m1",
      "m2 m3",
      "m4 m5",
      "m6 m7",
    ]);
  });

  it("doubles its own waits, and draws them below their bound", () => {
    const rig = rigWith(Array(9).fill(outer(503)), { retry: { maxRetries: 5, maxDelayMs: 3000 } });
    rig.send("a");
    rig.run();
    const times = rig.posts.map((line) => Number(line.slice(1).split(" ")[0]));
    const waits = times.slice(1).map((time, at) => time - times[at]! - 1);
    expect(waits).toEqual([250, 500, 1000, 1500, 1500]);
  });

  it("draws anew for each wait, evenly from 0 to its bound", () => {
    vi.mocked(Math.random).mockReturnValueOnce(0).mockReturnValueOnce(0.999);
    const rig = rigWith([outer(503), outer(503)]);
    rig.send("a");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@21 me: a", "@1021 me: a"]);
  });

  it("does not let a server that always says 1 be asked at that pace", () => {
    vi.mocked(Math.random).mockReturnValue(1);
    const rig = rigWith(Array(99).fill(outer(429, { "retry-after": "1" })), {
      retry: { maxRetries: 6 },
    });
    rig.send("a");
    rig.run();
    const times = rig.posts.map((line) => Number(line.slice(1).split(" ")[0]));
    expect(times.slice(1).map((time, at) => time - times[at]! - 1)).toEqual([
      1000,
      1000,
      2000,
      4000,
      8000,
      16_000,
    ]);
    expect(rig.told).toHaveLength(1);
  });

  it("lets all of a failed batch share the next one", () => {
    const rig = rigWith([outer(503)]);
    for (const url of names(20)) rig.send(url);
    rig.run();
    expect(rig.posts).toHaveLength(2);
  });
});
