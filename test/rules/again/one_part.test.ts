import { describe, expect, it } from "vitest";
import { get, type NotExecutedError, post } from "../../../mod.ts";
import { outer, parts, rigWith } from "./first_answers.ts";
import { heard, steadyBackoff } from "../../support/virtual_time.ts";
import { names, Rig, type RigOptions, type SentBatch, untimed } from "../../support/rig.ts";

steadyBackoff();

describe("rule 23: one part, and tokens", () => {
  it.each([408, 429, 502, 503, 504])("repeats only the operation with %i", (status) => {
    const rig = rigWith([(rig) => rig.reply([{ index: 0 }, { index: 1, status }, { index: 2 }])]);
    for (const url of names(3)) rig.send(url);
    rig.run();
    expect(rig.batches.map(({ urls }) => urls)).toEqual([["m0", "m1", "m2"], ["m1"]]);
  });

  it("repeats it together with others that came later", () => {
    const rig = rigWith([(rig) => rig.reply([{ index: 0, status: 503 }])]);
    rig.send("a");
    rig.at(265, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@271 me: a b"]);
  });

  function refreshing(first: Parameters<typeof rigWith>[0], options: RigOptions = {}) {
    const asked: string[] = [];
    let count = 0;
    const rig = rigWith(first, {
      maxWaitMs: 0,
      token: (context, { refresh }) => {
        asked.push(`${context}${refresh ? " refresh" : ""}`);
        return `t${++count}`;
      },
      ...options,
    });
    const sent = () => rig.batches.map(({ request }) => request.headers["Authorization"]);
    return { rig, asked, sent };
  }

  it.each([["a part", parts(401)], ["the batch", outer(401)]])(
    "asks once more with refresh after 401 of %s, also for what is unsafe",
    (_, fault) => {
      const { rig, asked, sent } = refreshing([fault]);
      rig.send(post("a"));
      rig.run();
      expect(untimed(rig.told)).toEqual(["a 200"]);
      expect(asked).toEqual(["me", "me refresh"]);
      expect(sent()).toEqual(["Bearer t1", "Bearer t2"]);
      expect(rig.posts).toEqual(["@0 me: a", "@1 me: a"]);
    },
  );

  it.each([["a part", parts(401)], ["the batch", outer(401)]])(
    "gives up after the second 401 of %s",
    (_, fault) => {
      const { rig, asked } = refreshing([fault, fault, fault]);
      rig.send("a");
      rig.run();
      expect(untimed(rig.told)[0]).toMatch(/^a \S+ 401$/);
      expect(asked).toEqual(["me", "me refresh"]);
    },
  );

  it.each([["a part", parts(401)], ["the batch", outer(401)]])(
    "asks again for a 401 of %s when another answer lies between",
    (_, fault) => {
      const { rig, asked, sent } = refreshing([fault, parts(429), fault, outer(429), fault, fault]);
      rig.send(post("a"));
      rig.run();
      expect(untimed(rig.told)[0]).toMatch(/^a \S+ 401$/);
      expect(asked).toEqual(["me", "me refresh", "me", "me refresh", "me", "me refresh"]);
      expect(sent()).toHaveLength(6);
    },
  );

  it("asks again for what a server that took the token stopped before", () => {
    const stop = (rig: Rig, { urls }: SentBatch) =>
      rig.reply([{ index: 0, status: 404, body: urls[0] }]);
    const wire = { order: "sequential" } as const;
    const { rig, asked } = refreshing([outer(401), stop, outer(401), stop, outer(401)], { wire });
    for (const url of names(3)) rig.send(post(url));
    rig.run();
    expect(untimed(rig.told)).toEqual([
      "m0 ResponseError 404",
      "m1 ResponseError 404",
      "m2 200",
    ]);
    expect(asked.filter((line) => line.endsWith("refresh"))).toHaveLength(3);
  });

  it("asks once for all operations of a batch that was refused", () => {
    const { rig, asked } = refreshing([outer(401)]);
    for (const url of names(20)) rig.send(url);
    rig.run();
    expect(asked).toEqual(["me", "me refresh"]);
    expect(rig.posts).toHaveLength(2);
  });

  it("does not refresh again for a 401 to an older token", () => {
    let held = "t1";
    const asked: boolean[] = [];
    const { rig, sent } = refreshing([
      (rig) => rig.reply("no", { status: 401, afterMs: 5 }),
      (rig) => rig.reply("no", { status: 401, afterMs: 50 }),
    ], {
      maxBatchSize: 1,
      token: (_, { refresh }) => {
        asked.push(refresh);
        return refresh ? held = "t2" : held;
      },
    });
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(untimed(rig.told)).toEqual(["a 200", "b 200"]);
    expect(asked).toEqual([false, false, true, false]);
    expect(sent()).toEqual(["Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2"]);
  });

  it("does not let a token that was overtaken by a refresh take its place", () => {
    const asked: boolean[] = [];
    const delays = [0, 30, 5, 0];
    const rig: Rig = rigWith([(rig) => rig.reply("no", { status: 401, afterMs: 10 })], {
      maxWaitMs: 0,
      maxBatchSize: 1,
      token: (_, { refresh }) => {
        asked.push(refresh);
        return rig.at$(delays[asked.length - 1] ?? 0, `t${asked.length}`);
      },
    });
    rig.send("a");
    rig.at(5, () => rig.send("b"));
    rig.run();
    expect(untimed(rig.told).sort()).toEqual(["a 200", "b 200"]);
    expect(asked).toEqual([false, false, true]);
  });

  it("asks for each batch, and shares a call that is under way", () => {
    let asked = 0;
    const rig: Rig = new Rig({ maxBatchSize: 1, token: () => rig.at$(20, `t${++asked}`) });
    rig.send("a");
    rig.at(10, () => rig.send("b"));
    rig.at(30, () => rig.send("c"));
    rig.at(30, () => rig.send(get("d", { context: "x" })));
    rig.run();
    expect(rig.posts).toEqual(["@20 me: a", "@20 me: b", "@50 me: c", "@50 x: d"]);
    expect(asked).toBe(3);
  });

  it("takes a string, a promise, and the first value of an Observable", async () => {
    for (const token of ["t", () => "t", () => Promise.resolve("t"), () => ["t", "u"] as never]) {
      const rig = new Rig({ token });
      rig.send("a");
      rig.run(20);
      await heard();
      rig.run(30);
      expect(rig.batches[0]?.request.headers["Authorization"]).toBe("Bearer t");
    }
  });

  it.each([
    ["throws", () => {
      throw new Error("no");
    }],
    ["answers a number", () => 7],
    ["answers nothing", () => undefined],
    ["answers null", () => null],
    ["answers a line break", () => "a\r\nX: y"],
    ["answers an empty string", () => ""],
    ["completes without a value", () => []],
    ["rejects", () => Promise.reject(new Error("no"))],
    ["promises a number", () => Promise.resolve(7)],
  ])("fails the batch as not executed when the function %s", async (_, token) => {
    const rig = new Rig({ token: token as never });
    rig.send(post("a"));
    rig.run(20);
    await heard();
    rig.run();
    expect(untimed(rig.told)).toEqual(["a NotExecutedError certain"]);
    expect((rig.errorOf("a") as NotExecutedError).cause).toBeInstanceOf(Error);
    expect([rig.posts, rig.timers]).toEqual([[], 0]);
  });

  it("asks anew after a failure", () => {
    let asked = 0;
    const rig = new Rig({
      token: () => {
        if (asked++ === 0) throw new Error("no");
        return "t";
      },
    });
    rig.send("a");
    rig.run();
    rig.send("b");
    rig.run();
    expect(untimed(rig.told)).toEqual(["a NotExecutedError certain", "b 200"]);
  });

  it("does not wait for ever with a call that hung once", () => {
    let asked = 0;
    const rig = new Rig({
      timeoutMs: 100,
      maxBatchSize: 1,
      token: () => asked++ === 0 ? new Promise<string>(() => {}) : "t",
    });
    rig.send("a");
    rig.at(50, () => rig.send("b"));
    rig.at(120, () => rig.send("c"));
    rig.run(130);
    expect(rig.told).toEqual(["@100 a NotExecutedError certain", "@121 b 200"]);
    rig.at(200, () => rig.send("d"));
    rig.run();
    expect(rig.told.at(-1)).toBe("@201 d 200");
  });
});
