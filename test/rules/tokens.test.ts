import { describe, expect, it } from "vitest";
import { type BatchOptions, get, post } from "../../mod.ts";
import { names, okay, Rig, untimed } from "../support/rig.ts";

/** A server that takes these tokens alone, asked through a function that is watched. */
function guarded(
  good: readonly string[],
  token: (refresh: boolean, context: string) => unknown,
  options: BatchOptions = {},
) {
  const asked: boolean[] = [];
  const rig: Rig = new Rig({
    maxWaitMs: 0,
    token: ((context, { refresh }) => {
      asked.push(refresh);
      return token(refresh, context) as string;
    }) as BatchOptions["token"],
    ...options,
  });
  rig.answer = ({ urls, request }) =>
    good.includes(request.headers["Authorization"]!.slice("Bearer ".length))
      ? rig.reply(okay(urls))
      : rig.reply("no", { status: 401 });
  const sent = () => rig.batches.map(({ request }) => request.headers["Authorization"]!.slice(7));
  return { rig, asked, sent };
}

describe("rule 23: what a 401 refused is not taken again", () => {
  it("asks a function without memory with refresh first, once for all", () => {
    const { rig, asked, sent } = guarded(["good"], (refresh) => refresh ? "good" : "stale");
    for (const url of names(30)) rig.send(url);
    rig.run();
    expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(30);
    expect(asked.filter((isRefresh) => isRefresh)).toHaveLength(1);
    rig.send("later");
    rig.run();
    expect(rig.told.at(-1)).toMatch(/later 200$/);
    expect(sent().filter((token) => token === "stale")).toHaveLength(2);
  });

  it("refreshes once for all lanes that held the same string", () => {
    let current = "old";
    const { rig, asked } = guarded(["new"], (refresh) => {
      if (refresh) current = "new";
      return rig.at$(5, current);
    });
    for (const context of names(50, "c")) rig.send(get(context, { context }));
    rig.run();
    expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(50);
    expect(asked.filter((isRefresh) => isRefresh)).toHaveLength(1);
    expect(rig.posts.length).toBeLessThanOrEqual(54);
  });

  it("does not take a refused token from a call that was under way", () => {
    const delays = [0, 20, 1];
    const { rig, asked, sent } = guarded(
      ["good"],
      (refresh) => rig.at$(delays[asked.length - 1] ?? 0, refresh ? "good" : "stale"),
      {
        maxBatchSize: 1,
      },
    );
    rig.send("a");
    rig.at(0.5, () => rig.send("b"));
    rig.run();
    expect(sent()).toEqual(["stale", "good", "good"]);
    expect(asked).toEqual([false, false, true]);
  });

  it("tries once more what the function gives again when it is asked to refresh", () => {
    const { rig, asked, sent } = guarded(["other"], () => "same");
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@2 a BatchHttpError 401"]);
    expect([sent(), asked]).toEqual([["same", "same"], [false, true]]);
  });

  it("asks for another one when the fresh one is refused, too", () => {
    let count = 0;
    const { rig, asked, sent } = guarded(["t3"], (refresh) => `t${refresh ? ++count : count}`);
    rig.send("a");
    rig.run();
    rig.send("b");
    rig.run();
    expect(untimed(rig.told)).toEqual([
      "a BatchHttpError 401",
      "b 200",
    ]);
    expect([sent(), asked]).toEqual([["t0", "t1", "t2", "t3"], [false, true, false, true, true]]);
  });

  it("keeps a fresh one at which a part alone is refused again", () => {
    let count = 0;
    const { rig, asked, sent } = guarded([], (refresh) => `t${refresh ? ++count : count}`);
    rig.answer = ({ urls }) =>
      rig.reply(urls.map((url) => ({ status: url === "a" ? 401 : 200, url })));
    rig.send("a");
    rig.run();
    rig.send("b");
    rig.run();
    expect([sent(), asked]).toEqual([["t0", "t1", "t1"], [false, true, false]]);
  });

  it("follows one token after another through the life of a batcher", () => {
    let count = 0;
    const good = ["t1"];
    const { rig, asked, sent } = guarded(good, (refresh) => refresh ? `t${++count}` : "t0");
    for (let round = 0; round < 5; round++) {
      rig.send(`a${round}`);
      rig.run();
      good[0] = `t${count + 1}`;
    }
    expect(untimed(rig.told)).toEqual(
      names(5, "a").map((name) => `${name} 200`),
    );
    expect(sent()).toEqual(["t0", "t1", "t1", "t2", "t2", "t3", "t3", "t4", "t4", "t5"]);
    expect(asked.filter((isRefresh) => isRefresh)).toHaveLength(5);
  });

  it("lets mixed lanes share the fresh token's batch", () => {
    const { rig, sent } = guarded(["good"], (refresh) => refresh ? "good" : "stale", {});
    const mixing = new Rig({
      ...rig.options,
      wire: {
        contextOf: ({ context }) => ({
          key: context ?? "me",
          name: "all",
          mix: "",
          url: "https://plain.example/all/$batch",
        }),
      },
      transport: rig.transport,
    });
    for (const context of names(10, "c")) mixing.send(get(context, { context }));
    rig.run();
    expect(sent()).toEqual(["stale", "good"]);
    expect(mixing.told).toHaveLength(10);
  });
});

describe("rule 26: what may be a token", () => {
  const faults: [unknown, string][] = [
    ["Bearer abc", "one that begins with Bearer (give the token alone)"],
    ["bearer abc", "one that begins with Bearer (give the token alone)"],
    [undefined, "undefined (does the function return its token?)"],
    [null, "null"],
    [new String("abc"), "a String object (did you mean its valueOf()?)"],
    [{ accessToken: "abc" }, "an object (did you mean its accessToken?)"],
    [{ token: "abc", expiresOnTimestamp: 1 }, "an object (did you mean its token?)"],
    [{ access_token: "abc" }, "an object (did you mean its access_token?)"],
    [{}, "an object"],
    [7, "a number"],
    ["a\nb", "a token of 3 characters"],
    ["", "a token of 0 characters"],
  ];

  it.each(faults)("does not send what a function gives: %j", (value, found) => {
    for (const late of [false, true]) {
      const rig: Rig = new Rig({ token: (() => late ? rig.at$(1, value) : value) as never });
      rig.send(post("a"));
      rig.run();
      expect(rig.posts).toEqual([]);
      expect(untimed(rig.told)).toEqual([
        "a NotExecutedError certain",
      ]);
      expect((rig.errorOf("a").cause as Error).message).toBe(
        `Cannot use a token as it must be a string of visible ASCII characters: current value is ${found}`,
      );
    }
  });

  it.each(faults.filter(([value]) => value !== undefined))(
    "refuses the option at once: %j",
    (value, found) => {
      expect(() => new Rig({ token: value as never })).toThrow(`current value is ${found}`);
    },
  );
});

describe("rule 20: a token that nobody waits for any more", () => {
  it.each([
    ["when everybody has left", {}],
    ["when it has taken too long", { timeoutMs: 50 }],
  ])("aborts the signal that its function was given %s", (_, options) => {
    const signals: AbortSignal[] = [];
    const rig = new Rig({
      ...options,
      token: (_, { signal }) => {
        signals.push(signal);
        return new Promise<string>(() => {});
      },
    });
    const leaving = rig.send("a");
    rig.run(20);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    if ("timeoutMs" in options) rig.run();
    else leaving.unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("aborts no signal of a call that was answered, and gives all of it to who spreads it", () => {
    const signals: AbortSignal[] = [];
    const rig = new Rig({
      token: (_, options) => {
        signals.push({ ...options }.signal);
        return "t";
      },
    });
    rig.send("a");
    rig.run();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});
