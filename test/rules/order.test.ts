import { describe, expect, it } from "vitest";
import { get, type Operation, post, put } from "../../mod.ts";
import { names, okay, Rig, untimed } from "../support/rig.ts";

describe("rule 8: sent only after everything it depends on has succeeded", () => {
  it("goes in a later batch, also when both would fit in one", () => {
    const rig = new Rig();
    const draft = post("draft");
    rig.send(draft);
    rig.send(post("send", undefined, { dependsOn: [draft] }));
    rig.send("other");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: draft other", "@21 me: send"]);
    expect(rig.told).toEqual(["@11 draft 200", "@11 other 200", "@22 send 200"]);
  });

  it("waits for all of several, in whatever order they succeed", () => {
    const rig = new Rig({ maxBatchSize: 1 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: urls[0] === "a" ? 50 : 5 });
    const a = get("a");
    const b = get("b", { context: "x" });
    rig.send(a);
    rig.send(b);
    rig.send(get("c", { dependsOn: [a, b, a] }));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@0 x: b", "@50 me: c"]);
  });

  it("goes on as soon as the answer is there, not when its batch has ended", () => {
    const rig = new Rig();
    rig.answer = ({ number, urls }) =>
      number === 0 ? rig.trickle([[1, { index: 0 }], [500, { index: 1 }]]) : rig.reply(okay(urls));
    const a = get("a");
    rig.send(a);
    rig.send("slow");
    rig.send(get("b", { dependsOn: [a] }));
    rig.run();
    expect(rig.posts[1]).toBe("@21 me: b");
  });

  it("waits while what it depends on is repeated", () => {
    const rig = new Rig();
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "3" } }])
        : rig.reply(okay(urls));
    const a = get("a");
    rig.send(a);
    rig.send(get("b", { dependsOn: [a] }));
    rig.run();
    expect(rig.told).toEqual(["@3012 a 200", "@3023 b 200"]);
  });

  it("waits for the schema of what it depends on", async () => {
    const rig = new Rig();
    let answer = (_: { value: number }) => {};
    const promise = new Promise<{ value: number }>((resolve) => answer = resolve);
    const schema = {
      "~standard": { version: 1, vendor: "test", validate: () => promise },
    } as const;
    const a = get("a", { schema });
    rig.send(a);
    rig.send(get("b", { dependsOn: [a] }));
    rig.run(50);
    expect(rig.posts).toHaveLength(1);
    answer({ value: 1 });
    await promise;
    await Promise.resolve();
    rig.run();
    expect(rig.told).toEqual(["@50 a 200", "@61 b 200"]);
  });

  it("may share a batch on a wire with dependsOn of its own", () => {
    const rig = new Rig({ wire: { order: "native" } });
    const a = get("a");
    rig.send(a);
    rig.send(get("b", { dependsOn: [a] }));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a b"]);
  });
});

describe("rule 8: on a wire with dependsOn of its own", () => {
  const wire = { order: "native" } as const;

  it("goes with one that is sent again when its other need has its answer", () => {
    const rig = new Rig({ wire, concurrencyPerContext: 2 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0 }, { index: 1, status: 429, headers: { "retry-after": "1" } }])
        : rig.reply(okay(urls));
    const [a, b] = [get("a"), get("b")];
    rig.send(a);
    rig.send(b);
    rig.run(50);
    rig.send(get("c", { dependsOn: [a, b] }));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a b", "@1011 me: b c"]);
    expect(rig.told).toEqual(["@11 a 200", "@1012 b 200", "@1012 c 200"]);
  });

  it("goes with one that is sent again although another was answered while it waited", () => {
    const rig = new Rig({ wire });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0 }, { index: 1, status: 429 }, { index: 2, status: 424 }])
        : rig.reply(okay(urls));
    const [a, b] = [get("a"), get("b")];
    for (const operation of [a, b, get("c", { dependsOn: [a, b] })]) rig.send(operation);
    rig.run();
    expect(untimed(rig.posts)).toEqual(["me: a b", "me: b c"]);
    expect(untimed(rig.told)).toEqual(["a 200", "b 200", "c 200"]);
  });

  it("leaves behind who has left, and is led by nobody for their sake", () => {
    const rig = new Rig({ wire });
    const a = get("a");
    rig.send(a);
    const leaving = rig.send(get("b", { dependsOn: [a] }));
    rig.send("c");
    rig.at(5, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a c"]);
    expect(rig.told).toEqual(["@11 a 200", "@11 c 200"]);
  });
});

describe("rule 9: a failure fails what depends on it", () => {
  it("settles dependents, and theirs, without sending them", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      rig.reply(urls.map((url, index) => ({ index, status: url === "a" ? 404 : 200 })));
    const a = get("a");
    const b = get("b", { dependsOn: [a] });
    const c = get("c", { dependsOn: [b] });
    for (const operation of [a, b, c]) rig.send(operation);
    rig.send("free");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a free"]);
    expect(rig.told).toEqual([
      "@11 a ResponseError 404",
      "@11 free 200",
      "@11 b DependencyError",
      "@11 c DependencyError",
    ]);
    expect(rig.errorOf("b").cause).toBe(rig.errorOf("a"));
    expect(rig.errorOf("c").cause).toBe(rig.errorOf("b"));
  });

  it("fails them when its subscriber leaves, waiting or in flight", () => {
    for (const leavesAt of [5, 15]) {
      const rig = new Rig();
      rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 20 });
      const a = get("a");
      const leaving = rig.send(a);
      rig.send(get("b", { dependsOn: [a] }));
      rig.at(leavesAt, () => leaving.unsubscribe());
      rig.run();
      expect(rig.told).toEqual([`@${leavesAt} b DependencyError`]);
      expect(rig.errorOf("b").cause).toBeUndefined();
      expect(rig.timers).toBe(0);
    }
  });

  it("fails one that comes when the failure is long past", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply([{ index: 0, status: 500 }]);
    const a = get("a");
    rig.send(a);
    rig.run();
    rig.send(get("b", { dependsOn: [a] }));
    expect(rig.told).toEqual(["@11 a ResponseError 500", "@11 b DependencyError"]);
  });

  it("fails one that comes when what it depends on has long been left", () => {
    for (const leavesAt of [5, 15]) {
      const rig = new Rig();
      rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 20 });
      const a = get("a");
      const leaving = rig.send(a);
      rig.at(leavesAt, () => leaving.unsubscribe());
      rig.run();
      const atMs = rig.now;
      rig.send(get("b", { dependsOn: [a] }));
      expect(rig.told).toEqual([`@${atMs} b DependencyError`]);
      expect(rig.timers).toBe(0);
    }
  });

  it("fails once when several of its needs fail", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(urls.map((_, index) => ({ index, status: 404 })));
    const [a, b] = [get("a"), get("b")];
    rig.send(a);
    rig.send(b);
    rig.send(get("c", { dependsOn: [a, b] }));
    rig.run();
    expect(rig.told.filter((line) => line.includes(" c "))).toEqual(["@11 c DependencyError"]);
  });

  it("fails what a native wire had put into the same batch", () => {
    const rig = new Rig({ wire: { order: "native" } });
    rig.answer = () => rig.reply([{ index: 1, status: 424 }, { index: 0, status: 404 }]);
    const a = get("a");
    rig.send(a);
    rig.send(get("b", { dependsOn: [a] }));
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 404", "@11 b DependencyError"]);
    expect(rig.posts).toHaveLength(1);
  });
});

describe("rule 10: dependsOn means the latest submission here", () => {
  it("refuses what was never submitted to this batcher", () => {
    const rig = new Rig();
    const other = new Rig();
    const a = get("a");
    other.send(a);
    rig.send(get("b", { dependsOn: [a] }));
    expect(rig.told).toEqual(["@0 b OperationError"]);
    expect(rig.timers).toBe(0);
  });

  it("counts one that was answered before", () => {
    const rig = new Rig();
    const a = get("a");
    rig.send(a);
    rig.run();
    rig.send(get("b", { dependsOn: [a] }));
    rig.run();
    expect(rig.told).toEqual(["@11 a 200", "@22 b 200"]);
  });

  it("counts one that was answered before beside others that are not", () => {
    const rig = new Rig();
    const [a, b] = [get("a"), get("b")];
    rig.send(a);
    rig.run();
    rig.send(b);
    rig.send(get("c", { dependsOn: [a, b] }));
    rig.run();
    expect(rig.told).toEqual(["@11 a 200", "@22 b 200", "@33 c 200"]);
  });

  it("takes the latest of several submissions, whatever became of the others", () => {
    const rig = new Rig({ maxBatchSize: 1 });
    rig.answer = ({ number, urls }) =>
      number === 0 ? rig.reply([{ index: 0, status: 404 }]) : rig.reply(okay(urls), { afterMs: 9 });
    const a = get("a");
    rig.send(a, "first");
    rig.run(5);
    rig.send(a, "second");
    rig.send(get("b", { dependsOn: [a] }));
    rig.run();
    expect(rig.told).toEqual(["@1 first ResponseError 404", "@14 second 200", "@23 b 200"]);
  });

  it("keeps what it depends on when that is submitted again later", () => {
    const rig = new Rig();
    const a = get("a");
    const first = rig.send(a, "first");
    rig.send(get("b", { dependsOn: [a] }));
    rig.send(a, "second");
    rig.at(5, () => first.unsubscribe());
    rig.run();
    expect(rig.told).toEqual(["@5 b DependencyError", "@11 second 200"]);
  });

  it("keeps the submissions to several batchers apart", () => {
    const [x, y, z] = [new Rig(), new Rig(), new Rig()];
    y.answer = () => y.reply([{ index: 0, status: 404 }]);
    const a = get("a");
    for (const rig of [x, y, z, x, y]) {
      rig.send(a);
      rig.run();
    }
    for (const rig of [x, y, z]) {
      rig.send(get("b", { dependsOn: [a] }));
      rig.run();
    }
    expect([x, y, z].map((rig) => rig.told.at(-1))).toEqual([
      "@33 b 200",
      "@22 b DependencyError",
      "@22 b 200",
    ]);
  });

  it("counts one that was refused at the door as submitted, and failed", () => {
    const rig = new Rig({ maxQueued: 1 });
    const [a, b] = [get("a"), get("b")];
    rig.send(a);
    rig.send(b);
    rig.run();
    rig.send(get("c", { dependsOn: [b] }));
    expect(rig.told).toEqual(["@0 b LimitError", "@11 a 200", "@11 c DependencyError"]);
  });
});

describe("rule 11: of one orderingKey, one operation is out at a time", () => {
  const inKey = (url: string, init: { context?: string; dependsOn?: Operation[] } = {}) =>
    post(url, undefined, { orderingKey: "k", ...init });

  it("sends them one after another, in the order submitted, over all contexts", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.send(inKey("a"));
    rig.send(inKey("b", { context: "x" }));
    rig.send(inKey("c"));
    rig.send(post("free"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a free", "@1 x: b", "@2 me: c"]);
  });

  it("keeps keys apart", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    for (const url of names(3)) rig.send(post(url, undefined, { orderingKey: url }));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: m0 m1 m2"]);
  });

  it("goes on after a failure", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = ({ urls }) => rig.reply([{ index: 0, status: urls[0] === "a" ? 404 : 200 }]);
    rig.send(inKey("a"));
    rig.send(inKey("b"));
    rig.run();
    expect(rig.told).toEqual(["@1 a ResponseError 404", "@2 b 200"]);
  });

  it("keeps the turn while it is repeated", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "2" } }])
        : rig.reply(okay(urls));
    rig.send(inKey("a"));
    rig.send(inKey("b"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@2001 me: a", "@2002 me: b"]);
  });

  it("keeps the turn while it is held by what it depends on", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 10 });
    const slow = get("slow");
    rig.send(slow);
    rig.send(inKey("a", { dependsOn: [slow] }));
    rig.send(inKey("b"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: slow", "@10 me: a", "@20 me: b"]);
  });

  it("ends the turn of one that was left in flight when its POST has ended", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 100 });
    const leaving = rig.send(inKey("a"));
    rig.send(inKey("b"));
    rig.at(50, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@100 me: b"]);
  });

  it("ends the turn at once when the POST is aborted with it", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 100 });
    const leaving = rig.send(get("a", { orderingKey: "k" }));
    rig.send(inKey("b"));
    rig.at(50, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@50 me: b"]);
  });

  it("passes over those that have left, however many", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.send(inKey("a"));
    const leaving = names(1000).map((url) => rig.send(inKey(url)));
    rig.send(inKey("z"));
    for (const subscription of leaving) subscription.unsubscribe();
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@1 me: z"]);
  });

  it("takes a turn up again after all have left", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    for (const url of names(3)) rig.send(inKey(url)).unsubscribe();
    rig.send(inKey("a"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a"]);
  });

  it("keeps one operation that is submitted twice apart", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    const a = inKey("a");
    rig.send(a, "first");
    rig.send(a, "second");
    rig.run();
    expect(rig.told).toEqual(["@1 first 200", "@2 second 200"]);
  });
});

describe("rule 12: independent chains share batches", () => {
  it.each([[30, 5], [100, 10], [1, 40], [20, 3]])(
    "sends %i chains of length %i in k·⌈n/20⌉ batches",
    (count, length) => {
      const rig = new Rig({ maxWaitMs: 0 });
      for (let chain = 0; chain < count; chain++) {
        let last: Operation | undefined;
        for (let link = 0; link < length; link++) {
          last = get(`c${chain}.${link}`, last === undefined ? {} : { dependsOn: [last] });
          rig.send(last);
        }
      }
      rig.run();
      expect(rig.told).toHaveLength(count * length);
      expect(rig.posts).toHaveLength(length * Math.ceil(count / 20));
    },
  );

  it("does the same for keys", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    for (let at = 0; at < 200; at++) {
      rig.send(post(`u${at}`, undefined, { orderingKey: `k${at % 20}` }));
    }
    rig.run();
    expect(rig.posts).toHaveLength(10);
  });
});

describe("rule 9: DependencyError means that it surely did not run", () => {
  const native = { wire: { order: "native" } } as const;

  it.each(["left", "failed"])(
    "one in the same POST as a need that %s reads its own part",
    (end) => {
      const rig = new Rig(native);
      const status = end === "failed" ? 404 : 200;
      rig.answer = () =>
        rig.trickle([[100, { index: 0, status }], [200, { index: 1, status: 201 }]]);
      const need = post("need");
      const subscription = rig.send(need);
      rig.send(post("then", {}, { dependsOn: [need] }));
      if (end === "left") rig.at(50, () => subscription.unsubscribe());
      rig.run();
      expect(rig.posts).toHaveLength(1);
      expect(rig.told.at(-1)).toBe("@210 then 201");
    },
  );

  it("a part of 424 says that it did not run, whenever it comes", () => {
    for (const order of [[0, 1], [1, 0]]) {
      const rig = new Rig(native);
      const parts = [{ index: 0, status: 404 }, { index: 1, status: 424 }];
      rig.answer = () =>
        rig.trickle(order.map((at, turn) => [10 * (turn + 1), parts[at]!] as const));
      const need = post("need");
      rig.send(need);
      rig.send(post("then", {}, { dependsOn: [need] }));
      rig.run();
      expect(rig.told).toEqual([
        `@${10 + 10 * (1 + order.indexOf(0))} need ResponseError 404`,
        "@30 then DependencyError",
      ]);
    }
  });

  it("one whose part is lost is unknown when its need has failed", () => {
    for (const make of [post, put]) {
      const rig = new Rig(native);
      rig.answer = () => rig.reply([{ index: 0, status: 404 }]);
      const need = post("need");
      rig.send(need);
      rig.send(make("then", {}, { dependsOn: [need] }));
      rig.run();
      expect(rig.told.at(-1)).toBe("@11 then NotExecutedError unknown");
      expect(rig.posts).toHaveLength(1);
    }
  });

  it("one that may have run is unknown when its need fails in a later attempt", () => {
    const rig = new Rig(native);
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.failing(new Error("reset"))
        : rig.reply(urls.map((url, index) => ({ index, status: url === "need" ? 404 : 424 })));
    const need = put("need");
    rig.send(need);
    rig.send(put("then", {}, { dependsOn: [need] }));
    rig.run();
    expect(untimed(rig.told)).toEqual([
      "need ResponseError 404",
      "then NotExecutedError unknown",
    ]);
  });

  it("does not wait for ever for a need that fell while it was out", () => {
    const rig = new Rig({ ...native, retry: { maxRetries: 1 } });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 404 }, { index: 1, status: 429 }])
        : rig.reply(okay(urls));
    const need = post("need");
    rig.send(need);
    rig.send(post("then", {}, { dependsOn: [need] }));
    const closed = rig.batcher.close();
    rig.run();
    expect(rig.told).toHaveLength(2);
    expect(rig.timers).toBe(0);
    return closed;
  });

  it("an answer that its schema still looks at is not taken away", async () => {
    const rig = new Rig(native);
    rig.answer = () => rig.trickle([[5, { index: 1 }], [20, { index: 0, status: 404 }]]);
    const need = post("need");
    rig.send(need);
    let pass: (() => void) | undefined;
    const validate = () =>
      new Promise<{ value: unknown }>((resolve) => pass = () => resolve({ value: "checked" }));
    const schema = { "~standard": { version: 1, vendor: "test", validate } } as const;
    rig.send(post("then", {}, { dependsOn: [need], schema }));
    rig.run(100);
    expect(rig.told).toEqual(["@30 need ResponseError 404"]);
    pass!();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(rig.bodyOf("then")).toBe("checked");
  });
});
