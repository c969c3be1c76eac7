import { describe, expect, it } from "vitest";
import { get, type Operation, post } from "../../../mod.ts";
import { Rig, type RigOptions } from "../../support/rig.ts";

/** A wire asks code of the user's: which lane it is, how a body is written. */
describe("rule 20: an abort of signal from within a wire settles what is being submitted, once", () => {
  function aborting(method: "contextOf" | "encodeOne"): Rig {
    const controller = new AbortController();
    const { wire } = new Rig();
    const abort = ({ url }: Operation) => {
      if (url === "b") controller.abort();
    };
    const contextOf: typeof wire.contextOf = (operation) => {
      abort(operation);
      return wire.contextOf(operation);
    };
    const encodeOne: typeof wire.encodeOne = (operation, context) => {
      abort(operation);
      return wire.encodeOne(operation, context);
    };
    const options: RigOptions = { signal: controller.signal };
    return new Rig({ ...options, wire: method === "contextOf" ? { contextOf } : { encodeOne } });
  }

  it.each(["contextOf", "encodeOne"] as const)("in %s", async (method) => {
    const rig = aborting(method).listen();
    rig.send("a");
    rig.send(get("b", { orderingKey: "k" }));
    rig.run();
    expect(rig.posts).toEqual([]);
    expect(rig.told).toEqual(["@0 a ClosedError", "@0 b ClosedError"]);
    expect(rig.events.map(({ type }) => type).toSorted())
      .toEqual(["queued", "queued", "settled", "settled"]);
    expect(rig.timers).toBe(0);
    await rig.batcher.close();
  });

  it("in encode, when the batch is about to leave", async () => {
    const controller = new AbortController();
    const { wire } = new Rig();
    const encode: typeof wire.encode = (...given) => {
      controller.abort();
      return wire.encode(...given);
    };
    const rig = new Rig({ signal: controller.signal, wire: { encode } }).listen();
    rig.send("a");
    rig.send(post("b"));
    rig.run();
    expect(rig.posts).toEqual([]);
    expect(rig.told).toEqual(["@10 a ClosedError", "@10 b ClosedError"]);
    expect(rig.errorOf("b")).toMatchObject({ attempts: 0 });
    expect(rig.events.map(({ type }) => type)).not.toContain("sent");
    expect(rig.timers).toBe(0);
    await rig.batcher.close();
  });
});

describe("rule 17: a wire that throws as a batch leaves", () => {
  it("fails that batch, of which nothing was sent, and the next one goes", () => {
    const { wire } = new Rig();
    let isBroken = true;
    const encode: typeof wire.encode = (...given) => {
      if (isBroken) throw new RangeError("no room");
      return wire.encode(...given);
    };
    const rig = new Rig({ wire: { encode }, concurrency: 1 }).listen();
    rig.send("a");
    rig.send(post("b"));
    rig.run();
    expect(rig.posts).toEqual([]);
    expect(rig.told.map((line) => line.replace(/Error.*/, "Error"))).toEqual([
      "@10 a NotExecutedError",
      "@10 b NotExecutedError",
    ]);
    expect(rig.errorOf("b")).toMatchObject({ attempts: 0, cause: { message: "no room" } });
    expect(rig.events.map(({ type }) => type)).not.toContain("answered");
    isBroken = false;
    rig.send("c");
    rig.run();
    expect(rig.told.at(-1)).toMatch(/ c 200$/);
  });
});

describe("attempts are POSTs that carried the operation", () => {
  it("none, when the signal aborts while beforeSend looks at the first", () => {
    const controller = new AbortController();
    const rig = new Rig({
      signal: controller.signal,
      beforeSend: () => new Promise(() => {}),
    }).listen();
    rig.send("a");
    rig.send(post("b"));
    rig.at(15, () => controller.abort());
    rig.run();
    expect([rig.posts, rig.told]).toEqual([[], ["@15 a ClosedError", "@15 b ClosedError"]]);
    expect([rig.errorOf("a").attempts, rig.errorOf("b").attempts]).toEqual([0, 0]);
    const settled = rig.events.filter((event) => event.type === "settled");
    expect(settled.map(({ attempts }) => attempts)).toEqual([0, 0]);
  });
});
