import { describe, expect, it } from "vitest";
import { get, post } from "../../../mod.ts";
import { parts, rigWith } from "./first_answers.ts";
import { names, okay, type Rig, untimed } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

describe("rule 22: what a pause may keep waiting", () => {
  it("settles at once what would have to wait beyond maxTotalMs, with the error it has", () => {
    const rig = rigWith([parts(429, { "retry-after": "200" })]);
    rig.send("a");
    rig.run(12);
    expect(rig.told).toEqual(["@11 a ResponseError 429"]);
    expect(rig.errorOf("a").cause).toMatchObject({ _tag: "LimitError", limit: "retry.maxTotalMs" });
  });

  it("settles at once what its backoff alone would keep beyond maxTotalMs", () => {
    const retry = { baseDelayMs: 60_000, maxDelayMs: 60_000, maxTotalMs: 20_000 };
    const rig = rigWith([(rig) => rig.reply([{ index: 0, status: 503 }])], { retry });
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 503"]);
  });

  it.each([[1001, "@1012 a 200"], [1000, "@11 a ResponseError 429"]])(
    "sends again what may just go within a maxTotalMs of %i: %s",
    (maxTotalMs, told) => {
      const rig = rigWith([parts(429, { "retry-after": "1" })], { retry: { maxTotalMs } });
      rig.send("a");
      rig.run();
      expect(rig.told).toEqual([told]);
    },
  );

  it("settles all at once that wait in the lane when a pause comes that is too long for them", () => {
    const limited = { status: 429, headers: { "retry-after": "5" } };
    const rig = rigWith([
      (rig) => rig.reply(names(6).map((_, index) => ({ index, ...limited }))),
      (rig) =>
        rig.reply([{ index: 0, status: 404, headers: { "retry-after": "300" } }], { afterMs: 100 }),
    ], { maxBatchSize: 6, maxWaitMs: 0, concurrencyPerContext: 2 });
    for (const url of [...names(6), "slow"]) rig.send(url);
    rig.run();
    expect(rig.posts).toHaveLength(2);
    expect(rig.told).toEqual([
      "@100 slow ResponseError 404",
      ...names(6).map((url) => `@100 ${url} ResponseError 429`),
    ]);
  });

  it("settles at once what was in a POST before when a pause comes that is too long for it", () => {
    const rig = rigWith([
      (rig) => rig.reply([{ index: 0, status: 503 }, { index: 1 }]),
      (rig) => rig.reply([{ index: 0, status: 404, headers: { "retry-after": "300" } }]),
    ], { maxBatchSize: 2, retry: { baseDelayMs: 60_000, maxDelayMs: 60_000 } });
    for (const url of ["a", "b"]) rig.send(url);
    rig.at(100, () => rig.send("c"));
    rig.at(200, () => rig.send("d"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a b", "@110 me: c", "@300111 me: d"]);
    expect(rig.told).toEqual([
      "@1 b 200",
      "@111 c ResponseError 404",
      "@111 a ResponseError 503",
      "@300112 d 200",
    ]);
    expect(rig.errorOf("a").cause).toMatchObject({ limit: "retry.maxTotalMs" });
  });

  it("takes what waits in the lane for its next attempt too", () => {
    const rig = rigWith([
      (rig) => rig.reply("busy", { status: 503 }),
      (rig) => rig.reply("busy", { status: 503, headers: { "retry-after": "200" }, afterMs: 20 }),
    ], { maxBatchSize: 1, maxWaitMs: 0 });
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@0 me: b"]);
    expect(untimed(rig.told).toSorted()).toEqual(["a BatchHttpError 503", "b BatchHttpError 503"]);
  });

  it("lets nothing wait longer than maxTotalMs once it is closed, with the pause for a cause", async () => {
    for (const closesFirst of [true, false]) {
      const rig = rigWith([
        (rig) =>
          rig.reply([{ index: 0 }, { index: 1, status: 429, headers: { "retry-after": "200" } }], {
            afterMs: 50,
          }),
      ], { maxBatchSize: 2, concurrencyPerContext: 1 });
      const need = get("need");
      rig.send(need);
      rig.send("told");
      rig.send("waits");
      rig.send(get("then", { dependsOn: [need] }));
      rig.run(closesFirst ? 20 : 100);
      const closed = rig.batcher.close();
      rig.run();
      await closed;
      expect(rig.posts).toHaveLength(1);
      expect(untimed(rig.told)).toEqual([
        "need 200",
        "told ResponseError 429",
        "waits NotExecutedError certain",
        "then NotExecutedError certain",
      ]);
      for (const name of ["waits", "then"]) {
        expect(rig.errorOf(name).cause).toMatchObject({
          _tag: "LimitError",
          limit: "retry.maxTotalMs",
        });
      }
      expect(rig.timers).toBe(0);
    }
  });

  it("lets a pause that is short enough run out after it is closed", async () => {
    const rig = rigWith([parts(404, { "retry-after": "100" })], { concurrencyPerContext: 1 });
    rig.send("a");
    rig.at(12, () => rig.send("b"));
    rig.run(13);
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told).toEqual(["@11 a ResponseError 404", "@100012 b 200"]);
  });

  it("looks at the time of a repeat again when its batch is sealed", () => {
    const rig: Rig = rigWith([
      parts(503),
      (rig, { urls }) => rig.reply(okay(urls), { afterMs: 60_000 }),
    ], { concurrency: 1, maxBatchSize: 1, maxWaitMs: 0, retry: { maxTotalMs: 5000 } });
    rig.send("a");
    rig.at(2, () => rig.send(get("slow", { context: "x" })));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@2 x: slow"]);
    expect(rig.told).toEqual(["@60002 slow 200", "@60002 a ResponseError 503"]);
    expect(rig.errorOf("a").cause).toMatchObject({ _tag: "LimitError", limit: "retry.maxTotalMs" });
  });

  it("counts the pause of the lane into the time of an operation that waits in it", () => {
    const rig = rigWith([(rig) =>
      rig.reply([
        { index: 0, status: 404, headers: { "retry-after": "100" } },
        { index: 1, status: 503 },
      ])], { retry: { maxTotalMs: 50_000 } });
    rig.send(post("a"));
    rig.send("b");
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 404", "@11 b ResponseError 503"]);
  });
});
