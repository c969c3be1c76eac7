import { from } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  after,
  type AnyOperation,
  batch,
  DependencyError,
  type DerivedOperation,
  get,
  type Operation,
  OperationError,
  post,
  type ResultOf,
} from "../../mod.ts";
import { keepsAnswer } from "../../src/operation/identity.ts";
import { okay, Rig } from "../support/rig.ts";

/** Built from the URL that its parent was answered with. */
function then(parent: AnyOperation, name: string): DerivedOperation {
  return after(parent, ({ body }) => post(`${body}/${name}`), { label: name });
}

/** The error that this was refused with. */
function errorOf(rig: Rig, name: string): OperationError {
  const error = rig.errorOf(name);
  expect(error).toBeInstanceOf(OperationError);
  return error as OperationError;
}

describe("rule 32: a derived operation is built from the answers of its parents", () => {
  it("waits for its parent, in a later batch, and gets its answer", () => {
    const rig = new Rig();
    const draft = post("draft");
    rig.send(draft);
    rig.send(then(draft, "send"));
    rig.send("other");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: draft other", "@21 me: draft/send"]);
    expect(rig.told).toEqual(["@11 draft 200", "@11 other 200", "@22 send 200"]);
  });

  it("gets the answers of several in their order, whichever came first", () => {
    const rig = new Rig({ maxBatchSize: 1 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: urls[0] === "a" ? 50 : 5 });
    const a = get<string>("a");
    const b = get<string>("b", { context: "x" });
    rig.send(a);
    rig.send(b);
    rig.send(
      after([a, b, a], ([one, two, three]) => get(`${one.body}${two.body}${three.body}`)),
      "c",
    );
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@0 x: b", "@50 me: aba"]);
  });

  it("crosses mailboxes", () => {
    const rig = new Rig();
    const a = get<string>("a", { context: "x" });
    rig.send(a);
    rig.send(after(a, ({ body }) => post(`${body}/copy`, undefined, { context: "y" })), "copy");
    rig.run();
    expect(rig.posts).toEqual(["@10 x: a", "@21 y: a/copy"]);
  });

  it("nests", () => {
    const rig = new Rig();
    const a = get("a");
    const b = then(a, "b");
    const c = then(b, "c");
    for (const operation of [a, b, c, then(c, "d")]) rig.send(operation);
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual(["a", "a/b", "a/b/c", "a/b/c/d"]);
    expect(rig.told.at(-1)).toBe("@44 d 200");
  });

  it("is built once for each submission, and repeats send what was built", () => {
    const rig = new Rig({ retry: { baseDelayMs: 0 } });
    rig.answer = ({ number, urls }) =>
      rig.reply(urls.map((url, index) => ({ index, body: url, status: number === 1 ? 429 : 200 })));
    let built = 0;
    const a = get("a");
    const b = after(a, () => post(`b${++built}`), { label: "b" });
    rig.send(a);
    rig.send(b);
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual(["a", "b1", "b1"]);
    rig.send(b);
    rig.run();
    expect(rig.batches.at(-1)!.urls).toEqual(["b2"]);
    expect(built).toBe(2);
  });

  it("is never built for one that left, that waits for it or for its parent", () => {
    const rig = new Rig();
    let built = 0;
    const a = get("a");
    rig.send(a);
    const left = after(a, () => get(`never${++built}`), { label: "left" });
    const subscription = rig.send(left);
    rig.send(then(left, "child"));
    rig.at(5, () => subscription.unsubscribe());
    rig.run();
    expect(built).toBe(0);
    expect(rig.posts).toEqual(["@10 me: a"]);
    expect(rig.told).toEqual(["@5 child DependencyError", "@11 a 200"]);
  });

  it("is not built when its parent's subscriber makes it leave", () => {
    const rig = new Rig();
    let built = 0;
    const a = get("a");
    const b = after(a, () => get(`b${++built}`), { label: "b" });
    rig.batcher.send(a).subscribe(() => subscription.unsubscribe());
    const subscription = rig.send(b);
    rig.run();
    expect(built).toBe(0);
    expect(rig.told).toEqual([]);
  });

  it("may leave, or make others leave, while it is built", () => {
    const rig = new Rig();
    const a = get("a");
    rig.send(a);
    const b = rig.send(
      after(a, () => {
        b.unsubscribe();
        c.unsubscribe();
        return get("b");
      }),
    );
    const c = rig.send(after(a, () => get("c")));
    rig.send(after(a, () => get("d")), "d");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@21 me: d"]);
    expect(rig.timers).toBe(0);
  });

  it("is what results, errors and events name; the response names what was built", () => {
    const rig = new Rig().listen();
    rig.answer = ({ urls }) =>
      rig.reply(
        urls.map((url, index) => ({ index, body: url, status: url === "bad" ? 404 : 200 })),
      );
    const a = get("a");
    const good = after(a, () => get("good"), { label: "good one" });
    const bad = after(a, () => get("bad"), { label: "bad one" });
    for (const operation of [a, good, bad]) rig.send(operation);
    rig.run();
    const error = rig.errorOf("bad one");
    expect(error.operation).toBe(bad);
    expect(error.message).toContain(`operation ${bad.id} (bad one)`);
    const answered = rig.results.find((result) => result.ok && result.operation.url === "good");
    expect(answered).toBeDefined();
    const sent = rig.events.flatMap((event) => event.type === "sent" ? event.operations : []);
    expect(sent).toEqual([a.id, good.id, bad.id]);
    const ids = new Set([a.id, good.id, bad.id]);
    for (const event of rig.events) {
      if ("operation" in event) expect(ids).toContain(event.operation);
    }
  });

  it("says which parent is missing", () => {
    const rig = new Rig();
    const a = get("a", { label: "the draft" });
    const b = then(a, "b");
    rig.send(then(b, "c"));
    rig.send(b);
    expect(errorOf(rig, "c").message).toContain(`operation ${b.id} (b)`);
    expect(errorOf(rig, "b").message).toContain(`operation ${a.id} (the draft)`);
    rig.run();
    expect(rig.posts).toEqual([]);
  });

  it("needs its parent's answer to have been kept", () => {
    const rig = new Rig();
    const a = get("a");
    rig.send(a);
    rig.run();
    rig.send(then(a, "late"));
    expect(errorOf(rig, "late").message).toContain("make it earlier, or use the response");
    rig.send(a);
    rig.send(then(a, "again"));
    rig.run();
    expect(rig.told.at(-1)).toMatch(/again 200$/);
  });

  it("may be submitted after its parent was answered, if it was made before", () => {
    const rig = new Rig();
    const a = get("a");
    const b = then(a, "b");
    expect(keepsAnswer(a)).toBe(true);
    rig.send(a);
    rig.run();
    rig.send(b);
    rig.send(then(a, "c"));
    rig.run();
    expect(rig.batches.at(-1)!.urls).toEqual(["a/b", "a/c"]);
  });

  it("keeps no answer of what nothing is derived from", () => {
    const a = get("a");
    get("b", { dependsOn: [a] });
    after(get("c"), () => get("d"), { dependsOn: [a] });
    expect(keepsAnswer(a)).toBe(false);
  });

  it("keeps answers for each batcher by itself", () => {
    const [one, two] = [new Rig(), new Rig()];
    const a = get("a");
    const b = then(a, "b");
    one.send(a);
    one.run();
    two.send(b);
    expect(two.told).toEqual(["@0 b OperationError"]);
    one.send(b);
    one.run();
    expect(one.told.at(-1)).toMatch(/b 200$/);
  });

  it("waits for dependsOn too, which it is not given", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: urls[0] === "slow" ? 50 : 1 });
    const a = get<string>("a", { context: "x" });
    const slow = get("slow");
    rig.send(a);
    rig.send(slow);
    rig.send(after([a], (answers) => get(`b${answers.length}`), { dependsOn: [slow] }), "b");
    rig.run();
    expect(rig.posts.at(-1)).toBe("@70 me: b1");
  });

  it("has the turn of its orderingKey by when it was submitted", () => {
    const rig = new Rig();
    const a = get("a");
    rig.send(a);
    rig.send(after(a, () => get("first"), { orderingKey: "k" }), "first");
    rig.send(get("second", { orderingKey: "k" }));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual(["a", "first", "second"]);
  });

  it("fails when a parent fails, and nothing of it is built", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(urls.map((_, index) => ({ index, status: 404 })));
    const a = get("a");
    const b = then(a, "b");
    rig.send(a);
    rig.send(b);
    rig.send(then(b, "c"));
    rig.run();
    expect(rig.told).toEqual([
      "@11 a ResponseError 404",
      "@11 b DependencyError",
      "@11 c DependencyError",
    ]);
    expect(rig.errorOf("b")).toBeInstanceOf(DependencyError);
    expect(rig.errorOf("b").cause).toBe(rig.errorOf("a"));
  });

  it("waits while a parent is repeated", () => {
    const rig = new Rig();
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "3" } }])
        : rig.reply(okay(urls));
    const a = get("a");
    rig.send(a);
    rig.send(then(a, "b"));
    rig.run();
    expect(rig.told).toEqual(["@3012 a 200", "@3023 b 200"]);
  });

  it("never goes in one batch with its parents, also where the wire keeps the order", () => {
    const rig = new Rig({ wire: { order: "native" } });
    const a = get("a");
    const b = then(a, "b");
    rig.send(a);
    rig.send(b);
    rig.send(get("c", { dependsOn: [b] }));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@21 me: a/b c"]);
  });

  it("runs out after close", async () => {
    const rig = new Rig();
    const a = get("a");
    rig.send(a);
    rig.send(then(a, "b"));
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told).toEqual(["@1 a 200", "@12 b 200"]);
  });

  it("comes out of the operator and of sendAll as what went in", async () => {
    const rig = new Rig();
    const a = get("a");
    const b = then(a, "b");
    const results: ResultOf<AnyOperation>[] = [];
    from([a, b]).pipe(batch(rig.wire, rig.options)).subscribe((result) => results.push(result));
    rig.run();
    expect(results.map(({ ok, operation }) => [ok, operation])).toEqual([[true, a], [true, b]]);
    const other = new Rig({ maxWaitMs: 0 });
    const all = other.batcher.sendAll([a, b])[Symbol.asyncIterator]();
    const first = all.next();
    await Promise.resolve();
    other.run();
    expect((await first).value.operation).toBe(a);
    const second = all.next();
    other.run();
    expect((await second).value.operation).toBe(b);
  });

  it.each<[string, () => unknown, string]>([
    ["throws", () => {
      throw new Error("odd");
    }, "threw"],
    ["returns nothing", () => undefined, "undefined"],
    ["returns a promise", () => Promise.resolve(get("x")), "promise"],
    ["returns a promise that fails", () => Promise.reject(new Error("odd")), "promise"],
    ["returns a derived operation", () => after(get("x"), () => get("y")), "derived"],
    ["returns one that depends", () => get("x", { dependsOn: [get("y")] }), "order of its own"],
    ["returns one with a key", () => get("x", { orderingKey: "k" }), "order of its own"],
    ["returns what the wire refuses", () => get("refused"), "the wire"],
  ])("fails alone when its build %s", (_, build, said) => {
    const rig = new Rig({
      wire: {
        encodeOne(operation) {
          if (operation.url === "refused") throw new Error("odd");
          return { operation, bytes: 1 };
        },
      },
    });
    const a = get("a");
    rig.send(a);
    const bad = after(a, build as () => Operation, { label: "bad" });
    rig.send(bad);
    rig.send(then(bad, "child"));
    rig.send(then(a, "good"));
    rig.run();
    expect(rig.told).toEqual([
      "@11 a 200",
      "@11 bad OperationError",
      "@11 child DependencyError",
      "@22 good 200",
    ]);
    const error = errorOf(rig, "bad");
    expect(error.message).toContain(said);
    expect(error.operation).toBe(bad);
    expect(rig.timers).toBe(0);
  });
});
