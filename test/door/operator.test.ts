import { EMPTY, from, map, merge, NEVER, of, range, Subject, take, throwError } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import { batch, type BatchOperator, get, type Operation, post } from "../../mod.ts";
import { plainBody, plainWire, urlsOf } from "../support/plain_wire.ts";
import { describeError, names, okay, Rig } from "../support/rig.ts";

function operatorOf(rig: Rig): BatchOperator {
  return batch(rig.wire, rig.options);
}

/** Subscribes, and keeps what comes as lines. */
function follow(rig: Rig, source$: ReturnType<BatchOperator>) {
  const lines: string[] = [];
  const subscription = source$.subscribe({
    next: (result) =>
      lines.push(
        `@${rig.now} ${result.operation.url} ${
          result.ok ? result.response.status : describeError(result.error)
        }`,
      ),
    error: (error) => lines.push(`@${rig.now} error ${describeError(error)}`),
    complete: () => lines.push(`@${rig.now} complete`),
  });
  return { lines, subscription };
}

describe("batch()", () => {
  it("never: waits, without a timer", () => {
    const rig = new Rig();
    const { lines } = follow(rig, NEVER.pipe(operatorOf(rig)));
    rig.run();
    expect([lines, rig.timers]).toEqual([[], 0]);
  });

  it("empty: completes at once, and posts nothing", () => {
    const rig = new Rig();
    expect(follow(rig, EMPTY.pipe(operatorOf(rig))).lines).toEqual(["@0 complete"]);
    expect(rig.posts).toEqual([]);
  });

  it("one: flushes when the source completes", () => {
    const rig = new Rig();
    const { lines } = follow(rig, of(get("a")).pipe(operatorOf(rig)));
    rig.run();
    expect([rig.posts, lines]).toEqual([["@0 me: a"], ["@1 a 200", "@1 complete"]]);
  });

  it("many: one result each, in the order of completion", () => {
    const rig = new Rig({ maxBatchSize: 2 });
    rig.answer = ({ number, urls }) => rig.reply(okay(urls), { afterMs: 10 - number });
    const source$ = from(names(5)).pipe(map((url) => get(url)));
    const { lines } = follow(rig, source$.pipe(operatorOf(rig)));
    rig.run();
    expect(lines).toEqual([
      "@8 m4 200",
      "@9 m2 200",
      "@9 m3 200",
      "@10 m0 200",
      "@10 m1 200",
      "@10 complete",
    ]);
  });

  it("error: passes it on at once, and sends nothing that waits", () => {
    const rig = new Rig();
    const source$ = merge(of(post("a")), throwError(() => new RangeError("source")));
    const { lines } = follow(rig, source$.pipe(operatorOf(rig)));
    rig.run();
    expect([lines, rig.posts, rig.timers]).toEqual([["@0 error RangeError"], [], 0]);
  });

  it("early unsubscribe: sends nothing that waits", () => {
    const rig = new Rig();
    const source$ = new Subject<Operation>();
    const { lines, subscription } = follow(rig, source$.pipe(operatorOf(rig)));
    source$.next(post("a"));
    subscription.unsubscribe();
    rig.run();
    expect([lines, rig.posts, source$.observed]).toEqual([[], [], false]);
  });

  it("makes a failure a value: the stream goes on", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      rig.reply(urls.map((url, index) => ({ index, status: url === "b" ? 404 : 200 })));
    const { lines } = follow(rig, of(get("a"), get("b"), get("c")).pipe(operatorOf(rig)));
    rig.run();
    expect(lines).toEqual(["@1 a 200", "@1 b ResponseError 404", "@1 c 200", "@1 complete"]);
  });

  it("merges any number of request streams into one batch", () => {
    const rig = new Rig();
    const a$ = of(get("a1"), get("a2"));
    const b$ = of(post<{ id: string }>("b1"));
    follow(rig, merge(a$, b$).pipe(operatorOf(rig)));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a1 a2 b1"]);
  });

  it.each([undefined, null, 7, "GET messages", {}, { id: 1, method: "GET", url: "a" }])(
    "ends the stream with a TypeError for a value that is no operation: %j",
    (value) => {
      const rig = new Rig();
      const source$ = new Subject<Operation>();
      const { lines } = follow(rig, source$.pipe(operatorOf(rig)));
      source$.next(get("a"));
      source$.next(value as never);
      rig.run();
      expect([lines, rig.posts, source$.observed]).toEqual([["@0 error TypeError"], [], false]);
    },
  );

  it("stops an endless synchronous source when it has enough", () => {
    const rig = new Rig({ maxWaitMs: 0, maxBatchSize: 5 });
    rig.answer = ({ urls }) => [{ status: 200, headers: {}, body: [plainBody(okay(urls))] }];
    let made = 0;
    const endless$ = range(0, Infinity).pipe(map(() => get(`u${made++}`)));
    const { lines } = follow(rig, endless$.pipe(operatorOf(rig), take(7)));
    expect(lines.at(-1)).toBe("@0 complete");
    expect(lines).toHaveLength(8);
    expect(made).toBeLessThanOrEqual(10);
  });

  it("gives each subscription a pipeline of its own", () => {
    const rig = new Rig();
    const [a, b] = [get("a"), get("b")];
    const results$ = of(a, get("c", { dependsOn: [a] }), b).pipe(operatorOf(rig));
    const first = follow(rig, results$);
    const second = follow(rig, results$);
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a b", "@0 me: a b", "@11 me: c", "@11 me: c"]);
    expect(first.lines).toEqual(second.lines);
    expect(first.lines.at(-1)).toBe("@12 complete");
  });

  it("does not know what another subscription submitted", () => {
    const rig = new Rig();
    const a = get("a");
    follow(rig, of(a).pipe(operatorOf(rig)));
    rig.run();
    const { lines } = follow(rig, of(get("b", { dependsOn: [a] })).pipe(operatorOf(rig)));
    expect(lines).toEqual(["@1 b OperationError", "@1 complete"]);
  });

  it("lets a subscriber feed the source", () => {
    const rig = new Rig();
    const source$ = new Subject<Operation>();
    const lines: string[] = [];
    source$.pipe(operatorOf(rig)).subscribe({
      next: ({ operation }) => {
        lines.push(operation.url);
        if (operation.url === "page1") source$.next(get("page2"));
        else source$.complete();
      },
      complete: () => lines.push("complete"),
    });
    source$.next(get("page1"));
    rig.run();
    expect(lines).toEqual(["page1", "page2", "complete"]);
    expect(rig.posts).toEqual(["@10 me: page1", "@21 me: page2"]);
  });

  it("tells events to the observer of its options, which other subscriptions may share", () => {
    const heard: string[] = [];
    const rig = new Rig({
      events: { next: ({ type }) => heard.push(type), complete: () => heard.push("complete") },
    });
    const operator = operatorOf(rig);
    follow(rig, of(get("a")).pipe(operator));
    rig.run();
    follow(rig, of(get("b")).pipe(operator));
    rig.run();
    const once = ["queued", "sent", "settled", "answered"];
    expect(heard).toEqual([...once, ...once]);
  });

  it("can be drawn as marbles", () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const [a, b, c] = [get("a"), get("b"), get("c")];
      const source$ = hot<Operation>("a-b 8ms ------c----|", { a, b, c });
      const operator = batch(plainWire(), {
        scheduler,
        transport: ({ body }) =>
          cold("---(r|)", {
            r: { status: 200, headers: {}, body: [plainBody(okay(urlsOf(body)))] },
          }),
      });
      const urls$ = source$.pipe(operator, map(({ operation }) => operation.url));
      expectObservable(urls$).toBe("-------------(ab)--------(c|)", {
        a: "a",
        b: "b",
        c: "c",
      });
      expectSubscriptions(source$.subscriptions).toBe("^ 21ms !");
    });
  });
});
