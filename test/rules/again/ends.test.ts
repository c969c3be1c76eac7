import { describe, expect, it } from "vitest";
import { type BatchHttpError, get, post } from "../../../mod.ts";
import { outer, parts, rigWith } from "./first_answers.ts";
import { names, okay, Rig, untimed } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

describe("rule 24: 413, 424, and the end of trying", () => {
  it("halves what the lane may send until it is empty", () => {
    const rig = new Rig({ maxBatchSize: 16 });
    rig.answer = ({ urls }) =>
      urls.length > 3 ? rig.reply("too large", { status: 413 }) : rig.reply(okay(urls));
    for (const url of names(16)) rig.send(url);
    rig.run();
    expect(rig.told).toHaveLength(16);
    const sizes = rig.batches.map(({ urls }) => urls.length);
    expect(sizes.slice(0, 2)).toEqual([16, 8]);
    expect(Math.max(...sizes.slice(4))).toBeLessThanOrEqual(4);
    rig.answer = ({ urls }) => rig.reply(okay(urls));
    for (const url of names(16)) rig.send(url);
    rig.run();
    expect(rig.batches.at(-1)!.urls).toHaveLength(16);
  });

  it("halves the bytes too", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      urls.join("").length > 60 ? rig.reply("too large", { status: 413 }) : rig.reply(okay(urls));
    rig.send("x".repeat(50));
    for (const url of names(10)) rig.send(url);
    rig.run();
    expect(rig.told).toHaveLength(11);
    expect(untimed(rig.told).every((line) => line.endsWith(" 200"))).toBe(true);
  });

  it("is its own BatchHttpError for a single operation", () => {
    const rig = rigWith([outer(413)]);
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@11 a BatchHttpError 413"]);
    expect((rig.errorOf("a") as BatchHttpError).detail).toBe("<html>");
  });

  it("costs no attempt, and fails none but those that are too large alone", () => {
    const rig = new Rig({ retry: { maxRetries: 0 } });
    rig.answer = ({ urls }) =>
      urls.includes("m7") ? rig.reply("too large", { status: 413 }) : rig.reply(okay(urls));
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(untimed(rig.told).filter((line) => !line.endsWith(" 200"))).toEqual([
      "m7 BatchHttpError 413",
    ]);
    expect(rig.told).toHaveLength(20);
  });

  it("sends a 424 child of a throttled parent again with its parent", () => {
    for (const order of [[0, 1], [1, 0]]) {
      const rig = new Rig({ wire: { order: "native" } });
      const answers = [{ index: 0, status: 429 }, { index: 1, status: 424 }];
      rig.answer = ({ number, urls }) =>
        number === 0 ? rig.reply(order.map((at) => answers[at]!)) : rig.reply(okay(urls));
      const a = post("a");
      rig.send(a);
      rig.send(post("b", undefined, { dependsOn: [a] }));
      rig.run();
      expect(rig.batches.map(({ urls }) => urls)).toEqual([["a", "b"], ["a", "b"]]);
      expect(untimed(rig.told)).toEqual(["a 200", "b 200"]);
    }
  });

  it("takes a 424 for an answer where nothing goes again", () => {
    const rig = rigWith([parts(424)]);
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 424"]);
  });

  it("ends after maxRetries, and says so", () => {
    const rig = rigWith(Array(99).fill(parts(429)), { retry: { maxRetries: 2 } });
    rig.send("a");
    rig.run();
    expect(rig.posts).toHaveLength(3);
    const error = rig.errorOf("a");
    expect(error.message).toMatch(/after 3 attempts$/);
    expect(error.cause).toMatchObject({ _tag: "LimitError", limit: "retry.maxRetries" });
  });

  it("ends after maxTotalMs, counted from the first POST", () => {
    const rig = rigWith(Array(999).fill(outer(429, { "retry-after": "10" })), {
      retry: { maxRetries: 100, maxTotalMs: 35_000 },
    });
    rig.send("a");
    rig.run();
    expect(rig.posts).toHaveLength(4);
    expect(rig.errorOf("a").cause).toMatchObject({ limit: "retry.maxTotalMs" });
  });

  it("does not count the time before the first POST", () => {
    const rig = new Rig({ concurrency: 1, retry: { maxTotalMs: 5000 } });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply(okay(urls), { afterMs: 60_000 })
        : number === 1
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "3" } }])
        : rig.reply(okay(urls));
    rig.send("slow");
    rig.send(get("a", { context: "x" }));
    rig.run();
    expect(untimed(rig.told)).toEqual(["slow 200", "a 200"]);
  });

  it("closes while it backs off", async () => {
    const rig = rigWith([outer(503)]);
    rig.send("a");
    rig.run(20);
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told).toEqual(["@262 a 200"]);
  });
});
