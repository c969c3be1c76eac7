import { describe, expect, it } from "vitest";
import { get, post } from "../../../../mod.ts";
import { okay, Rig, type RigOptions, type SentBatch, untimed } from "../../../support/rig.ts";
import { steadyBackoff } from "../../../support/virtual_time.ts";

type Answer = (rig: Rig, batch: SentBatch) => ReturnType<Rig["answer"]>;

/** A rig whose first answers are these, and the rest fine. */
function rigWith(first: readonly Answer[], options: RigOptions = {}): Rig {
  const rig = new Rig({ maxWaitMs: 0, retry: { baseDelayMs: 100 }, ...options });
  rig.answer = (batch) => first[batch.number]?.(rig, batch) ?? rig.reply(okay(batch.urls));
  return rig;
}

/** What the first parts say; there are none for the rest. */
const parts = (...statuses: readonly number[]): Answer => (rig) =>
  rig.reply(statuses.map((status, index) => ({ index, status })));
const outer = (status: number): Answer => (rig) => rig.reply("no", { status });
const reset: Answer = (rig) => rig.failing(new Error("reset"));

steadyBackoff();

describe("rule 24: the error says of a budget only where one was spent", () => {
  it("not of an operation that never goes again", () => {
    const rig = rigWith([parts(503)]);
    rig.send(get("a", { retry: false }));
    rig.run();
    expect(rig.errorOf("a").cause).toBeUndefined();
  });

  it("not of one whose parent has failed in the same batch", () => {
    const rig = rigWith([parts(404, 503)], { wire: { order: "native" } });
    const parent = get("a");
    rig.send(parent);
    rig.send(get("b", { dependsOn: [parent] }));
    rig.run();
    expect(rig.told).toEqual(["@1 a ResponseError 404", "@1 b ResponseError 503"]);
    expect(rig.errorOf("b").cause).toBeUndefined();
  });
});

describe("rule 24: not executed", () => {
  const sequential = { wire: { order: "sequential" } } as const;

  it("is no attempt when the same answer settled another one", () => {
    const rig = rigWith([parts(404), parts(404)], { ...sequential, retry: { maxRetries: 0 } });
    for (const name of ["a", "b", "c"]) rig.send(post(name));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a b c", "@1 me: b c", "@2 me: c"]);
    expect(rig.told.at(-1)).toBe("@3 c 200");
  });

  it("is one, with its wait, when that answer settled nobody", () => {
    const first = rigWith([parts(429)], sequential);
    for (const name of ["a", "b"]) first.send(post(name));
    first.run();
    expect(first.posts).toEqual(["@0 me: a b", "@51 me: a b"]);

    const spent = rigWith([parts(409)], { ...sequential, retry: { maxRetries: 0 } });
    const leaving = spent.send(post("a"));
    spent.send(post("b"));
    spent.at(0.5, () => leaving.unsubscribe());
    spent.run();
    expect(spent.told).toEqual(["@1 b NotExecutedError certain"]);
    expect(spent.errorOf("b").cause).toMatchObject({ limit: "retry.maxRetries" });
  });
});

describe("rule 23: a refused token is refreshed once", () => {
  const refreshing = (first: readonly Answer[]) => {
    const asked: boolean[] = [];
    const rig = rigWith(first, {
      token: (_, { refresh }) => {
        asked.push(refresh);
        return `t${asked.length}`;
      },
    });
    rig.send("a");
    rig.run();
    return { rig, refreshes: asked.filter((isRefresh) => isRefresh).length };
  };

  it("whatever was lost meanwhile: that is no word on the fresh one", () => {
    const { rig, refreshes } = refreshing([outer(401), reset, outer(401)]);
    expect(untimed(rig.told)).toEqual(["a BatchHttpError 401"]);
    expect(refreshes).toBe(1);
  });

  it("and its own refusal is no budget that was spent", () => {
    const { rig } = refreshing([parts(401), parts(401)]);
    expect(rig.posts).toHaveLength(2);
    expect(rig.errorOf("a").cause).toBeUndefined();
  });

  it("and again when the fresh one has been good in between", () => {
    const { rig, refreshes } = refreshing([outer(401), parts(503), outer(401)]);
    expect(untimed(rig.told)).toEqual(["a 200"]);
    expect(refreshes).toBe(2);
  });
});

describe("maxQueued counts what goes back to wait", () => {
  it("after an answer, and from a batch that a pause has stopped", async () => {
    const answers: (() => void)[] = [];
    const rig = rigWith([parts(429)], {
      maxQueued: 2,
      maxBatchSize: 1,
      beforeSend: () => new Promise<void>((resolve) => answers.push(resolve)),
    });
    const heard = async () => {
      for (let at = 0; at < 5; at++) await Promise.resolve();
    };
    rig.send("a");
    rig.send("b");
    rig.run(0.5);
    expect(answers).toHaveLength(2);
    answers[0]!();
    await heard();
    // The answer to the first pauses the lane before the second has left.
    rig.run(2);
    answers[1]!();
    await heard();
    rig.run(3);
    rig.send("c");
    expect(rig.told).toEqual(["@3 c LimitError"]);
  });
});
