import { config, Observable, queueScheduler, type SchedulerLike, Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBatcher, get, post, type Wire } from "../../mod.ts";
import { plainBody } from "../support/plain_wire.ts";
import { okay, Rig } from "../support/rig.ts";

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

describe("rule 13: what throws while an operation is taken in", () => {
  it("fails that operation and no other, and close() resolves", async () => {
    const rig = new Rig();
    const broken = new Error("broken");
    let isBroken = false;
    const scheduler: SchedulerLike = {
      now: () => {
        if (isBroken) throw broken;
        return rig.clock.now();
      },
      schedule: rig.clock.schedule.bind(rig.clock),
    };
    const batcher = createBatcher(rig.wire, { scheduler, transport: rig.transport });
    rig.watch("a", batcher.send(get("a")));
    isBroken = true;
    rig.watch("b", batcher.send(get("b")));
    isBroken = false;
    expect(rig.told).toEqual(["@0 b OperationError"]);
    expect(rig.errorOf("b").cause).toBe(broken);
    rig.watch("c", batcher.send(get("c")));
    const closed = batcher.close();
    rig.run();
    await closed;
    expect(rig.told.slice(1)).toEqual(["@1 a 200", "@1 c 200"]);
    expect(rig.posts).toEqual(["@0 me: a c"]);
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
