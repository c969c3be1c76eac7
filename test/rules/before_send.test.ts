import { describe, expect, it } from "vitest";
import {
  type BatchOptions,
  createGraphBatcher,
  get,
  type HttpRequest,
  NotExecutedError,
  type Operation,
  post,
} from "../../mod.ts";
import { names, okay, Rig, type RigOptions } from "../support/rig.ts";

type BeforeSend = NonNullable<BatchOptions["beforeSend"]>;

/** A rig whose batches wait for a word. */
function waiting(options: RigOptions = {}) {
  const asked: { operations: readonly Operation[]; options: Parameters<BeforeSend>[1] }[] = [];
  const answers: { resolve(): void; reject(cause: unknown): void }[] = [];
  const rig = new Rig({
    ...options,
    beforeSend: (operations, given) => {
      asked.push({ operations, options: given });
      return new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
    },
  });
  return { rig, asked, answers };
}

/** Lets promises be heard. */
async function heard(): Promise<void> {
  for (let at = 0; at < 5; at++) await Promise.resolve();
}

describe("rule 33: beforeSend", () => {
  it("passes the turn of who left meanwhile on to the next of the ordering key", async () => {
    const { rig, answers } = waiting();
    const first = rig.send(get("first", { orderingKey: "k" }));
    rig.send("beside");
    rig.send(get("next", { orderingKey: "k" }));
    rig.run(50);
    first.unsubscribe();
    answers[0]!.resolve();
    await heard();
    rig.run(100);
    answers[1]!.resolve();
    await heard();
    rig.run();
    expect(rig.told.map((line) => line.replace(/@\d+ /, ""))).toEqual(["beside 200", "next 200"]);
  });

  it("passes the turn of a dependent that fell meanwhile on as well", async () => {
    const { rig, answers } = waiting({ wire: { order: "native" } });
    const parent = get("parent");
    const subscription = rig.send(parent);
    rig.send(get("child", { dependsOn: [parent], orderingKey: "k" }));
    rig.send("beside");
    rig.send(get("next", { orderingKey: "k" }));
    rig.run(50);
    subscription.unsubscribe();
    for (let at = 0; at < 4; at++) {
      answers[at]?.resolve();
      await heard();
      rig.run(100 * (at + 1));
    }
    expect(rig.told.map((line) => line.replace(/@\d+ /, "")).sort()).toEqual([
      "beside 200",
      "child DependencyError",
      "next 200",
    ]);
  });

  it("is asked with what the batch carries before anything is out", async () => {
    const { rig, asked, answers } = waiting();
    const a = get("a", { context: "x" });
    rig.send(a);
    rig.run(50);
    expect(rig.posts).toEqual([]);
    expect(asked[0]!.operations).toEqual([a]);
    expect(asked[0]!.options).toMatchObject({ context: "x", account: undefined });
    answers[0]!.resolve();
    await heard();
    rig.run();
    expect(rig.told).toEqual(["@51 a 200"]);
    expect(asked[0]!.options.signal.aborted).toBe(false);
  });

  it("costs no turn when it answers at once, and is asked at each attempt", () => {
    let asked = 0;
    const rig = new Rig({ beforeSend: () => void asked++, retry: { baseDelayMs: 0 } });
    rig.answer = ({ number, urls }) =>
      rig.reply(urls.map((url, index) => ({ index, body: url, status: number === 0 ? 429 : 200 })));
    rig.send("a");
    rig.run();
    expect(rig.told.at(-1)).toMatch(/a 200$/);
    expect(asked).toBe(2);
  });

  it("fails a batch that it rejects for good, surely not executed", async () => {
    const { rig, answers } = waiting();
    rig.send("a");
    rig.send(post("b"));
    rig.run(20);
    const cause = new Error("the journal is full");
    answers[0]!.reject(cause);
    await heard();
    rig.run();
    expect(rig.posts).toEqual([]);
    expect(rig.told).toEqual(["@20 a NotExecutedError certain", "@20 b NotExecutedError certain"]);
    expect(rig.errorOf("a")).toBeInstanceOf(NotExecutedError);
    expect(rig.errorOf("a").cause).toBe(cause);
    expect(rig.timers).toBe(0);
  });

  it("fails a batch on which it throws", () => {
    const rig = new Rig({
      beforeSend() {
        throw new Error("odd");
      },
    });
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@10 a NotExecutedError certain"]);
  });

  it("fails a batch for which it gives what throws when it is looked at", async () => {
    const answer = {
      get then() {
        throw new Error("broken");
      },
    };
    const rig = new Rig({ beforeSend: () => answer as never });
    rig.send("a");
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told).toEqual(["@0 a NotExecutedError certain"]);
    expect(rig.posts).toEqual([]);
  });

  it("is no attempt when it rejects: those that left before count alone", () => {
    let asked = 0;
    const rig = new Rig({
      retry: { baseDelayMs: 0 },
      beforeSend() {
        if (++asked !== 1) throw new Error("odd");
      },
    }).listen();
    rig.answer = ({ urls }) => rig.reply(urls.map((_, index) => ({ index, status: 429 })));
    rig.send("a");
    rig.at(5000, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a"]);
    expect([rig.errorOf("a").attempts, rig.errorOf("b").attempts]).toEqual([1, 0]);
    const settled = rig.events.filter((event) => event.type === "settled");
    expect(settled.map(({ attempts }) => attempts)).toEqual([1, 0]);
  });

  it("takes out who leaves meanwhile, and those that depend on it fall", async () => {
    const { rig, answers } = waiting({});
    const [a, b] = [post("a"), post("b")];
    const left = rig.send(a);
    rig.send(b);
    rig.send(get("c", { dependsOn: [a] }));
    rig.run(20);
    left.unsubscribe();
    answers[0]!.resolve();
    await heard();
    rig.run();
    expect(rig.posts).toEqual(["@20 me: b"]);
    expect(rig.told).toEqual(["@20 c DependencyError", "@21 b 200"]);
  });

  it("is told when nobody waits any more, and the slot is free", async () => {
    const { rig, asked, answers } = waiting({ concurrency: 1 });
    const left = rig.send(post("a"));
    rig.run(20);
    left.unsubscribe();
    expect(asked[0]!.options.signal.aborted).toBe(true);
    answers[0]!.resolve();
    rig.send("b");
    rig.run(40);
    answers[1]!.resolve();
    await heard();
    rig.run();
    expect(rig.posts).toEqual(["@40 me: b"]);
  });

  it("puts all back when the lane pauses meanwhile", async () => {
    const { rig, answers } = waiting({ maxBatchSize: 2 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply(
          urls.map((_, index) => ({ index, status: 429, headers: { "retry-after": "3" } })),
        )
        : rig.reply(okay(urls));
    for (const name of names(4)) rig.send(name);
    rig.run(5);
    expect(answers).toHaveLength(2);
    answers[0]!.resolve();
    await heard();
    rig.run(20);
    answers[1]!.resolve();
    await heard();
    rig.run(2900);
    expect(rig.posts).toHaveLength(1);
    rig.run(3100);
    for (const answer of answers) answer.resolve();
    await heard();
    rig.run(3200);
    for (const answer of answers) answer.resolve();
    await heard();
    rig.run();
    expect(rig.told).toHaveLength(4);
    for (const line of rig.told) expect(line).toMatch(/ 200$/);
    expect(rig.batches).toHaveLength(3);
  });

  it("is within timeoutMs", () => {
    const { rig, asked } = waiting({ timeoutMs: 100, retry: false });
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@110 a NotExecutedError certain"]);
    expect(asked[0]!.options.signal.aborted).toBe(true);
  });

  it("takes the rest of a chain out of its POST when a link leaves meanwhile", async () => {
    const { rig, asked, answers } = waiting();
    const bodies: string[] = [];
    const graph = createGraphBatcher({
      scheduler: rig.clock,
      beforeSend: rig.options.beforeSend,
      transport: ({ body }: HttpRequest) => {
        bodies.push(new TextDecoder().decode(body));
        const answer = `{"responses":[{"id":"1","status":204}]}`;
        const headers = { "content-type": "application/json" };
        return [{ status: 200, headers, body: [new TextEncoder().encode(answer)] }];
      },
    });
    const a = post("/me/a");
    const b = post("/me/b", undefined, { dependsOn: [a] });
    const c = post("/me/c", undefined, { dependsOn: [b] });
    rig.watch("a", graph.send(a));
    const leaving = rig.watch("b", graph.send(b));
    rig.watch("c", graph.send(c));
    rig.run(20);
    expect(asked[0]!.operations).toEqual([a, b, c]);
    leaving.unsubscribe();
    for (const { resolve } of answers) resolve();
    await heard();
    rig.run();
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain("/me/a");
    expect(bodies[0]).not.toMatch(/dependsOn|\/me\/b|\/me\/c/);
    expect(rig.told.toSorted()).toEqual(["@20 a 204", "@20 c DependencyError"]);
  });

  it("takes out what falls as others are told that they fell", async () => {
    const { rig, asked, answers } = waiting({ wire: { order: "native" } });
    const a = get("a");
    const b = get("b", { dependsOn: [a] });
    const c = get("c", { dependsOn: [b] });
    const d = get("d", { dependsOn: [c] });
    const first = rig.send(a);
    rig.send(b);
    const third = rig.send(c);
    rig.batcher.send(d).subscribe({ error: () => first.unsubscribe() });
    rig.run(20);
    expect(asked[0]!.operations).toEqual([a, b, c, d]);
    third.unsubscribe();
    answers[0]!.resolve();
    await heard();
    rig.run();
    expect(rig.posts).toEqual([]);
    expect(rig.told).toEqual(["@20 b DependencyError"]);
  });

  describe("of a batch for several lanes, which all of one leave meanwhile", () => {
    /** A batch for `x` and `y` waits for its word, and `gone` leaves it. */
    function left(gone: "x" | "y", options: RigOptions = {}) {
      const wire: RigOptions["wire"] = {
        contextOf: ({ context = "me" }) => ({
          key: context,
          name: context,
          url: "https://plain.example/all/$batch",
          mix: "all",
        }),
      };
      const { rig, answers } = waiting({ maxWaitMs: 0, ...options, wire });
      const send = (context: string, url: string) => rig.send(get(url, { context }));
      const [x, y] = [send("x", "x1"), send("y", "y1")];
      rig.run(10);
      (gone === "x" ? x : y).unsubscribe();
      /** The word for all batches that wait for one. */
      const word = async (untilMs?: number) => {
        for (const { resolve } of answers.splice(0)) resolve();
        await heard();
        rig.run(untilMs);
      };
      return { rig, send, word };
    }

    it.each(["x", "y"] as const)("holds that lane up with no pause: %s", async (gone) => {
      const { rig, send, word } = left(gone);
      const stays = gone === "x" ? "y" : "x";
      rig.answer = ({ urls }) => {
        const headers = { "retry-after": "60" };
        return rig.reply(
          urls.map((url, index) => ({ index, body: url })),
          rig.batches.length === 1 ? { headers } : {},
        );
      };
      await word(20);
      send(stays, "stays");
      send(gone, "gone");
      rig.run(30);
      await word(40);
      expect(rig.posts).toEqual([`@10 all: ${stays}1`, "@30 all: gone"]);
      rig.run(70_000);
      await word();
      expect(rig.posts[2]).toBe("@70000 all: stays");
      expect(rig.told.map((line) => line.replace(/@\d+ /, ""))).toEqual([
        `${stays}1 200`,
        "gone 200",
        "stays 200",
      ]);
    });

    it.each(["x", "y"] as const)("keeps none of its share of the slots: %s", async (gone) => {
      const { rig, send, word } = left(gone, { concurrencyPerContext: 1 });
      rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 100 });
      await word(20);
      send(gone, "gone");
      rig.run(30);
      await word(40);
      expect(rig.posts[1]).toBe("@30 all: gone");
      rig.run();
      expect(rig.told).toHaveLength(2);
      expect(rig.timers).toBe(0);
    });

    it("takes none of its pace", async () => {
      const pace = { operations: 1, perMs: 1000 };
      const { rig, send, word } = left("y", { pace });
      await word(20);
      for (const lane of ["x", "y"]) send(lane, `${lane}2`);
      rig.run(30);
      await word(40);
      rig.run(1020);
      await word();
      expect(rig.posts).toEqual(["@10 all: x1", "@30 all: y2", "@1020 all: x2"]);
      expect(rig.timers).toBe(0);
    });
  });

  it("counts who has left meanwhile against no pace", async () => {
    const { rig, answers } = waiting({ maxWaitMs: 0, pace: { operations: 2, perMs: 1000 } });
    const leaving = rig.send("leaves");
    rig.send("a");
    rig.run(10);
    leaving.unsubscribe();
    answers[0]!.resolve();
    await heard();
    rig.send("b");
    rig.run(20);
    answers[1]!.resolve();
    await heard();
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@20 me: b"]);
  });

  it("must be a function", () => {
    expect(() => new Rig({ beforeSend: 7 as unknown as BeforeSend })).toThrow(TypeError);
  });
});
