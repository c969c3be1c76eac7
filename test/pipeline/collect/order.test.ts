import { describe, expect, it } from "vitest";
import { after, get } from "../../../mod.ts";
import { submissionOf } from "../../../src/operation/identity.ts";
import { Entry } from "../../../src/pipeline/entry.ts";
import { names, okay, Rig } from "../../support/rig.ts";

describe("rule 7: what an operation remembers of a batcher that has answered it", () => {
  it("is the same for all of them, and not who waited for it", () => {
    const rig = new Rig();
    const [a, b] = [get("a"), get("b")];
    rig.send(a);
    rig.send(b);
    expect(submissionOf(a)).toBeInstanceOf(Entry);
    rig.run();
    expect(rig.told).toHaveLength(2);
    expect(submissionOf(a)).not.toBeInstanceOf(Entry);
    expect(submissionOf(a)).toMatchObject({ state: "answered", response: undefined });
    expect(submissionOf(b)).toBe(submissionOf(a));
  });

  it("is the answer as well, where something is made of it", () => {
    const rig = new Rig();
    const a = get("a");
    const made = after(a, ({ body }) => get(`of-${body}`));
    rig.send(a);
    rig.run();
    expect(submissionOf(a)).not.toBeInstanceOf(Entry);
    expect(submissionOf(a)).toMatchObject({ state: "answered", response: { body: "a" } });
    rig.send(made);
    rig.run();
    expect(rig.posts[1]).toMatch(/ me: of-a$/);
  });

  it("is the failure, for those that depend on it later", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply([{ index: 0, status: 404 }]);
    const a = get("a");
    rig.send(a);
    rig.run();
    rig.send(get("b", { dependsOn: [a] }));
    expect(rig.told).toEqual(["@11 a ResponseError 404", "@11 b DependencyError"]);
  });
});

describe("rule 8: on a wire that honours dependsOn", () => {
  it("one follower that waits elsewhere keeps no other out of the batch", () => {
    const rig = new Rig({ wire: { order: "native" } });
    rig.answer = ({ context, urls }) =>
      rig.reply(okay(urls), { afterMs: context === "x" ? 50 : 1 });
    const slow = get("slow", { context: "x" });
    const a = get("a");
    rig.send(slow);
    rig.send(a);
    rig.send(get("late", { dependsOn: [a, slow] }));
    rig.send(get("next", { dependsOn: [a] }));
    rig.run();
    expect(rig.posts).toEqual(["@10 x: slow", "@10 me: a next", "@70 me: late"]);
  });

  /** As many POSTs are out as may be, and end at these times: what comes now stands in line. */
  function busy(...endsMs: readonly number[]): Rig {
    const rig = new Rig({
      wire: { order: "native" },
      maxBatchSize: 3,
      concurrencyPerContext: endsMs.length,
      retry: { baseDelayMs: 0 },
    });
    rig.answer = ({ number, urls }) => rig.reply(okay(urls), { afterMs: endsMs[number] ?? 100 });
    for (const url of names(endsMs.length, "busy")) {
      rig.send(url);
      rig.batcher.flush();
    }
    return rig;
  }

  it("a follower that waits elsewhere makes no chain of the one that it waits for", () => {
    const rig = busy(5, 50);
    const slow = get("slow", { context: "x" });
    const [a, b] = [get("a"), get("b")];
    const c = get("c", { dependsOn: [a] });
    const d = get("d", { dependsOn: [c] });
    const e = get("e", { dependsOn: [d] });
    // Three wait for what goes first, and find no room beside it.
    for (const operation of [a, get("a1"), get("a2"), c, d, e]) rig.send(operation);
    for (const operation of [slow, b, get("late", { dependsOn: [b, slow] }), get("b1")]) {
      rig.send(operation);
    }
    rig.run();
    expect(rig.posts.slice(2, 5)).toEqual(["@5 me: a a1 a2", "@10 x: slow", "@50 me: b b1"]);
    expect(rig.told).toHaveLength(12);
  });

  it("a follower that still waits in the lane when its parent goes again waits there once", () => {
    const rig = busy(5);
    const { answer } = rig;
    rig.answer = (batch) =>
      batch.number === 1
        ? rig.reply([{ index: 0, status: 429 }, ...okay(["a", "b", "b1"]).slice(1)])
        : answer(batch);
    const a = get("a");
    for (const operation of [a, get("b"), get("b1"), get("c", { dependsOn: [a] })]) {
      rig.send(operation);
    }
    rig.run();
    expect(rig.posts.slice(1)).toEqual(["@5 me: a b b1", "@10 me: a c"]);
    expect(rig.told).toHaveLength(5);
    expect(rig.timers).toBe(0);
  });
});
