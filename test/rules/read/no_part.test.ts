import { describe, expect, it } from "vitest";
import { post } from "../../../mod.ts";
import { names, Rig, untimed } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";
import { a, answered, unsafe } from "./answered.ts";

describe("rule 16: no part for an operation", () => {
  steadyBackoff();

  const inOrder = { wire: { order: "sequential" as const } };

  it("goes again where the wire runs in order and the last part is an error", () => {
    const rig = answered(unsafe, [{ status: 404 }], inOrder);
    expect(rig.told).toEqual(["@11 p0 ResponseError 404", "@22 p1 200", "@22 p2 200"]);
    expect(rig.posts).toEqual(["@10 me: p0 p1 p2", "@21 me: p1 p2"]);
  });

  it("reads it the same way by id", () => {
    const rig = answered(unsafe, [{ index: 0 }, { index: 1, status: 404 }], inOrder);
    expect(rig.told).toEqual(["@11 p0 200", "@11 p1 ResponseError 404", "@22 p2 200"]);
  });

  it("is unknown when a later one was answered: it was not skipped", () => {
    const rig = answered(unsafe, [{ index: 0 }, { index: 2, status: 404 }], inOrder);
    expect(rig.told).toEqual([
      "@11 p0 200",
      "@11 p2 ResponseError 404",
      "@11 p1 NotExecutedError unknown",
    ]);
  });

  it("costs no attempt as long as an answer settled another", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ number }) => rig.reply([{ status: 404, body: `no ${number}` }]);
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(rig.posts).toHaveLength(20);
    expect(rig.told.every((line) => line.endsWith("ResponseError 404"))).toBe(true);
  });

  it("is an attempt when the answer settled nobody", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 2 } });
    rig.answer = () => rig.reply([{ status: 429 }]);
    rig.send(post("a"));
    rig.send(post("b"));
    rig.run();
    expect(untimed(rig.told)).toEqual([
      "a ResponseError 429",
      "b ResponseError 429",
    ]);
    expect(rig.posts.length).toBeLessThanOrEqual(6);
  });

  it("is unknown where the last part is no error", () => {
    const rig = answered([...unsafe, a], [{}], inOrder);
    expect(rig.told.slice(0, 3)).toEqual([
      "@11 p0 NotExecutedError unknown",
      "@11 p1 NotExecutedError unknown",
      "@11 p2 NotExecutedError unknown",
    ]);
    expect(rig.told[3]).toMatch(/ a 200$/);
  });

  it("is unknown where the wire may reorder", () => {
    const rig = answered(unsafe, [{ index: 0, status: 404 }]);
    expect(rig.told).toEqual([
      "@11 p0 ResponseError 404",
      "@11 p1 NotExecutedError unknown",
      "@11 p2 NotExecutedError unknown",
    ]);
  });
});
