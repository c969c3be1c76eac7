import { EMPTY, Observable, throwError } from "rxjs";
import { describe, expect, it } from "vitest";
import { type BatchOptions, get } from "../../../../mod.ts";
import { okay, Rig, untimed } from "../../../support/rig.ts";
import { heard } from "../../../support/virtual_time.ts";

/** What a call for a token was told, and how it is answered. */
interface Call {
  readonly context: string;
  readonly refresh: boolean;
  readonly account: string | undefined;
  readonly signal: AbortSignal;
  answer(token: string): Promise<void>;
}

/** A batcher whose token function is answered by hand; the server takes every token that begins with "good". */
function asking(options: BatchOptions = {}) {
  const calls: Call[] = [];
  const rig = new Rig({
    maxWaitMs: 0,
    token: (context, { refresh, account, signal }) =>
      new Promise<string>((resolve) => {
        const answer = async (token: string) => {
          resolve(token);
          await heard();
          rig.run(rig.now + 10);
        };
        calls.push({ context, refresh, account, signal, answer });
      }),
    ...options,
  });
  rig.answer = ({ urls, request }) =>
    request.headers["Authorization"]!.startsWith("Bearer good")
      ? rig.reply(okay(urls))
      : rig.reply("no", { status: 401 });
  return { calls, rig };
}

describe("a call for a token that several wait for", () => {
  it("goes on when one lane is left, and serves the others", async () => {
    const asked: AbortSignal[] = [];
    let give!: (token: { token: string; expiresOnTimestamp: number }) => void;
    const token = {
      getToken: (_: string[], { abortSignal }: { abortSignal: AbortSignal }) => {
        asked.push(abortSignal);
        return new Promise<{ token: string }>((resolve) => give = resolve);
      },
    };
    const { rig } = asking({ token, scopes: "s" });
    const left = rig.send(get("a", { context: "left" }));
    rig.send(get("b", { context: "stays" }));
    rig.run(5);
    left.unsubscribe();
    expect(asked.map(({ aborted }) => aborted)).toEqual([false]);
    give({ token: "good", expiresOnTimestamp: 0 });
    await heard();
    rig.run();
    expect(rig.posts).toEqual(["@5 stays: b"]);
    expect(untimed(rig.told)).toEqual(["b 200"]);
  });

  it("is dropped with the last of them, whose slot is free at once", async () => {
    const { calls, rig } = asking({ concurrency: 1 });
    const left = rig.send(get("a", { context: "left" }));
    rig.run(5);
    rig.send(get("b", { context: "stays" }));
    rig.run(10);
    expect(calls.map(({ context }) => context)).toEqual(["left"]);
    left.unsubscribe();
    rig.run(15);
    expect(calls.map(({ context, signal }) => [context, signal.aborted])).toEqual([
      ["left", true],
      ["stays", false],
    ]);
    await calls[1]!.answer("good");
    expect(untimed(rig.told)).toEqual(["b 200"]);
  });

  it("is another one for each account, though both held the same word when it was refused", async () => {
    const { calls, rig } = asking();
    for (const account of ["anna", "ben"]) rig.send(get(account, { account }));
    rig.run(5);
    for (const call of calls.slice()) await call.answer("none yet");
    const refreshes = calls.filter(({ refresh }) => refresh);
    expect(refreshes.map(({ account }) => account)).toEqual(["anna", "ben"]);
    for (const { account, answer } of refreshes) await answer(`good for ${account}`);
    const brought = rig.batches.slice(2).map(({ urls, request }) => [
      ...urls,
      request.headers["Authorization"],
    ]);
    expect(brought).toEqual([
      ["anna", "Bearer good for anna"],
      ["ben", "Bearer good for ben"],
    ]);
    expect(untimed(rig.told)).toEqual(["anna 200", "ben 200"]);
  });

  it("is one for all that hold what was refused, and others are not kept waiting by it", async () => {
    const { calls, rig } = asking({ concurrency: 9 });
    for (const context of ["one", "two", "three"]) rig.send(get(context, { context }));
    rig.run(5);
    await calls[0]!.answer("old");
    await calls[1]!.answer("older");
    await calls[2]!.answer("old");
    const refreshes = calls.filter(({ refresh }) => refresh);
    expect(refreshes.map(({ context }) => context)).toEqual(["one", "two"]);
    await refreshes[1]!.answer("good");
    expect(untimed(rig.told)).toEqual(["two 200"]);
    await refreshes[0]!.answer("good too");
    expect(untimed(rig.told)).toEqual(["two 200", "one 200", "three 200"]);
  });

  it("is joined no more once somebody has waited too long for it, and the next one is", async () => {
    const { calls, rig } = asking({
      maxBatchSize: 1,
      concurrency: 9,
      concurrencyPerContext: 9,
      timeoutMs: 100,
    });
    rig.send("a");
    rig.at(50, () => rig.send("b"));
    rig.at(120, () => rig.send("c"));
    rig.run(130);
    expect(rig.told).toEqual(["@100 a NotExecutedError certain"]);
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    await calls[0]!.answer("good");
    expect(untimed(rig.told).slice(1)).toEqual(["b 200"]);
    // The first one has ended; the second is still there to be joined.
    rig.send("d");
    rig.run(rig.now + 5);
    expect(calls).toHaveLength(2);
    await calls[1]!.answer("good");
    expect(untimed(rig.told).slice(2)).toEqual(["c 200", "d 200"]);
  });
});

describe("a call for a token that ends in no token", () => {
  const reason = new Error("signed out");

  it.each<[string, () => unknown, unknown]>([
    ["throws", () => {
      throw reason;
    }, reason],
    ["errors", () => throwError(() => reason), reason],
    [
      "ends without one",
      () => EMPTY,
      {
        message:
          "Cannot use a token as it must be a string of visible ASCII characters: current value is undefined (does the function return its token?)",
      },
    ],
  ])("fails the batch as not executed, with what was said: one that %s", (_, token, cause) => {
    const { rig } = asking({ token: token as never });
    rig.send("a");
    rig.run();
    expect(untimed(rig.told)).toEqual(["a NotExecutedError certain"]);
    expect(rig.errorOf("a").cause).toMatchObject(cause as object);
  });

  it("is unsubscribed when its own beginning makes the last one leave", () => {
    let leave = () => {};
    let isDropped = false;
    const { rig } = asking({
      token: () =>
        new Observable<string>(() => {
          leave();
          return () => isDropped = true;
        }),
    });
    const left = rig.send("a");
    leave = () => left.unsubscribe();
    rig.run();
    expect([isDropped, rig.posts, rig.told, rig.timers]).toEqual([true, [], [], 0]);
  });

  it("tells who looks at its signal late that nobody waits any more", async () => {
    let isAborted: (() => boolean) | undefined;
    const { rig } = asking({
      token: (_context, options) => {
        isAborted = () => options.signal.aborted;
        return new Promise<string>(() => {});
      },
    });
    const left = rig.send("a");
    rig.run(5);
    left.unsubscribe();
    await heard();
    expect(isAborted!()).toBe(true);
  });
});
