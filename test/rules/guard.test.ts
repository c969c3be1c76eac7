import { inspect } from "node:util";
import { config, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { batch, get, NotExecutedError, type Operation, post, TransportError } from "../../mod.ts";
import { plainBody } from "../support/plain_wire.ts";
import { names, okay, Rig, type RigOptions } from "../support/rig.ts";

const SECRETS = [
  "sesame-token",
  "sesame-body",
  "sesame-path",
  "sesame@contoso.com",
  "sesame-server",
];

describe("rule 27: no secret in messages and events", () => {
  const url = "https://plain.example/sesame-path";
  const context = "sesame@contoso.com";

  /** Everything that may end an operation. */
  const ends: Record<
    string,
    [answer: (rig: Rig) => ReturnType<Rig["answer"]>, options?: RigOptions]
  > = {
    "a part of 404": [
      (rig) =>
        rig.reply([{ index: 0, status: 404, body: { error: { message: "sesame-server" } } }]),
    ],
    "a part of 429": [(rig) => rig.reply([{ index: 0, status: 429, body: "sesame-server" }])],
    "an outer 500": [(rig) => rig.reply("sesame-server", { status: 500 })],
    "a reset": [(rig) => rig.failing(new Error("to sesame-server"))],
    "no connection": [(rig) => rig.failing(new TransportError("x", { sent: false }))],
    "silence": [(rig) => rig.silence(), { timeoutMs: 1000 }],
    "no part": [(rig) => rig.reply([])],
    "two parts with one id": [(rig) => rig.reply([{ index: 3 }])],
    "malformed bytes": [
      (rig) => rig.reply("sesame-server\n", { headers: { "content-type": "x" } }),
    ],
    "a token that fails": [(rig) => rig.reply([]), {
      token: () => {
        throw new Error("sesame-token");
      },
    }],
    "a token that is none": [(rig) => rig.reply([]), { token: () => "sesame-token\n" }],
    "a wire that refuses": [(rig) => rig.reply([]), {
      wire: {
        encodeOne() {
          throw new Error("sesame-body");
        },
      },
    }],
    "a queue that is full": [(rig) => rig.reply([]), { maxQueued: 1 }],
  };

  it.each(Object.keys(ends))("with %s", (name) => {
    const [answer, options] = ends[name]!;
    const rig = new Rig({ token: "sesame-token", retry: { maxRetries: 1 }, ...options }).listen();
    rig.answer = () => answer(rig);
    const operations = [
      post(url, "sesame-body", { context }),
      get(url, { context, headers: { Authorization: "sesame-token" } }),
    ];
    for (const operation of operations) rig.send(operation);
    rig.send(post(url, { secret: "sesame-body" }, { context, dependsOn: operations }));
    rig.run();
    expect(rig.results).toHaveLength(3);
    for (const result of rig.results) {
      if (result.ok) throw new Error("an answer was not expected");
      const { error } = result;
      for (const secret of SECRETS) {
        expect(error.message).not.toContain(secret);
        expect(JSON.stringify(error)).not.toContain(secret);
        expect(inspect({ ...error })).not.toContain(secret);
        // What console.log prints, cause and all.
        expect(inspect(error)).not.toContain(secret);
        expect(inspect({ errors: [error] }, { depth: 9, showHidden: false })).not.toContain(secret);
      }
      expect(Object.keys(error)).not.toContain("operation");
      expect(error.operation).toBeDefined();
    }
    for (const secret of SECRETS) expect(JSON.stringify(rig.events)).not.toContain(secret);
  });

  it("prints what an error is, where it was made, and a cause of the same kind", () => {
    const cause = new TransportError("Cannot connect", { sent: false, cause: "sesame-token" });
    const error = new NotExecutedError("Cannot send", { certain: true, cause });
    const printed = inspect(error);
    expect(printed).toMatch(/^NotExecutedError: Cannot send\n +at /);
    expect(printed).toContain("certain: true");
    expect(printed).toContain("TransportError: Cannot connect");
    expect(printed).toContain("sent: false");
    expect(printed).toContain("[string]");
    expect(printed).not.toContain("sesame");
    expect(inspect(new TransportError("x", { cause: new TypeError("sesame-token") }))).toContain(
      "[TypeError]",
    );
    expect(error.cause).toBe(cause);
    expect(Object.keys(error)).not.toContain("cause");
  });

  it("makes a fresh error for each", () => {
    for (const [answer, options] of Object.values(ends)) {
      const rig = new Rig({ ...options, retry: false });
      rig.answer = () => answer(rig);
      for (const name of names(3)) rig.send(name);
      rig.run();
      const errors = rig.results.flatMap((result) => result.ok ? [] : [result.error]);
      expect(new Set(errors).size).toBe(errors.length);
      for (const error of errors) expect(rig.errorOf(error.operation!.url!)).toBe(error);
    }
  });

  it("tells events in numbers", () => {
    const rig = new Rig().listen();
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "1" } }, { index: 1 }])
        : rig.reply(okay(urls));
    const [a, b] = [get("a"), get("b")];
    rig.send(a);
    rig.send(b);
    rig.run();
    const [first, second] = [a.id, b.id];
    expect(rig.events).toEqual([
      { type: "queued", operation: first, wire: "plain", lane: 1 },
      { type: "queued", operation: second, wire: "plain", lane: 1 },
      {
        type: "sent",
        batch: 1,
        lane: 1,
        wire: "plain",
        origin: "https://plain.example",
        operations: [first, second],
        size: 2,
        bytes: 9,
        reason: "time",
        waitedMs: 10,
        attempt: 1,
      },
      { type: "paused", lane: 1, delayMs: 1000, reason: "asked" },
      { type: "retried", operation: first, lane: 1, attempt: 1, delayMs: 1000, status: 429 },
      { type: "settled", operation: second, outcome: "answered", error: undefined, attempts: 1 },
      {
        type: "answered",
        batch: 1,
        lane: 1,
        status: 200,
        parts: 2,
        durationMs: 1,
        requestId: undefined,
        clientRequestId: undefined,
      },
      {
        type: "sent",
        batch: 2,
        lane: 1,
        wire: "plain",
        origin: "https://plain.example",
        operations: [first],
        size: 1,
        bytes: 5,
        reason: "slot",
        waitedMs: 1000,
        attempt: 2,
      },
      { type: "settled", operation: first, outcome: "answered", error: undefined, attempts: 2 },
      {
        type: "answered",
        batch: 2,
        lane: 1,
        status: 200,
        parts: 1,
        durationMs: 1,
        requestId: undefined,
        clientRequestId: undefined,
      },
    ]);
  });

  it("tells that something was submitted within the call, behind what came before it", () => {
    const rig = new Rig().listen();
    const told = () => rig.events.map(({ type }) => type);
    let toldInside: readonly string[] = [];
    rig.batcher.send(get("a")).subscribe(() => {
      rig.send("b");
      toldInside = told();
    });
    rig.run();
    expect(toldInside).toEqual(["queued", "sent", "settled", "queued"]);
    expect(told()).toEqual([...toldInside, "answered", "sent", "settled", "answered"]);
  });

  it("tells every listener of events in one order, also when one of them submits", () => {
    const rig = new Rig();
    const heard: string[][] = [[], []];
    let isFirst = true;
    rig.batcher.events.subscribe(({ type }) => {
      heard[0]!.push(type);
      if (isFirst) rig.send("b");
      isFirst = false;
    });
    rig.batcher.events.subscribe(({ type }) => heard[1]!.push(type));
    rig.send("a");
    rig.run();
    expect(heard[0]).toEqual(["queued", "queued", "sent", "settled", "settled", "answered"]);
    expect(heard[1]).toEqual(heard[0]);
  });

  it("tells one queued and one settled for every submission, however it ends", () => {
    const rig = new Rig({
      maxQueued: 3,
      wire: {
        encodeOne(operation) {
          if (operation.url === "odd") throw new Error("odd");
          return { operation, bytes: 1 };
        },
      },
    }).listen();
    rig.send("odd");
    rig.send(get("lost", { dependsOn: [get("never")] }));
    for (const name of names(4)) rig.send(name);
    rig.send("x").unsubscribe();
    rig.run();
    const count = (type: string) => rig.events.filter((event) => event.type === type).length;
    expect([count("queued"), count("settled")]).toEqual([7, 7]);
    const settled = rig.events.flatMap((event) => event.type === "settled" ? [event.error] : []);
    expect(settled.slice(0, 2)).toEqual(["OperationError", "OperationError"]);
  });

  it("tells whoever listens from then on", () => {
    const rig = new Rig();
    rig.send("a");
    rig.run();
    rig.listen();
    rig.send("b");
    rig.run();
    expect(rig.events.map(({ type }) => type)).toEqual(["queued", "sent", "settled", "answered"]);
  });
});

describe("rule 29: state is written before a subscriber is called", () => {
  it("takes answers that answer each other synchronously, however often", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    let count = 0;
    const again = () => {
      if (count++ < 20_000) rig.batcher.send(get("a")).subscribe(again);
      rig.batcher.flush();
    };
    rig.answer = ({ urls }) => [{ status: 200, headers: {}, body: [plainBody(okay(urls))] }];
    again();
    rig.run();
    expect(count).toBe(20_001);
  }, 60_000);

  it("lets a subscriber submit, and each of these too", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.batcher.send(get("a")).subscribe(() => {
      rig.send("b");
      rig.send("c");
      rig.batcher.flush();
      expect(rig.posts).toHaveLength(1);
    });
    rig.send("d");
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a d", "@1 me: b c"]);
  });

  /** What nobody caught while this ran. */
  async function uncaught(work: () => void): Promise<unknown[]> {
    const thrown: unknown[] = [];
    config.onUnhandledError = (error) => thrown.push(error);
    work();
    // rxjs reports with setTimeout.
    await new Promise((resolve) => setTimeout(resolve, 0));
    config.onUnhandledError = null;
    return thrown;
  }

  it("goes on when a subscriber or a listener of events throws", async () => {
    const rig = new Rig();
    const thrown = await uncaught(() => {
      rig.batcher.events.subscribe(({ type }) => {
        if (type === "sent") throw new RangeError("heard");
      });
      rig.batcher.send(get("a")).subscribe(() => {
        throw new RangeError("told");
      });
      rig.send("b");
      rig.run();
    });
    expect(rig.told).toEqual(["@11 b 200"]);
    expect(thrown).toEqual([new RangeError("heard"), new RangeError("told")]);
  });

  it("settles whom a wire's own code makes leave", () => {
    let leave = () => {};
    const rig = new Rig({
      wire: {
        encodeOne(operation) {
          leave();
          return { operation, bytes: 1 };
        },
      },
    });
    const subscription = rig.send("a");
    leave = () => subscription.unsubscribe();
    rig.send("b");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: b"]);
  });

  it("looks again who is left between two parts of the operator's answer", () => {
    const rig = new Rig();
    const source$ = new Subject<Operation>();
    const told: string[] = [];
    const subscription = source$.pipe(batch(rig.wire, rig.options)).subscribe((result) => {
      told.push(result.operation.url);
      if (told.length === 2) subscription.unsubscribe();
    });
    for (const url of names(5)) source$.next(get(url));
    rig.run();
    expect([told, rig.timers]).toEqual([["m0", "m1"], 0]);
  });
});
