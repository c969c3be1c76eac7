import { describe, expect, it } from "vitest";
import { get, post } from "../../../mod.ts";
import { Rig, untimed } from "../../support/rig.ts";

describe("rule 24: a 424 whose parents were all answered", () => {
  it("goes again without them, once, as no attempt", () => {
    const rig = new Rig({ wire: { order: "native" }, retry: { maxRetries: 0 } });
    rig.answer = ({ urls }) =>
      rig.reply(
        urls.map((url, index) => url === "a" ? { index, status: 302 } : { index, status: 424 }),
      );
    const parent = get("a");
    rig.send(parent);
    rig.send(post("b", {}, { dependsOn: [parent] }));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls)).toEqual([["a", "b"], ["b"]]);
    expect(untimed(rig.told)).toEqual([
      "a 302",
      "b ResponseError 424",
    ]);
  });
});
