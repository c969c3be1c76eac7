import { config, Observable, queueScheduler, type SchedulerLike, Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type BatchOptions,
  createOutlookBatcher,
  DecodeError,
  get,
  type LimitError,
  type Operation,
  post,
  type ResponseError,
  type SchemaError,
  type Wire,
} from "../../mod.ts";
import { names, okay, Rig } from "../support/rig.ts";
import { plainBody, type PlainPart } from "../support/plain_wire.ts";
import { steadyBackoff } from "../support/virtual_time.ts";

/** One batch of these, answered with these parts; what everybody was told. */
function answered(
  operations: readonly Operation[],
  parts: readonly PlainPart[],
  options: BatchOptions & { wire?: Partial<Wire> } = {},
): Rig {
  const rig = new Rig(options);
  rig.answer = ({ number, urls }) => rig.reply(number === 0 ? parts : okay(urls));
  for (const operation of operations) rig.send(operation);
  return rig.run();
}

const [a, b, c] = [get("a"), get("b"), get("c")];
const unsafe = names(3, "p").map((url) => post(url));

describe("rule 13: every operation settles exactly once", () => {
  const faults: Record<string, (rig: Rig) => ReturnType<Rig["answer"]>> = {
    "an answer": (rig) => rig.reply(okay(["a", "b"])),
    "no part": (rig) => rig.reply([]),
    "too many parts": (rig) => rig.reply(okay(["a", "b", "c", "d"])),
    "the same part twice": (rig) => rig.reply([{ index: 0 }, { index: 0 }]),
    "an unknown id": (rig) => rig.reply([{ index: 7 }]),
    "malformed bytes": (rig) => rig.reply("{\n", { headers: { "content-type": "x" } }),
    "HTML": (rig) => rig.reply("<html>", { status: 500 }),
    "a redirect": (rig) => rig.reply("", { status: 302 }),
    "an error of the transport": (rig) => rig.failing(new Error("reset")),
    "a value that is no error": (rig) => rig.failing("reset"),
    "silence": (rig) => rig.silence(),
    "no answer at all": () => [],
    "two answers": (rig) => [
      { status: 200, headers: {}, body: rig.trickle([[5, { index: 0 }]]) as never },
      { status: 200, headers: {}, body: [] },
    ],
    "something that is no Observable": () => 7 as never,
    "undefined": () => undefined as never,
    "null as an answer": () => [null as never],
    "an answer without anything": () => [{} as never],
    "a body of nothing": () => [{ status: 200, headers: {}, body: [undefined as never] }],
    "a body of text": () => [{ status: 500, headers: {}, body: ["text" as never] }],
    "a header that is a number": () => [
      { status: 429, headers: { "retry-after": 1 } as never, body: [] },
    ],
    "headers that are none": () => [{ status: 429, headers: null as never, body: [] }],
    "a part's header that is a number": (rig) =>
      rig.reply([{ index: 0, status: 429, headers: { "retry-after": 1 } as never }, { index: 1 }]),
    "a transport that throws": () => {
      throw new Error("broken");
    },
  };

  it.each(Object.keys(faults))("whatever the answer is: %s", (name) => {
    for (const retry of [false, {}] as const) {
      const rig = new Rig({ retry, timeoutMs: 1000 });
      rig.answer = () => faults[name]!(rig);
      rig.send("a");
      rig.send(post("b"));
      rig.run();
      expect(rig.told.map((line) => line.split(" ")[1]).sort()).toEqual(["a", "b"]);
      expect(rig.timers).toBe(0);
    }
  });

  it("ends with BatchTimeoutError when no answer comes in time", () => {
    const rig = new Rig({ timeoutMs: 1000, retry: false });
    rig.answer = () => rig.silence();
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@1010 a BatchTimeoutError"]);
    expect(rig.dropped).toEqual([0]);
  });

  it("keeps what had come when the rest takes too long", () => {
    const rig = new Rig({ timeoutMs: 1000, retry: false });
    rig.answer = () => rig.trickle([[500, { index: 0 }], [5000, { index: 1 }]]);
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.told).toEqual(["@510 a 200", "@1010 b BatchTimeoutError"]);
  });

  it("counts the token into the time", () => {
    const rig: Rig = new Rig({ timeoutMs: 1000, token: () => rig.at$(400, "t"), retry: false });
    rig.answer = () => rig.silence();
    rig.send("a");
    rig.run();
    expect(rig.posts).toEqual(["@410 me: a"]);
    expect(rig.told).toEqual(["@1010 a BatchTimeoutError"]);
  });

  it("gives up a token that does not come in time: surely not executed", () => {
    const rig = new Rig({ timeoutMs: 1000, token: () => new Promise<string>(() => {}) });
    rig.send(post("a"));
    rig.run();
    expect(rig.posts).toEqual([]);
    expect(rig.told).toEqual(["@1010 a NotExecutedError certain"]);
  });

  it("works with a scheduler that runs what need not wait at once", () => {
    const rig = new Rig({ maxWaitMs: 0, scheduler: queueScheduler });
    rig.answer = ({ urls }) => [{ status: 200, headers: {}, body: [plainBody(okay(urls))] }];
    rig.send("a");
    rig.send(get("b", { context: "x" }));
    rig.send("c");
    expect(rig.posts).toEqual(["@0 me: a", "@0 x: b", "@0 me: c"]);
    expect(rig.told).toHaveLength(3);
  });

  it("settles everything with a scheduler that does not wait at all", () => {
    const schedule = (work: () => void) => {
      work();
      return Subscription.EMPTY;
    };
    const rig = new Rig({ scheduler: { now: () => 0, schedule } as SchedulerLike });
    rig.send("a");
    rig.send(get("b", { context: "x" }));
    expect(rig.told).toEqual(["@0 a NotExecutedError certain", "@0 b NotExecutedError certain"]);
  });
});

describe("rule 13: a wire of somebody's that throws, or gives anything at all", () => {
  // What is reported comes in a macrotask.
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const broken = (): never => {
    throw new Error("broken");
  };
  const part = (odd: object) => ({ index: 0, status: 200, headers: {}, readBody: () => 1, ...odd });
  const decoding = (odd: object): Partial<Wire> => ({
    decoder: () => ({ write: () => [], end: () => [part(odd), part({ index: 1 })] as never }),
  });

  it.each<[string, Partial<Wire>, string]>([
    ["no context", { contextOf: () => undefined as never }, "OperationError OperationError"],
    ["no operation", { encodeOne: () => undefined as never }, "OperationError OperationError"],
    [
      "an operation without octets",
      { encodeOne: (operation) => ({ operation, bytes: NaN }) },
      "OperationError OperationError",
    ],
    ["no batch", { encode: () => ({}) as never }, "NotExecutedError NotExecutedError"],
    ["no decoder", { decoder: broken }, "DecodeError DecodeError"],
    ["a part without headers", decoding({ status: 429, headers: undefined }), "DecodeError 200"],
    [
      "a part that tells nothing",
      decoding({ status: 400, detail: broken, readBody: broken }),
      "DecodeError 200",
    ],
    [
      "no service",
      { ...decoding({ status: 429, headers: { "retry-after": "5" } }), serviceOf: broken },
      "ResponseError 200",
    ],
    ["no limit", { nearLimitMs: broken }, "DecodeError DecodeError"],
  ])("tells each of its operations, and closes: %s", async (_what, wire, told) => {
    const rig = new Rig({ wire, retry: { maxRetries: 0 } });
    rig.send("a");
    rig.send(post("b"));
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told.map((line) => line.split(" ")[1]).toSorted()).toEqual(["a", "b"]);
    const ends = rig.told.toSorted((one, other) =>
      one.split(" ")[1]! < other.split(" ")[1]! ? -1 : 1
    );
    expect(ends.map((line) => line.split(" ")[2]).join(" ")).toBe(told);
    expect(rig.timers).toBe(0);
  });

  it("at the end of an answer, too: nobody waits for what is never told", () => {
    const rig = new Rig({
      wire: { ...decoding({ status: 424, detail: broken, readBody: broken }), order: "native" },
    });
    rig.send("a");
    rig.send(post("b"));
    rig.run();
    expect(rig.told.map((line) => line.split(" ")[1]).toSorted()).toEqual(["a", "b"]);
    expect(rig.timers).toBe(0);
  });
});

describe("rule 13: a scheduler that throws", () => {
  afterEach(() => {
    config.onUnhandledError = null;
    vi.useRealTimers();
  });

  it("is told of its error, and the runtime's own waits in its place", async () => {
    vi.useFakeTimers();
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    const broken = new Error("broken");
    const schedule = () => {
      throw broken;
    };
    const rig = new Rig({
      scheduler: { now: () => 0, schedule } as SchedulerLike,
      timeoutMs: 1000,
      retry: { maxRetries: 1, baseDelayMs: 50 },
    });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? [{ status: 503, headers: {}, body: [] }]
        : number === 1
        ? new Observable()
        : [{ status: 200, headers: {}, body: [plainBody(okay(urls))] }];
    rig.send("a");
    await vi.advanceTimersByTimeAsync(5_000);
    rig.send("b");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rig.told.map((line) => line.replace(/@\d+ /, ""))).toEqual([
      "a BatchTimeoutError",
      "b 200",
    ]);
    expect(new Set(reported)).toEqual(new Set([broken]));
    await rig.batcher.close();
  });
});

describe("rule 22: what a transport gives as headers", () => {
  it.each<[string, () => object]>([
    ["a number", () => ({ "Retry-After": 5 })],
    ["a list", () => ({ "retry-after": ["2", 5] })],
    ["the Headers of a fetch", () => new Headers({ "Retry-After": "5" })],
  ])("is read: %s", (_what, headers) => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? [{
          status: 200,
          headers: headers() as Record<string, string>,
          body: [plainBody(okay(urls))],
        }]
        : rig.reply(okay(urls));
    rig.send("a");
    rig.run();
    rig.send("b");
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@5000 me: b"]);
  });
});

describe("rule 13: a transport that throws when it is left", () => {
  afterEach(() => {
    config.onUnhandledError = null;
    vi.useRealTimers();
  });

  it("costs no slot, settles everybody, and is reported as RxJS reports what nobody handles", () => {
    vi.useFakeTimers();
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    const rig = new Rig({ concurrency: 1, timeoutMs: 50, maxBatchSize: 1, retry: false });
    rig.answer = ({ number, urls }) =>
      number > 0 ? rig.reply(okay(urls)) : new Observable(() => () => {
        throw new Error("teardown");
      });
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.told).toEqual(["@50 a BatchTimeoutError", "@51 b 200"]);
    vi.runAllTimers();
    expect(reported.map(String)).toEqual([expect.stringContaining("teardown")]);
  });
});

describe("rule 14: which part is whose", () => {
  it("goes by id when the first part has one, in any order", () => {
    const { told } = answered([a, b, c], [{ index: 2 }, { index: 0 }, { index: 1 }]);
    expect(told).toEqual(["@11 c 200", "@11 a 200", "@11 b 200"]);
  });

  it("goes by position, at the end, where no part has one", () => {
    const rig = answered([a, b], [{ body: "first" }, { body: "second" }]);
    expect([rig.bodyOf("a"), rig.bodyOf("b")]).toEqual(["first", "second"]);
  });

  it("gives a part without an id to the one operation that is left", () => {
    const rig = answered([a, b, c], [{ index: 2, body: "C" }, { body: "?" }, { index: 0 }]);
    expect(rig.told).toEqual(["@11 c 200", "@11 a 200", "@11 b 200"]);
    expect(rig.bodyOf("b")).toBe("?");
  });

  it("gives it to nobody when two are left", () => {
    const rig = answered(unsafe, [{ index: 2 }, {}]);
    expect(rig.told).toEqual([
      "@11 p2 200",
      "@11 p0 NotExecutedError unknown",
      "@11 p1 NotExecutedError unknown",
    ]);
  });

  it("ends the trust when more parts without an id come than operations are left", () => {
    const rig = answered(unsafe, [{ index: 2 }, { index: 0 }, {}, {}]);
    expect(rig.told).toEqual(["@11 p2 200", "@11 p0 200", "@11 p1 NotExecutedError unknown"]);
  });

  it.each([
    ["an unknown id", { index: 9 }],
    ["an id that was never sent", { index: -1 }],
    ["an id that came before", { index: 1 }],
  ])("ends the trust at %s", (_, part) => {
    const rig = answered(unsafe, [{ index: 1 }, part, { index: 0 }]);
    expect(rig.told).toEqual([
      "@11 p1 200",
      "@11 p0 NotExecutedError unknown",
      "@11 p2 NotExecutedError unknown",
    ]);
    expect(rig.errorOf("p0").cause).toBeInstanceOf(DecodeError);
    expect(rig.errorOf("p0")).not.toBe(rig.errorOf("p2"));
  });

  it("believes an id, and no position that it contradicts", () => {
    const rig = answered(unsafe, [{}, { index: 2 }, {}]);
    expect(rig.told).toEqual([
      "@11 p2 200",
      "@11 p0 NotExecutedError unknown",
      "@11 p1 NotExecutedError unknown",
    ]);
  });

  it("gives nothing by position to a part whose id is not that of its place", () => {
    for (const odd of [{ index: -1 }, { index: 0 }]) {
      const rig = answered(unsafe, [{ index: 0 }, odd, {}]);
      expect(rig.told).toEqual([
        "@11 p0 200",
        "@11 p1 NotExecutedError unknown",
        "@11 p2 NotExecutedError unknown",
      ]);
    }
  });

  it("goes by position where the ids that there are agree", () => {
    const rig = answered(unsafe, [{ body: "0" }, { index: 1, body: "1" }, { body: "2" }]);
    expect(unsafe.map(({ url }) => rig.bodyOf(url))).toEqual(["0", "1", "2"]);
  });

  it("shifts nothing when a part without an id is missing or added", () => {
    for (const parts of [[{}, {}], [{}, {}, {}, {}]]) {
      const rig = answered(unsafe, parts);
      expect(rig.told).toEqual(unsafe.map(({ url }) => `@11 ${url} NotExecutedError unknown`));
    }
  });

  it("takes back nothing when there is a part too many", () => {
    expect(answered([a, b], [{ index: 0 }, { index: 1 }, { index: 1 }]).told).toEqual([
      "@11 a 200",
      "@11 b 200",
    ]);
  });

  it("holds parts back by position where the wire may reorder and stop", () => {
    const options = { continueOnError: false };
    const whole = answered([a, b], [{ status: 404 }, {}], options);
    expect(whole.told).toEqual(["@11 a ResponseError 404", "@11 b 200"]);
    const short = answered([...unsafe, a], [{}, { status: 404 }], { ...options, retry: false });
    expect(short.told).toEqual([
      "@11 p0 NotExecutedError unknown",
      "@11 p1 NotExecutedError unknown",
      "@11 p2 NotExecutedError unknown",
      "@11 a NotExecutedError unknown",
    ]);
  });

  it("does not hold them back by id", () => {
    const byId = answered([a, b], [{ index: 1 }], { continueOnError: false, retry: false });
    expect(byId.told).toEqual(["@11 b 200", "@11 a NotExecutedError unknown"]);
  });

  it.each([400, 401, 500, 503])("reads a batch answer under an outer %i", (status) => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { status });
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@11 a 200"]);
  });

  it.each([[429, "again"], [503, "unknown"], [400, "fails"]])(
    "reads an outer %i without a single part as the answer to the POST",
    (status, meaning) => {
      const rig = new Rig();
      rig.answer = ({ number, urls }) =>
        number === 0 ? rig.reply([], { status }) : rig.reply(okay(urls));
      rig.send(post("a"));
      rig.run();
      expect(rig.told[0]).toContain(meaning === "again" ? "a 200" : `a BatchHttpError ${status}`);
    },
  );
});

describe("rule 15: a part is delivered when its last byte arrives", () => {
  it("tells each subscriber at once", () => {
    const rig = new Rig();
    rig.answer = () => rig.trickle([[5, { index: 1 }], [90, { index: 0 }]]);
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.told).toEqual(["@15 b 200", "@100 a 200"]);
  });

  it.each([1, 2, 3, 7, 1000])("does not depend on how the bytes are cut: by %i", (size) => {
    const rig = new Rig();
    const text = names(3).map((url, index) => `${JSON.stringify({ index, body: url })}\n`).join("");
    const bytes = new TextEncoder().encode(text);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    rig.answer = () => [{ status: 200, headers: {}, body: chunks }];
    for (const url of names(3)) rig.send(url);
    rig.run();
    expect(names(3).map((url) => rig.bodyOf(url))).toEqual(names(3));
  });

  it.each([1, 10, 1000])("nor does what comes before the answer grows too large: by %i", (size) => {
    const lines = names(2).map((url, index) => `${JSON.stringify({ index, body: url })}\n`);
    const bytes = new TextEncoder().encode(lines.join(""));
    const rig = new Rig({ maxResponseBytes: lines[0]!.length + 1, retry: false });
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    rig.answer = () => [{ status: 200, headers: {}, body: chunks }];
    for (const url of names(2)) rig.send(url);
    rig.run();
    expect(rig.told).toEqual(["@10 m0 200", "@10 m1 LimitError 200"]);
    expect(rig.errorOf("m1")).toMatchObject({ limit: "maxResponseBytes", status: 200 });
    const error = rig.errorOf("m1") as LimitError;
    expect(error.headers).toBeDefined();
    expect(error.detail!.startsWith(lines[0]!.slice(0, 5))).toBe(true);
    expect(Object.keys(error)).not.toContain("detail");
  });
});

describe("rule 16: no part for an operation", () => {
  steadyBackoff();

  const inOrder = { wire: { order: "sequential" as const } };

  it("goes again where the wire runs in order and the last part is an error", () => {
    const rig = answered(unsafe, [{ status: 404 }], inOrder);
    expect(rig.told).toEqual(["@11 p0 ResponseError 404", "@22 p1 200", "@22 p2 200"]);
    expect(rig.posts).toEqual(["@10 me: p0 p1 p2", "@21 me: p1 p2"]);
  });

  it("reads it the same way by id", () => {
    const rig = answered(unsafe, [{ index: 0 }, { index: 1, status: 404 }], inOrder);
    expect(rig.told).toEqual(["@11 p0 200", "@11 p1 ResponseError 404", "@22 p2 200"]);
  });

  it("is unknown when a later one was answered: it was not skipped", () => {
    const rig = answered(unsafe, [{ index: 0 }, { index: 2, status: 404 }], inOrder);
    expect(rig.told).toEqual([
      "@11 p0 200",
      "@11 p2 ResponseError 404",
      "@11 p1 NotExecutedError unknown",
    ]);
  });

  it("costs no attempt as long as an answer settled another", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ number }) => rig.reply([{ status: 404, body: `no ${number}` }]);
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(rig.posts).toHaveLength(20);
    expect(rig.told.every((line) => line.endsWith("ResponseError 404"))).toBe(true);
  });

  it("is an attempt when the answer settled nobody", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 2 } });
    rig.answer = () => rig.reply([{ status: 429 }]);
    rig.send(post("a"));
    rig.send(post("b"));
    rig.run();
    expect(rig.told.map((line) => line.replace(/^\S+ /, ""))).toEqual([
      "a ResponseError 429",
      "b ResponseError 429",
    ]);
    expect(rig.posts.length).toBeLessThanOrEqual(6);
  });

  it("is unknown where the last part is no error", () => {
    const rig = answered([...unsafe, a], [{}], inOrder);
    expect(rig.told.slice(0, 3)).toEqual([
      "@11 p0 NotExecutedError unknown",
      "@11 p1 NotExecutedError unknown",
      "@11 p2 NotExecutedError unknown",
    ]);
    expect(rig.told[3]).toMatch(/ a 200$/);
  });

  it("is unknown where the wire may reorder", () => {
    const rig = answered(unsafe, [{ index: 0, status: 404 }]);
    expect(rig.told).toEqual([
      "@11 p0 ResponseError 404",
      "@11 p1 NotExecutedError unknown",
      "@11 p2 NotExecutedError unknown",
    ]);
  });
});

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

describe("rule 18: an inner status of 400 or more is a ResponseError", () => {
  it.each([400, 403, 404, 409, 412, 500, 501, 599])("for %i", (status) => {
    const body = { error: { code: "ErrorItemNotFound", message: "Not there." } };
    const rig = answered([a], [{ index: 0, status, headers: { etag: "x" }, body }]);
    expect(rig.told).toEqual([`@11 a ResponseError ${status}`]);
    const error = rig.errorOf("a") as ResponseError;
    expect(error).toMatchObject({ _tag: "ResponseError", status, code: "ErrorItemNotFound" });
    expect(error.detail).toBe("Not there.");
    expect(error.response).toMatchObject({ operation: a, status, headers: { etag: "x" }, body });
  });

  it.each([200, 201, 204, 301, 304, 399])("and %i is none", (status) => {
    expect(answered([a], [{ index: 0, status }]).told).toEqual([`@11 a ${status}`]);
  });
});
