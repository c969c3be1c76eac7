import { describe, expect, it } from "vitest";
import { get, post } from "../../../mod.ts";
import { outer, parts, refusedConnection, reset, rigWith } from "./first_answers.ts";
import { type Rig, untimed } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

describe("rule 33: what one operation says of trying it again", () => {
  it.each([
    ["429 of its part", parts(429), "ResponseError 429"],
    ["401 of its part", parts(401), "ResponseError 401"],
    ["429 of the batch", outer(429), "BatchHttpError 429"],
    ["401 of the batch", outer(401), "BatchHttpError 401"],
    ["503 of its part", parts(503), "ResponseError 503"],
    ["a reset", reset, "NotExecutedError unknown"],
    ["an answer without its part", (rig: Rig) => rig.reply([]), "NotExecutedError unknown"],
  ])("`retry: false` lets it go never again after %s", (_, fault, error) => {
    for (const make of [() => post("a", {}, { retry: false }), () => get("a", { retry: false })]) {
      const rig = rigWith([fault], { token: () => "t" });
      rig.send(make());
      rig.run();
      expect(untimed(rig.told)).toEqual([`a ${error}`]);
      expect(rig.posts).toHaveLength(1);
    }
  });

  it("`retry: false` lets it go again while not a byte has left", () => {
    const rig = rigWith([refusedConnection, refusedConnection]);
    rig.send(post("a", {}, { retry: false }));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a 200"]);
    expect(rig.posts).toHaveLength(3);
  });

  it("`retry: false` is no concern of those it travels with", () => {
    const rig = rigWith([outer(429)]);
    rig.send(post("a", {}, { retry: false }));
    rig.send(post("b"));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual(["a b", "b"]);
    expect(untimed(rig.told)).toEqual(["a BatchHttpError 429", "b 200"]);
  });

  it("`statuses` are vouched for not to have run it: also a POST goes again, alone", () => {
    const rig = rigWith([parts(409)]);
    rig.send(post("a", {}, { retry: { statuses: [409, 503] } }));
    rig.at(12, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@22 me: b", "@271 me: a"]);
    expect(untimed(rig.told)).toEqual(["b 200", "a 200"]);
  });

  it("`statuses` count for its own part alone", () => {
    const rig = rigWith([outer(503)]);
    rig.send(post("a", {}, { retry: { statuses: [503] } }));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a BatchHttpError 503"]);
  });

  it("`statuses` end with the budgets, and with the option `retry: false`", () => {
    const operation = () => post("a", {}, { retry: { statuses: [409] } });
    const spent = rigWith(Array(9).fill(parts(409)), { retry: { maxRetries: 2 } });
    spent.send(operation());
    spent.run();
    expect(spent.posts).toHaveLength(3);
    expect(spent.errorOf("a").cause).toMatchObject({ limit: "retry.maxRetries" });
    const off = rigWith([parts(409)], { retry: false });
    off.send(operation());
    off.run();
    expect(untimed(off.told)).toEqual(["a ResponseError 409"]);
    expect(off.posts).toHaveLength(1);
  });
});
