import { config, of } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import { type BatchOptions, get, post } from "../../../mod.ts";
import { heard } from "../../support/virtual_time.ts";
import { names, okay, Rig, type RigOptions, untimed } from "../../support/rig.ts";

type Ask = { context: string; refresh: boolean; account: string | undefined };

/** A server that takes this header alone, and says of any other that nothing ran. */
function guarded(
  good: { set: string },
  give: (ask: Ask) => unknown,
  options: RigOptions = {},
) {
  const asked: Ask[] = [];
  const brought: string[] = [];
  const rig: Rig = new Rig({
    maxWaitMs: 0,
    headers: ((context, { refresh, account }) => {
      const ask = { context, refresh, account };
      asked.push(ask);
      return give(ask);
    }) as BatchOptions["headers"],
    refreshOn: ({ status, headers }) => status === 403 && headers["x-csrf-token"] === "Required",
    ...options,
    wire: {
      encode: (operations, context, _shape, headers) => {
        brought.push(headers?.["X-CSRF-Token"] ?? "none");
        const body = JSON.stringify(operations.map(({ operation }) => operation.url));
        return {
          method: "POST",
          url: context.url,
          headers: { ...headers },
          body: new TextEncoder().encode(body),
        };
      },
      ...options.wire,
    },
  });
  const isGood = () => brought.at(-1) === good.set;
  rig.answer = ({ urls }) =>
    isGood()
      ? rig.reply(okay(urls))
      : rig.reply("no", { status: 403, headers: { "x-csrf-token": "Required" } });
  const outcomes = () => untimed(rig.told);
  return { rig, asked, brought, isGood, outcomes };
}

const token = (set: unknown) => ({ "X-CSRF-Token": set });

describe("rule 23: headers that an answer refused are asked for again", () => {
  it("sends what was refused as a whole once more, unsafe operations too, as no attempt", () => {
    const { rig, asked, brought, outcomes } = guarded(
      { set: "new" },
      ({ refresh }) => token(refresh ? "new" : "old"),
      { retry: { maxRetries: 0 } },
    );
    rig.send(post("a"));
    rig.send(get("b"));
    rig.run();
    expect(outcomes()).toEqual(["a 200", "b 200"]);
    expect(brought).toEqual(["old", "new"]);
    expect(asked).toEqual([
      { context: "me", refresh: false, account: undefined },
      { context: "me", refresh: true, account: undefined },
    ]);
  });

  it("sends a refused part once more, and no other", () => {
    const { rig, brought, isGood, outcomes } = guarded(
      { set: "new" },
      ({ refresh }) => token(refresh ? "new" : "old"),
    );
    const no = { status: 403, headers: { "x-csrf-token": "Required" } };
    rig.answer = ({ urls }) =>
      rig.reply(
        urls.map((url, index) => url === "write" && !isGood() ? { index, ...no } : { index }),
      );
    rig.send(post("write"));
    rig.send("read");
    rig.run();
    expect(outcomes()).toEqual(["read 200", "write 200"]);
    expect(untimed(rig.posts)).toEqual([
      "me: write read",
      "me: write",
    ]);
    expect(brought).toEqual(["old", "new"]);
  });

  it("does so once: a second refusal is the answer", () => {
    const { rig, outcomes } = guarded({ set: "never" }, () => token("same"));
    rig.send(post("a"));
    rig.run();
    expect(outcomes()).toEqual(["a BatchHttpError 403"]);
    expect(rig.posts).toHaveLength(2);
  });

  it("refreshes once for all lanes that held the same headers", () => {
    let current = "old";
    const { rig, asked, outcomes } = guarded({ set: "new" }, ({ refresh }) => {
      if (refresh) current = "new";
      return rig.at$(5, token(current));
    });
    for (const context of names(20, "c")) rig.send(get(context, { context }));
    rig.run();
    expect(outcomes().filter((line) => line.endsWith(" 200"))).toHaveLength(20);
    expect(asked.filter(({ refresh }) => refresh)).toHaveLength(1);
  });

  it("follows a server that changes its mind every three batches", () => {
    let taken = 0;
    let issued = 0;
    const { rig, brought, outcomes } = guarded({ set: "" }, ({ refresh }) => {
      if (refresh) issued++;
      return token(`t${issued}`);
    }, { maxBatchSize: 1, concurrency: 1 });
    rig.answer = ({ urls }) => {
      const isGood = brought.at(-1) === `t${Math.floor(taken / 3)}`;
      if (isGood) taken++;
      return isGood
        ? rig.reply(okay(urls))
        : rig.reply("no", { status: 403, headers: { "x-csrf-token": "Required" } });
    };
    for (const name of names(10)) rig.send(post(name), name);
    rig.run();
    expect(outcomes().sort()).toEqual(names(10).map((name) => `${name} 200`).sort());
    expect(rig.posts).toHaveLength(13);
  });

  it("asks nobody about an answer without refreshOn, and reports nothing", () => {
    vi.useFakeTimers();
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    const rig = new Rig({ headers: () => ({ a: "b" }) });
    rig.answer = () => rig.reply("no", { status: 403 });
    rig.send("a");
    rig.run();
    vi.runAllTimers();
    config.onUnhandledError = null;
    vi.useRealTimers();
    expect(untimed(rig.told)).toEqual(["a BatchHttpError 403"]);
    expect(reported).toEqual([]);
  });

  it("leaves an answer alone that refreshOn says nothing of, or throws for", () => {
    const { rig, outcomes, asked } = guarded({ set: "x" }, () => token("y"), {
      refreshOn: () => false,
    });
    rig.send("a");
    rig.run();
    expect(outcomes()).toEqual(["a BatchHttpError 403"]);
    expect(asked).toHaveLength(1);
  });
});

describe("rule 20: headers are asked for before a batch is sealed", () => {
  it("shares one call for a context and account, and tells whose turn it is", () => {
    const { rig, asked, outcomes } = guarded(
      { set: "s" },
      () => rig.at$(50, token("s")),
      { maxBatchSize: 1, concurrency: 8, concurrencyPerContext: 8 },
    );
    for (const account of ["a", "a", "b", "b"]) rig.send(get("x", { account }), account);
    rig.run();
    expect(outcomes()).toEqual(["a 200", "a 200", "b 200", "b 200"]);
    expect(asked.map(({ account }) => account)).toEqual(["a", "b"]);
  });

  it("takes what comes in while the headers are on their way", () => {
    const { rig, outcomes } = guarded({ set: "s" }, () => rig.at$(50, token("s")));
    rig.send("a");
    rig.at(20, () => rig.send("b"));
    rig.run();
    expect([rig.posts, outcomes()]).toEqual([["@50 me: a b"], ["a 200", "b 200"]]);
  });

  it.each([
    ["a promise", () => Promise.resolve(token("s"))],
    ["an Observable", () => of(token("s"), token("t"))],
    ["an object", () => token("s")],
  ])("takes %s", async (_, give) => {
    const { rig, brought } = guarded({ set: "s" }, give);
    rig.send("a");
    rig.run(20);
    await Promise.resolve().then(() => {});
    rig.run();
    expect([brought, rig.told.length]).toEqual([["s"], 1]);
  });

  it("sends nothing when everybody has left, and drops the call", () => {
    const signals: AbortSignal[] = [];
    const rig = new Rig({
      headers: (_, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    const leaving = rig.send("a");
    rig.run(20);
    leaving.unsubscribe();
    expect([rig.timers, rig.now]).toEqual([0, 20]);
    rig.run();
    expect([signals.map(({ aborted }) => aborted), rig.posts, rig.timers]).toEqual([[true], [], 0]);
  });

  it.each(["headers", "token"] as const)(
    "ends the wait for %s after timeoutMs, drops the call, and takes nothing that comes later",
    async (late) => {
      const signals: AbortSignal[] = [];
      const asks = {
        token: () => "t",
        headers: () => ({ a: "b" }),
        [late]: (_: string, { signal }: { signal: AbortSignal }) => {
          signals.push(signal);
          // Whoever takes no heed of the signal.
          return new Promise((came) => rig.at(80, () => came("t")));
        },
      } as unknown as Pick<BatchOptions, "headers" | "token">;
      const rig: Rig = new Rig({ timeoutMs: 50, ...asks });
      rig.send("a");
      rig.run(60);
      expect(untimed(rig.told)).toEqual(["a NotExecutedError certain"]);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      rig.run();
      await heard();
      rig.run();
      expect([rig.told.length, rig.posts, rig.timers]).toEqual([1, [], 0]);
    },
  );
});

describe("rule 25: what a headers function may give", () => {
  const faults: [string, unknown, string][] = [
    ["nothing", undefined, "headers must be a plain object of strings: current value is undefined"],
    ["a string", "a", "headers must be a plain object of strings: current value is a string"],
    ["a list", [["a", "b"]], "headers must be a plain object of strings"],
    [
      "Headers",
      new Headers({ a: "b" }),
      "headers must be a plain object of strings: current value is a Headers",
    ],
    [
      "a Map",
      new Map([["a", "b"]]),
      "headers must be a plain object of strings: current value is a Map",
    ],
    ["a bad name", { "a b": "c" }, "a header name must be a token"],
    ["a bad value", { a: "b\r\nc: d" }, "a header value must hold Latin-1 characters only"],
    ["a header of the content", { "Content-Type": "a/b" }, "headers of content and connection"],
  ];

  it("may hold an Authorization, unless there is a token", () => {
    const { rig, outcomes } = guarded({ set: "s" }, () => ({ ...token("s"), Authorization: "a" }));
    rig.send("a");
    rig.run();
    expect(outcomes()).toEqual(["a 200"]);
    const both = new Rig({ token: "t", headers: () => ({ Authorization: "a" }) });
    both.send("a");
    both.run();
    expect(both.posts).toEqual([]);
    expect(both.errorOf("a").cause).toMatchObject({
      message:
        "Cannot use what the headers function gave as Authorization must not stand beside option token: current value is both",
    });
  });

  it.each(faults)("does not send %s", (_, given, message) => {
    const rig = new Rig({ headers: (() => given) as never });
    rig.send(post("a"));
    rig.run();
    expect(rig.posts).toEqual([]);
    expect(untimed(rig.told)).toEqual([
      "a NotExecutedError certain",
    ]);
    const { cause } = rig.errorOf("a");
    expect((cause as Error).message).toContain(
      `Cannot use what the headers function gave as ${message}`,
    );
  });

  it("fails a batch whose ask is rejected, and no other", () => {
    const { rig, outcomes } = guarded({ set: "s" }, ({ context }) => {
      if (context === "bad") throw new Error("no digest");
      return token("s");
    });
    rig.send(get("a", { context: "bad" }));
    rig.send(get("b", { context: "fine" }));
    rig.run();
    expect(outcomes()).toEqual(["a NotExecutedError certain", "b 200"]);
  });

  it("refuses refreshOn without a function to ask, and fixed headers beside a wire", () => {
    expect(() => new Rig({ refreshOn: () => true })).toThrow(
      "Cannot use option refreshOn as it must stand beside a function in headers: current value is none",
    );
    expect(() => new Rig({ headers: () => ({}), refreshOn: 1 as never })).toThrow(
      "Cannot use option refreshOn as it must be a function: current value is a number",
    );
    expect(() => new Rig({ headers: { a: "b" } })).toThrow(
      "Cannot use option headers as it must be a function beside a wire",
    );
  });
});
