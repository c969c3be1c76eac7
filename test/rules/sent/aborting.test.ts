import { describe, expect, it } from "vitest";
import { get, type Operation } from "../../../mod.ts";
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
});
