import { describe, expect, it } from "vitest";
import { atomic, get, post } from "../../mod.ts";
import { okay, Rig, type RigOptions, untimed } from "../support/rig.ts";

/** A wire whose `slow` lane takes two at a time. */
function rigWith(options: RigOptions = {}): Rig {
  return new Rig({
    ...options,
    wire: {
      contextOf({ context = "me" }) {
        const url = `https://plain.example/${context}/$batch`;
        const limit = context === "slow" ? { maxBatchSize: 2 } : {};
        return { key: context, name: context, url, ...limit };
      },
      ...options.wire,
    },
  });
}

describe("rule 2: a lane that takes fewer at a time", () => {
  it("is due when it holds so many, and no other lane is", () => {
    const rig = rigWith();
    for (let at = 0; at < 5; at++) {
      rig.send(get(`s${at}`, { context: "slow" }));
      rig.send(get(`f${at}`, { context: "fast" }));
    }
    rig.run();
    expect(rig.posts).toEqual([
      "@0 slow: s0 s1",
      "@0 slow: s2 s3",
      "@10 fast: f0 f1 f2 f3 f4",
      "@10 slow: s4",
    ]);
    expect(rig.told).toHaveLength(10);
  });

  it("takes no more than the batcher's maxBatchSize, and so many again after a 413", () => {
    const rig = rigWith({ maxBatchSize: 1 });
    for (let at = 0; at < 2; at++) rig.send(get(`s${at}`, { context: "slow" }));
    rig.run();
    expect(rig.posts).toEqual(["@0 slow: s0", "@0 slow: s1"]);

    const shrunk = rigWith();
    shrunk.answer = ({ number, urls }) =>
      number === 0 ? shrunk.reply("no", { status: 413 }) : shrunk.reply(okay(urls));
    for (let at = 0; at < 2; at++) shrunk.send(get(`s${at}`, { context: "slow" }));
    shrunk.at(500, () => {
      for (let at = 2; at < 5; at++) shrunk.send(get(`s${at}`, { context: "slow" }));
    });
    shrunk.run();
    expect(shrunk.posts.slice(-2)).toEqual(["@500 slow: s2 s3", "@510 slow: s4"]);
  });

  it("refuses a group that is larger", () => {
    const rig = rigWith({ wire: { encodeGroup: (operation) => ({ operation, bytes: 1 }) } });
    const members = [1, 2, 3].map((n) => post(`a${n}`, {}, { context: "slow" }));
    rig.send(atomic(members, { label: "group" }));
    rig.run();
    expect(rig.told).toEqual(["@0 group OperationError"]);
    expect(rig.errorOf("group").message).toContain("no more than maxBatchSize (2)");
  });
});

describe("rule 22: a pause that comes while a lane stands in line for a slot", () => {
  it("holds it as well, and the slot goes to whoever is next", () => {
    const rig = new Rig({ concurrency: 2, concurrencyPerContext: 2, maxBatchSize: 1 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "1" } }], { afterMs: 20 })
        : rig.reply(okay(urls), { afterMs: 100 });
    rig.send(get("x1", { context: "x" }));
    rig.send(get("y1", { context: "y" }));
    rig.send(get("x2", { context: "x" }));
    rig.send(get("z1", { context: "z" }));
    rig.run();
    expect(rig.posts).toEqual([
      "@0 x: x1",
      "@0 y: y1",
      "@20 z: z1",
      "@1020 x: x1",
      "@1020 x: x2",
    ]);
    expect(untimed(rig.told)).toEqual([
      "y1 200",
      "z1 200",
      "x1 200",
      "x2 200",
    ]);
  });
});
