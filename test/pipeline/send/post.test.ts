import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { mixingContextOf } from "../../support/plain_wire.ts";
import { okay, Rig, type RigOptions } from "../../support/rig.ts";
import { heard } from "../../support/virtual_time.ts";

/** All contexts may share a POST. */
const mixing: RigOptions["wire"] = { contextOf: mixingContextOf };

describe("a batch of which nobody is left when beforeSend resolves", () => {
  it("is not sent, and gives its slot back once", async () => {
    let resolve = () => {};
    let isFirst = true;
    const rig = new Rig({
      wire: { order: "native" },
      maxBatchSize: 2,
      concurrencyPerContext: 1,
      beforeSend: () => {
        if (!isFirst) return;
        isFirst = false;
        return new Promise<void>((done) => resolve = done);
      },
    });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 100 });
    const parent = get("parent");
    const leaving = rig.send(parent);
    rig.send(get("child", { dependsOn: [parent] }));
    // These wait meanwhile, as only one POST of a lane may be out.
    for (const url of ["a", "b", "c", "d"]) rig.send(url);
    rig.run(20);
    leaving.unsubscribe();
    resolve();
    await heard();
    rig.run();
    expect(rig.posts).toEqual(["@20 me: a b", "@120 me: c d"]);
    expect(rig.told[0]).toBe("@20 child DependencyError");
  });
});

describe("rule 33: a pause of one lane that comes while beforeSend is asked", () => {
  it("puts back the whole POST that carries it", async () => {
    const words: (() => void)[] = [];
    let asked = 0;
    const rig = new Rig({
      wire: mixing,
      maxWaitMs: 0,
      beforeSend: () => ++asked === 2 ? new Promise<void>((done) => words.push(done)) : undefined,
    });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "3" } }], { afterMs: 20 })
        : rig.reply(okay(urls));
    rig.send(get("throttled", { context: "x" }));
    rig.run(10);
    rig.send(get("x1", { context: "x" }));
    rig.send(get("y1", { context: "y" }));
    rig.run(50);
    words[0]!();
    await heard();
    rig.run(2000);
    // What is not of the paused lane goes by itself.
    expect(rig.posts).toEqual(["@0 all: throttled", "@50 all: y1"]);
    rig.run();
    expect(rig.told.map((line) => line.replace(/@\d+ /, "")).toSorted())
      .toEqual(["throttled 200", "x1 200", "y1 200"]);
  });
});

describe("rule 13: a wire that makes all leave, and throws, while it writes a batch", () => {
  it("ends its POST once, so that no more are out than may be", () => {
    const { wire } = new Rig();
    const leaving: { unsubscribe(): void }[] = [];
    const encode: typeof wire.encode = (...given) => {
      if (leaving.length === 0) return wire.encode(...given);
      for (const each of leaving.splice(0)) each.unsubscribe();
      throw new RangeError("no room");
    };
    const rig = new Rig({ wire: { encode }, concurrency: 1, maxWaitMs: 0 });
    leaving.push(rig.send("a"), rig.send("b"));
    rig.run();
    expect([rig.posts, rig.told, rig.timers]).toEqual([[], [], 0]);
    rig.send("c");
    rig.send(get("d", { context: "x" }));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: c", "@1 x: d"]);
  });
});

describe("the signal of a POST", () => {
  it.each<[string, Parameters<Rig["reply"]>]>([
    ["that was answered", [okay(["a"])]],
    ["that was refused", ["no", { status: 400 }]],
  ])("%s does not abort", (_, reply) => {
    const rig = new Rig({ retry: false });
    rig.answer = () => rig.reply(...reply);
    rig.send("a");
    rig.run();
    expect(rig.told).toHaveLength(1);
    expect(rig.batches[0]!.request.signal.aborted).toBe(false);
  });

  it("that has timed out does, and the error says what it may take", () => {
    const rig = new Rig({ retry: false, timeoutMs: 70 });
    rig.answer = () => rig.silence();
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@80 a BatchTimeoutError"]);
    expect(rig.errorOf("a").message).toBe(
      "Cannot wait longer for a batch as it must be answered within timeoutMs: current value is 70",
    );
    expect(rig.batches[0]!.request.signal.aborted).toBe(true);
  });
});
