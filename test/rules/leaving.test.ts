import { concat, NEVER, Observable, of, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { batch, type BatchOptions, ClosedError, get, type Operation, post } from "../../mod.ts";
import { plainBody } from "../support/plain_wire.ts";
import { describeError, names, okay, Rig, untimed } from "../support/rig.ts";

/** A signal that knows how many listen. */
function countingSignal(): {
  controller: AbortController;
  signal: AbortSignal;
  listeners: () => number;
} {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: never, options?: never) => {
    listeners.add(listener);
    add(type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: never, options?: never) => {
    listeners.delete(listener);
    remove(type, listener, options);
  };
  return { controller, signal, listeners: () => listeners.size };
}

describe("rule 19: leaving", () => {
  it("costs those who stay nothing when the batch carries other lanes", () => {
    const rig = new Rig({
      wire: {
        contextOf({ context = "me" }) {
          return { key: context, name: context, url: "https://a.example/all/$batch", mix: "all" };
        },
      },
    });
    const leaving = rig.send(get("a"));
    rig.send(get("b", { context: "x" }));
    rig.at(10, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@10 all: a b"]);
    expect(rig.told).toEqual(["@11 b 200"]);
  });

  it("before the batch left: it is never sent", () => {
    const rig = new Rig();
    rig.send("a");
    const leaving = rig.send(post("b"));
    rig.send("c");
    rig.at(9, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a c"]);
    expect(rig.told).toEqual(["@11 a 200", "@11 c 200"]);
  });

  it("of many in the middle of a long lane sends the others, each once", () => {
    const rig = new Rig({ maxWaitMs: 10, concurrency: 1 });
    rig.send(get("first"));
    rig.batcher.flush();
    const subscriptions = names(1000).map((url) => rig.send(url));
    for (const [at, subscription] of subscriptions.entries()) {
      if (at % 10 !== 0) subscription.unsubscribe();
    }
    rig.run();
    const sent = rig.batches.flatMap(({ urls }) => urls);
    expect(sent).toEqual(["first", ...names(1000).filter((_, at) => at % 10 === 0)]);
    expect(rig.posts).toHaveLength(6);
  });

  it("after the batch left: its result is dropped, the others get theirs", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 20 });
    const leaving = rig.send("a");
    rig.send("b");
    rig.at(15, () => leaving.unsubscribe());
    rig.run();
    expect(rig.told).toEqual(["@30 b 200"]);
    expect(rig.dropped).toEqual([]);
  });

  it("of everybody aborts a POST that only reads", () => {
    const rig = new Rig();
    rig.answer = () => rig.silence();
    const subscriptions = ["a", "b"].map((url) => rig.send(url));
    rig.run(15);
    const { signal } = rig.batches[0]!.request;
    subscriptions[0]!.unsubscribe();
    expect([signal.aborted, rig.dropped.length]).toEqual([false, 0]);
    subscriptions[1]!.unsubscribe();
    expect([signal.aborted, rig.dropped.length]).toEqual([true, 1]);
    expect(rig.timers).toBe(0);
  });

  it("of everybody does not abort a POST that changes something", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 20 });
    const subscriptions = [rig.send("a"), rig.send(post("b"))];
    rig.run(15);
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(rig.batches[0]!.request.signal.aborted).toBe(false);
    rig.run();
    expect([rig.dropped, rig.told, rig.timers]).toEqual([[], [], 0]);
  });

  it("of everybody aborts that too where abortUnsafe is on", () => {
    const rig = new Rig({ abortUnsafe: true });
    rig.answer = () => rig.silence();
    const leaving = rig.send(post("b"));
    rig.run(15);
    leaving.unsubscribe();
    expect([rig.dropped, rig.timers]).toEqual([[0], 0]);
  });

  it("aborts as soon as those who are left have been answered", () => {
    const rig = new Rig();
    rig.answer = () => rig.trickle([[5, { index: 0 }], [500, { index: 1 }]]);
    rig.send("a");
    const leaving = rig.send("b");
    rig.at(12, () => leaving.unsubscribe());
    rig.run();
    expect([rig.told, rig.dropped, rig.timers]).toEqual([["@15 a 200"], [0], 0]);
  });

  it("gives the slot of an aborted POST to the next lane", () => {
    const rig = new Rig({ concurrency: 1 });
    rig.answer = ({ number, urls }) => number === 0 ? rig.silence() : rig.reply(okay(urls));
    const leaving = rig.send("a");
    rig.send(get("b", { context: "x" }));
    rig.at(50, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@50 x: b"]);
  });

  it("while its batch waits for a token: it is not sent, the others are", () => {
    const rig: Rig = new Rig({ token: () => rig.at$(20, "t") });
    const leaving = rig.send(post("a"));
    rig.send(post("b"));
    rig.at(15, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@30 me: b"]);
  });

  it("of everybody while the token is awaited frees the slot, and drops the call", () => {
    const token$ = new Subject<string>();
    const rig = new Rig({ concurrency: 1, token: () => token$ });
    const leaving = rig.send("a");
    rig.run(15);
    expect([rig.timers, token$.observed]).toEqual([1, true]);
    leaving.unsubscribe();
    expect([rig.timers, token$.observed]).toEqual([0, false]);
    rig.send("b");
    rig.run(40);
    token$.next("t");
    rig.run();
    expect(rig.posts).toEqual(["@40 me: b"]);
  });

  it("while it waits for its next attempt: it does not go again, and leaves no timer", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(urls.map((_, index) => ({ index, status: 503 })));
    const leaving = rig.send("a");
    rig.run(11);
    leaving.unsubscribe();
    expect(rig.timers).toBe(0);
    rig.run();
    expect(rig.posts).toHaveLength(1);
  });

  it("in a paused lane leaves no timer", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply("slow down", { status: 503, headers: { "retry-after": "5" } });
    const leaving = rig.send("a");
    rig.run(100);
    expect(rig.timers).toBe(1);
    leaving.unsubscribe();
    expect(rig.timers).toBe(0);
  });

  it("by a subscriber between two parts of one answer", () => {
    const rig = new Rig();
    const others: { unsubscribe(): void }[] = [];
    rig.batcher.send(get("a")).subscribe(() => others.forEach((other) => other.unsubscribe()));
    others.push(rig.send("b"), rig.send("c"));
    rig.send(get("d"));
    rig.run();
    expect(rig.told).toEqual(["@11 d 200"]);
  });

  it("of a subscriber with its own first value is fine", () => {
    const rig = new Rig();
    const subscription = rig.batcher.send(get("a")).subscribe(() => subscription.unsubscribe());
    rig.send("b");
    rig.run();
    expect(rig.told).toEqual(["@11 b 200"]);
  });

  it("on hearing of any event does no harm", () => {
    for (const type of ["queued", "sent", "answered", "retried", "paused", "settled"] as const) {
      const rig = new Rig({ maxQueued: 2 });
      rig.answer = ({ number, urls }) =>
        number === 0
          ? rig.reply([{ index: 0, status: 503, headers: { "retry-after": "1" } }])
          : rig.reply(okay(urls));
      const subscriptions: { unsubscribe(): void }[] = [];
      rig.batcher.events.subscribe((event) => {
        if (event.type === type) subscriptions.forEach((one) => one.unsubscribe());
      });
      subscriptions.push(rig.send("a"));
      subscriptions.push(rig.send("b"));
      rig.run();
      expect(rig.timers, type).toBe(0);
      rig.send("c");
      rig.send("d");
      rig.run();
      expect(untimed(rig.told.slice(-2)), type).toEqual([
        "c 200",
        "d 200",
      ]);
    }
  });

  it("of a dependent whose 424 is held back does not revive it", () => {
    const rig = new Rig({ wire: { order: "native" }, maxQueued: 2 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.trickle([[1, { index: 1, status: 424 }], [50, { index: 0 }]])
        : rig.reply(okay(urls));
    const a = get("a");
    const parent = rig.send(a);
    rig.send(get("b", { dependsOn: [a] }));
    rig.at(15, () => parent.unsubscribe());
    rig.at(100, () => names(2).forEach((url) => rig.send(url)));
    rig.run();
    expect(rig.told).toEqual(["@15 b DependencyError", "@111 m0 200", "@111 m1 200"]);
    expect(rig.dropped).toEqual([0]);
  });
});

describe("rule 20: a source error, unsubscribing, a signal, closing", () => {
  function operate(rig: Rig, options: BatchOptions = {}) {
    const source$ = new Subject<Operation>();
    const told: string[] = [];
    const subscription = source$.pipe(batch(rig.wire, { ...rig.options, ...options })).subscribe({
      next: (result) => told.push(`${result.operation.url} ${result.ok}`),
      error: (error) => told.push(describeError(error)),
      complete: () => told.push("complete"),
    });
    return { source$, told, subscription };
  }

  it("unsubscribing the operator leaves everything: nothing that waits is sent", () => {
    const rig = new Rig();
    const { source$, told, subscription } = operate(rig);
    source$.next(post("a"));
    source$.next(get("b", { context: "x" }));
    subscription.unsubscribe();
    rig.run();
    expect([rig.posts, told, rig.timers]).toEqual([[], [], 0]);
    expect(source$.observed).toBe(false);
  });

  it("unsubscribing the operator aborts what only reads, and lets the rest run", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 20 });
    const { source$, told, subscription } = operate(rig);
    source$.next(get("a"));
    source$.next(post("b", undefined, { context: "x" }));
    rig.run(15);
    subscription.unsubscribe();
    expect(rig.dropped).toEqual([0]);
    rig.run();
    expect([rig.dropped, told]).toEqual([[0], []]);
  });

  it("a source error leaves everything at once", () => {
    const rig = new Rig();
    const { source$, told } = operate(rig);
    source$.next(post("a"));
    source$.error(new RangeError("source"));
    rig.run();
    expect([rig.posts, told, rig.timers]).toEqual([[], ["RangeError"], 0]);
  });

  it("completion flushes once, and completes when the last is settled", () => {
    const rig = new Rig();
    const { source$, told } = operate(rig);
    const a = get("a");
    source$.next(a);
    source$.next(get("b", { dependsOn: [a] }));
    source$.complete();
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@11 me: b"]);
    expect(told).toEqual(["a true", "b true", "complete"]);
  });

  it("a signal fails everything, wherever it stands, with its reason", () => {
    const { controller, signal, listeners } = countingSignal();
    const rig = new Rig({ signal, maxBatchSize: 2 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply(
          urls.map((_, index) => ({ index, status: 503, headers: { "retry-after": "9" } })),
        )
        : rig.silence();
    const reason = new Error("enough");
    rig.send(get("paused", { context: "x" }));
    rig.run(20);
    const flying = get("flying");
    rig.send(flying);
    rig.send(get("flying2"));
    rig.send(get("held", { dependsOn: [flying] }));
    rig.send(get("queued"));
    rig.run(21);
    expect(listeners()).toBe(1);
    controller.abort(reason);
    expect(rig.told).toEqual([
      "@21 paused ClosedError",
      "@21 flying ClosedError",
      "@21 flying2 ClosedError",
      "@21 held ClosedError",
      "@21 queued ClosedError",
    ]);
    expect(rig.errorOf("held")).toBeInstanceOf(ClosedError);
    expect(rig.errorOf("held").cause).toBe(reason);
    expect([rig.dropped, rig.timers, listeners()]).toEqual([[1], 0, 0]);
    rig.send("late");
    expect(rig.told.at(-1)).toBe("@21 late ClosedError");
    expect(listeners()).toBe(0);
  });

  it.each(["token", "transport"] as const)(
    "a signal fails the rest, too, when what is aborted of its own accord aborts it: a %s",
    (what) => {
      const controller = new AbortController();
      const abortsAll = (signal: AbortSignal) => {
        signal.addEventListener("abort", () => controller.abort());
      };
      const rig = new Rig({
        maxWaitMs: 0,
        maxBatchSize: 1,
        signal: controller.signal,
        token: (_, { signal }) => {
          if (what === "transport") return "t";
          abortsAll(signal);
          return NEVER;
        },
      });
      rig.answer = ({ request }) => {
        abortsAll(request.signal);
        return rig.silence();
      };
      const first = rig.send(get("a", { context: "x" }));
      rig.send("b");
      rig.run(5);
      first.unsubscribe();
      expect(rig.told).toEqual(["@5 b ClosedError"]);
      rig.run();
      expect(rig.told).toHaveLength(1);
      expect(rig.timers).toBe(0);
    },
  );

  it("a signal is listened to only while something is in hand", () => {
    const { signal, listeners } = countingSignal();
    const rig = new Rig({ signal });
    expect(listeners()).toBe(0);
    for (let round = 0; round < 3; round++) {
      rig.send("a");
      rig.send("b");
      expect(listeners()).toBe(1);
      rig.run();
      expect(listeners()).toBe(0);
    }
  });

  it("a signal ends the operator with one failure for each, then completes with its source", () => {
    const { controller, signal } = countingSignal();
    const rig = new Rig({ signal });
    const { source$, told } = operate(rig);
    source$.next(get("a"));
    controller.abort();
    source$.complete();
    expect(told).toEqual(["a false", "complete"]);
  });

  it("close flushes, refuses, and lets dependents and retries run out", async () => {
    const rig = new Rig();
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 503, headers: { "retry-after": "2" } }])
        : rig.reply(okay(urls));
    const a = get("a");
    rig.send(a);
    rig.send(get("b", { dependsOn: [a] }));
    let isClosed = false;
    const closed = rig.batcher.close().then(() => isClosed = true);
    rig.send("late");
    expect(rig.told).toEqual(["@0 late ClosedError"]);
    rig.run(2000);
    await Promise.resolve();
    expect(isClosed).toBe(false);
    rig.run();
    await closed;
    expect(rig.posts).toEqual(["@0 me: a", "@2001 me: a", "@2012 me: b"]);
    expect(rig.told.slice(1)).toEqual(["@2002 a 200", "@2013 b 200"]);
    expect(rig.timers).toBe(0);
  });

  it("close completes the events, after the last of them", async () => {
    const rig = new Rig();
    const heard: string[] = [];
    rig.batcher.events.subscribe({
      next: ({ type }) => heard.push(type),
      complete: () => heard.push("complete"),
    });
    rig.send("a");
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(heard).toEqual(["queued", "sent", "settled", "answered", "complete"]);
  });

  it("a second close gives the same promise, also after the end", async () => {
    const rig = new Rig();
    const closed = rig.batcher.close();
    expect(rig.batcher.close()).toBe(closed);
    await closed;
    expect(rig.batcher.close()).toBe(closed);
    rig.send("a");
    expect(rig.told).toEqual(["@0 a ClosedError"]);
  });

  it("close waits for a POST that nobody waits for any more, after timeoutMs no longer", async () => {
    for (
      const [end, answeredAtMs] of [["leave", 500], ["signal", 500], ["leave", undefined]] as const
    ) {
      const { controller, signal } = countingSignal();
      const rig = new Rig({ timeoutMs: 1000, ...(end === "signal" ? { signal } : {}) });
      rig.answer = ({ urls }) =>
        answeredAtMs === undefined
          ? rig.silence()
          : rig.reply(okay(urls), { afterMs: answeredAtMs });
      const subscription = rig.send(post("a"));
      let closedAtMs: number | undefined;
      const closed = rig.batcher.close().then(() => closedAtMs = rig.now);
      rig.run(20);
      if (end === "leave") subscription.unsubscribe();
      else controller.abort();
      rig.run(499);
      await Promise.resolve();
      expect(closedAtMs).toBe(undefined);
      rig.run();
      await closed;
      expect(closedAtMs).toBe(answeredAtMs ?? 1000);
      expect(rig.timers).toBe(0);
    }
  });

  it("close resolves at once when what was left only read", async () => {
    const rig = new Rig();
    rig.answer = () => rig.silence();
    const subscription = rig.send("a");
    const closed = rig.batcher.close();
    rig.run(20);
    subscription.unsubscribe();
    await closed;
    expect(rig.dropped).toEqual([0]);
  });

  it("close waits for the end of an answer whose parts have all come", async () => {
    const rig = new Rig({ maxWaitMs: 0 });
    const heard: string[] = [];
    rig.batcher.events.subscribe({
      next: ({ type }) => heard.push(`@${rig.now} ${type}`),
      complete: () => heard.push(`@${rig.now} complete`),
    });
    rig.answer = () =>
      new Observable((subscriber) => {
        subscriber.next({
          status: 200,
          headers: {},
          body: concat(of(plainBody([{ index: 0 }])), rig.at$(50, new Uint8Array())),
        });
        subscriber.complete();
      });
    rig.send("a");
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(heard.slice(-3)).toEqual(["@0 settled", "@50 answered", "@50 complete"]);
  });

  it("close waits for a token that is asked for in vain no longer than timeoutMs", async () => {
    const rig = new Rig({ timeoutMs: 300, token: () => new Promise<string>(() => {}) });
    rig.send(post("a"));
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told).toEqual(["@300 a NotExecutedError certain"]);
  });

  it("close from inside a subscriber of its own", async () => {
    const rig = new Rig();
    let closed: Promise<void> | undefined;
    rig.batcher.send(get("a")).subscribe(() => closed = rig.batcher.close());
    rig.send("b");
    rig.run();
    await closed;
    expect(rig.told).toEqual(["@11 b 200"]);
  });

  it("await using closes it", async () => {
    const rig = new Rig();
    const closed = rig.batcher[Symbol.asyncDispose]();
    expect(rig.batcher.close()).toBe(closed);
    await closed;
  });

  it("close gives up a server that never comes back", async () => {
    const rig = new Rig();
    rig.answer = () => rig.reply("down", { status: 503 });
    rig.send("a");
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told[0]).toContain("a BatchHttpError 503");
    expect(rig.posts).toHaveLength(4);
  });
});
