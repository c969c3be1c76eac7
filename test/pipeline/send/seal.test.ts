import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { mixingContextOf } from "../../support/plain_wire.ts";
import { names, okay, Rig, type RigOptions } from "../../support/rig.ts";

/** All contexts may share a POST; `slow` takes two at a time. */
function mixing(options: RigOptions = {}): Rig {
  return new Rig({
    ...options,
    wire: {
      contextOf: (operation) => ({
        ...mixingContextOf(operation),
        ...(operation.context === "slow" ? { maxBatchSize: 2 } : {}),
      }),
    },
  });
}

function send(rig: Rig, context: string, ...urls: readonly string[]) {
  return urls.map((url) => rig.send(get(url, { context })));
}

describe("rule 2: a flush of more than one batch", () => {
  it("holds for all that waited, and for nobody who comes later", () => {
    const rig = new Rig({ concurrency: 1, maxWaitMs: 1000 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 5 });
    rig.send("busy");
    rig.batcher.flush();
    for (const url of names(23)) rig.send(url);
    rig.batcher.flush();
    rig.at(12, () => rig.send("later"));
    rig.run();
    expect(rig.posts.map((line) => line.replace(/(: \w+).*( \w+)$/, "$1…$2"))).toEqual([
      "@0 me: busy",
      "@5 me: m0… m19",
      "@10 me: m20… m22",
      "@1012 me: later",
    ]);
  });
});

describe("rule 17: halves of a refused batch", () => {
  it("go alone, also where somebody in the other half asked for the same", () => {
    const rig = new Rig({ shareReads: true, maxWaitMs: 0 });
    rig.answer = ({ number, urls }) =>
      number === 0 ? rig.reply("no", { status: 400 }) : rig.reply(okay(urls));
    rig.send("x");
    rig.send("a", "first");
    rig.send("a", "second");
    rig.send("y");
    rig.run();
    expect(rig.posts).toEqual(["@0 me: x a y", "@1 me: x a", "@1 me: a y"]);
    expect(rig.told.map((line) => line.replace(/@\d+ /, "")).toSorted())
      .toEqual(["first 200", "second 200", "x 200", "y 200"]);
  });
});

describe("the room that a batch has left for other lanes", () => {
  it("is not filled when all have left for whom it was", () => {
    const rig: Rig = mixing({ token: () => rig.at$(20, "t") });
    const [leaving] = send(rig, "x", "x1");
    rig.batcher.flush();
    rig.at(5, () => send(rig, "y", "y1"));
    rig.at(7, () => leaving!.unsubscribe());
    rig.run();
    expect(rig.posts).toHaveLength(1);
    expect(rig.posts[0]).toMatch(/ all: y1$/);
    expect(rig.batches[0]!.request.headers).toMatchObject({ Authorization: "Bearer t" });
    expect(rig.told).toHaveLength(1);
  });

  it("is none where its own lane takes no more at a time", () => {
    const rig = mixing();
    send(rig, "y", "y1");
    send(rig, "slow", "s1", "s2");
    rig.run();
    expect(rig.posts).toEqual(["@0 all: s1 s2", "@10 all: y1"]);
  });

  it("is none for what is too large, and that lane has nothing to do with the batch", () => {
    const rig = mixing({ maxBatchBytes: 10 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply(okay(urls), { headers: { "retry-after": "60" } })
        : rig.reply(okay(urls));
    rig.at(5, () => send(rig, "y", "yyyyyy"));
    send(rig, "x", "xxxxxx");
    rig.run();
    expect(rig.posts).toEqual(["@10 all: xxxxxx", "@15 all: yyyyyy"]);
    expect(rig.told).toEqual(["@11 xxxxxx 200", "@16 yyyyyy 200"]);
  });
});
