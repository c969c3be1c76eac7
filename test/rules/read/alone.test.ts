import { describe, expect, it } from "vitest";
import { createOutlookBatcher, get, type LimitError, type SchemaError } from "../../../mod.ts";
import { names, Rig, untimed } from "../../support/rig.ts";
import { heard } from "../../support/virtual_time.ts";
import { a, answered, b, c } from "./answered.ts";
import { answering, exchange, plain, said, writes } from "./exchange.ts";

describe("rule 17: one that cannot be encoded, decoded or validated fails alone", () => {
  it("fails at the door when the wire cannot encode it", () => {
    const rig = new Rig({
      wire: {
        encodeOne(operation) {
          if (operation.url === "b") throw new RangeError("too odd");
          return { operation, bytes: 1 };
        },
      },
    });
    for (const operation of [a, b, c]) rig.send(operation);
    rig.run();
    expect(rig.told).toEqual(["@0 b OperationError", "@11 a 200", "@11 c 200"]);
    expect(rig.errorOf("b").cause).toBeInstanceOf(RangeError);
  });

  it("fails all of a key that cannot be encoded, without nesting", () => {
    const rig = new Rig({
      wire: {
        encodeOne(operation) {
          if (operation.url !== "a") throw new RangeError("too odd");
          return { operation, bytes: 1 };
        },
      },
    });
    rig.send(get("a", { orderingKey: "k" }));
    for (const url of names(20_000)) rig.send(get(url, { orderingKey: "k" }));
    rig.run();
    expect(rig.told).toHaveLength(20_001);
    expect(rig.told[0]).toBe("@11 a 200");
  }, 60_000);

  it("fails alone when its body cannot be read", () => {
    const rig = new Rig();
    const batcher = createOutlookBatcher({
      scheduler: rig.clock,
      transport: () => {
        const part = (id: number, body: string) =>
          `--b\r\nContent-Type: application/http\r\nContent-ID: ${id}\r\n\r\nHTTP/1.1 200 OK\r\n` +
          `Content-Type: application/json\r\n\r\n${body}\r\n`;
        const text = `${part(1, "{broken")}${part(2, "{}")}--b--`;
        const headers = { "content-type": "multipart/mixed; boundary=b" };
        return [{ status: 200, headers, body: [new TextEncoder().encode(text)] }];
      },
    });
    rig.watch("a", batcher.send(a));
    rig.watch("b", batcher.send(b));
    rig.run();
    expect(rig.told).toEqual(["@10 a DecodeError", "@10 b 200"]);
  });

  const schemaOf = (validate: (value: unknown) => unknown) =>
    ({ "~standard": { version: 1, vendor: "test", validate } }) as never;

  it("gives the value of a schema", () => {
    const schema = schemaOf((value) => ({ value: `${value}!` }));
    const rig = answered([get("a", { schema }), b], [{ index: 0, body: "hi" }, { index: 1 }]);
    expect(rig.bodyOf("a")).toBe("hi!");
  });

  it("fails with the issues of a schema, alone", () => {
    const schema = schemaOf(() => ({ issues: [{ message: "no" }] }));
    const rig = answered([get("a", { schema }), b], [{ index: 0, body: 1 }, { index: 1 }]);
    expect(rig.told).toEqual(["@11 a SchemaError", "@11 b 200"]);
    const error = rig.errorOf("a") as SchemaError;
    expect(error.issues).toEqual([{ message: "no" }]);
    expect(error.response.body).toBe(1);
  });

  it.each([
    ["throws", () => {
      throw new Error("broken");
    }, "a schema that threw"],
    ["names no issue", () => ({ issues: [] }), "0 issues"],
  ])("says what a schema did that %s", (_, validate, what) => {
    const rig = answered([get("a", { schema: schemaOf(validate) })], [{ index: 0, body: 1 }]);
    expect(rig.errorOf("a").message).toMatch(new RegExp(`current value is one with ${what}$`));
  });

  it.each([
    ["the value alone", { Id: "1" }, "an object"],
    ["text", "x", "a string"],
    ["nothing", undefined, "undefined"],
  ])("takes %s for no answer of a schema, at once or promised", async (_, given, found) => {
    for (const late of [false, true]) {
      const schema = schemaOf((() => late ? Promise.resolve(given) : given) as never);
      const rig = new Rig();
      for (const operation of [get("a", { schema }), b]) rig.send(operation);
      rig.run(20);
      await heard();
      rig.run();
      expect(untimed(rig.told).sort()).toEqual(["a SchemaError", "b 200"]);
      expect(rig.errorOf("a").cause).toMatchObject({
        message:
          `Cannot use what a schema answered as it must be { value } or { issues }: current value is ${found}`,
      });
    }
  });

  it("shows a schema success only", () => {
    const seen: unknown[] = [];
    const schema = schemaOf((value) => ({ value: (seen.push(value), value) }));
    answered(
      names(5).map((url) => get(url, { schema })),
      [
        { index: 0, status: 404, body: "404" },
        { index: 1, status: 304, body: "304" },
        { index: 2, status: 204 },
        { index: 3, status: 299, body: "299" },
        { index: 4, status: 301, body: "301" },
      ],
    );
    expect(seen).toEqual([undefined, "299"]);
  });

  it.each([
    ["throws", () => {
      throw new Error("broken");
    }],
    ["answers nothing", () => undefined],
    ["answers null", () => null],
  ])("fails alone when its schema %s", (_, validate) => {
    const schema = schemaOf(validate);
    const rig = answered([get("a", { schema }), b], [{ index: 0 }, { index: 1 }]);
    expect(rig.told).toEqual(["@11 a SchemaError", "@11 b 200"]);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("broken"))],
    ["promises nothing", () => Promise.resolve(undefined)],
    ["has a then that throws", () => ({
      then() {
        throw new Error("broken");
      },
    })],
    ["promises issues", () => Promise.resolve({ issues: [] })],
  ])("fails alone when its schema %s", async (_, validate) => {
    const schema = schemaOf(validate);
    const rig = new Rig();
    rig.send(get("a", { schema }));
    rig.send("b");
    rig.run(50);
    await rig.batcher.close();
    expect(rig.told).toEqual(["@11 b 200", "@50 a SchemaError"]);
    expect(rig.timers).toBe(0);
  });

  it("gives the value that a schema promises", async () => {
    const schema = schemaOf((value) => Promise.resolve({ value: `${value}!` }));
    const rig = new Rig();
    rig.send(get("a", { schema }));
    rig.run(50);
    await rig.batcher.close();
    expect(rig.bodyOf("a")).toBe("a!");
  });

  it("gives up a schema that answers too late", async () => {
    let answer = (_: unknown) => {};
    const schema = schemaOf(() => new Promise((resolve) => answer = resolve));
    const rig = new Rig({ timeoutMs: 1000 });
    rig.send(get("a", { schema }));
    rig.run();
    expect(rig.told).toEqual(["@1011 a BatchTimeoutError"]);
    answer({ value: 1 });
    await Promise.resolve();
    expect(rig.told).toHaveLength(1);
  });

  it("lets a schema make its own subscriber leave", async () => {
    const rig = new Rig();
    const schema = schemaOf(() => {
      subscription.unsubscribe();
      return Promise.resolve({ value: 1 });
    });
    const subscription = rig.send(get("a", { schema }));
    rig.run(50);
    await rig.batcher.close();
    expect(rig.told).toEqual([]);
    expect(rig.timers).toBe(0);
  });
});

describe("rule 17: one that cannot be read fails alone", () => {
  it("also for the length of its own headers", () => {
    const parts = [
      { contentId: "1", headers: [`X: ${"x".repeat(2_000)}`] },
      { contentId: "2", status: 201 },
      { contentId: "3", status: 404 },
    ];
    const { ends, posts } = exchange(writes, [answering(parts.map(plain))], {
      maxPartHeaderBytes: 1_000,
    });
    expect((ends[0] as { error: LimitError }).error).toMatchObject({
      _tag: "LimitError",
      limit: "maxPartHeaderBytes",
      attempts: 1,
    });
    expect(said(ends.slice(1))).toEqual([undefined, "ResponseError 404"]);
    expect(posts).toBe(1);
  });
});
