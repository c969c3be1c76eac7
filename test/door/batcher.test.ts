import { firstValueFrom, forkJoin, NEVER, retry, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { type BatchEvent, createBatcher, get, type Operation, post } from "../../mod.ts";
import { batcherOf } from "../../src/door/batcher.ts";
import { checkedSettings } from "../../src/options/settings.ts";
import { names, okay, Rig } from "../support/rig.ts";

describe("send()", () => {
  it("is cold: nothing is submitted before it is subscribed to", () => {
    const rig = new Rig();
    rig.batcher.send(get("a"));
    rig.run();
    expect([rig.posts, rig.timers]).toEqual([[], 0]);
  });

  it("gives one answer and completes", async () => {
    const rig = new Rig();
    const answers = firstValueFrom(rig.batcher.send(get("a")).pipe(toArray()));
    rig.run();
    expect(await answers).toMatchObject([{ status: 200, body: "a", headers: {} }]);
  });

  it("submits again for each subscription", () => {
    const rig = new Rig();
    const answer$ = rig.batcher.send(get("a"));
    rig.watch("first", answer$);
    rig.watch("second", answer$);
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a a"]);
    expect(rig.told).toEqual(["@11 first 200", "@11 second 200"]);
  });

  it("can be repeated by operators of RxJS", () => {
    const rig = new Rig({ retry: false });
    rig.answer = ({ number, urls }) =>
      number < 2 ? rig.reply([{ index: 0, status: 500 }]) : rig.reply(okay(urls));
    rig.watch("a", rig.batcher.send(get("a")).pipe(retry(2)));
    rig.run();
    expect(rig.told).toEqual(["@33 a 200"]);
  });

  it("joins with others into one batch", async () => {
    const rig = new Rig();
    const both = firstValueFrom(forkJoin(names(3).map((url) => rig.batcher.send(get(url)))));
    rig.run();
    expect((await both).map(({ body }) => body)).toEqual(names(3));
    expect(rig.posts).toHaveLength(1);
  });

  it("fails with a TypeError for what is no operation", () => {
    const rig = new Rig();
    rig.watch("a", rig.batcher.send("messages" as never));
    expect(rig.told).toEqual(["@0 a TypeError"]);
  });

  it("says of a promise of an operation that it must be awaited", () => {
    const { batcher } = new Rig();
    const errors: Error[] = [];
    batcher.send(Promise.resolve(get("a")) as never).subscribe({
      error: (error) => errors.push(error),
    });
    expect(errors[0]!.message).toMatch(/current value is a Promise \(await it\)$/);
  });

  it("takes one operation for two batchers", () => {
    const rigs = [new Rig(), new Rig()];
    const a = get("a");
    for (const rig of rigs) rig.send(a);
    for (const rig of rigs) rig.send(get("b", { dependsOn: [a] }));
    for (const rig of rigs) rig.run();
    for (const rig of rigs) expect(rig.told).toEqual(["@11 a 200", "@22 b 200"]);
  });

  it("forgets batchers that are closed, and still knows the others", async () => {
    const a = get("a");
    const open = new Rig();
    open.send(a);
    open.run();
    for (let at = 0; at < 5; at++) {
      const rig = new Rig();
      rig.send(a);
      rig.run();
      await rig.batcher.close();
    }
    open.send(get("b", { dependsOn: [a] }));
    open.run();
    expect(open.told.at(-1)).toBe("@22 b 200");
  });

  it("gives the bytes of a body as they were when the operation was made", () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const operation = post("a", bytes);
    bytes.fill(9);
    expect(operation.body).toEqual(new Uint8Array([1, 2, 3]));
  });
});

describe("maxQueued", () => {
  it("refuses one more at once, and takes others when there is room", () => {
    const rig = new Rig({ maxQueued: 2 });
    for (const url of names(3)) rig.send(url);
    expect(rig.told).toEqual(["@0 m2 LimitError"]);
    expect(rig.errorOf("m2")).toMatchObject({ limit: "maxQueued" });
    rig.run(10);
    rig.send("later");
    rig.run();
    expect(rig.told.slice(1)).toEqual(["@11 m0 200", "@11 m1 200", "@21 later 200"]);
  });

  it("counts what is held, parked or paused, and not what is in flight", () => {
    const rig = new Rig({ maxQueued: 2 });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }])
        : rig.reply(okay(urls), { afterMs: 50 });
    const a = get("a");
    rig.send(a);
    rig.send(get("held", { dependsOn: [a] }));
    rig.send("full");
    expect(rig.told).toEqual(["@0 full LimitError"]);
    rig.run(100);
    rig.send("full");
    expect(rig.told.at(-1)).toBe("@100 full LimitError");
    rig.run(5020);
    rig.send("free");
    rig.run();
    expect(rig.told.slice(2).map((line) => line.split(" ")[1])).toEqual(["a", "free", "held"]);
  });

  it("gives room back however an operation leaves", () => {
    const rig = new Rig({ maxQueued: 1 });
    for (let at = 0; at < 5; at++) {
      rig.send("a").unsubscribe();
      const held = get("b");
      rig.send(get("c", { dependsOn: [held] }));
    }
    rig.send("d");
    rig.run();
    expect(rig.told.at(-1)).toBe("@11 d 200");
    expect(rig.told.filter((line) => line.includes("LimitError"))).toEqual([]);
  });
});

describe("flush()", () => {
  it("does nothing where nothing waits", () => {
    const rig = new Rig();
    rig.batcher.flush();
    expect([rig.posts, rig.timers]).toEqual([[], 0]);
  });

  it("sends as soon as a slot is free", () => {
    const rig = new Rig({ concurrency: 1 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 5 });
    rig.send("a");
    rig.send(get("b", { context: "x" }));
    rig.batcher.flush();
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@5 x: b"]);
  });

  it("does not break a pause", () => {
    const rig = new Rig();
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }])
        : rig.reply(okay(urls));
    rig.send("a");
    rig.run(20);
    rig.batcher.flush();
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@5011 me: a"]);
  });

  it("from inside a subscriber, a listener and the transport", () => {
    const rig = new Rig();
    rig.batcher.events.subscribe(() => rig.batcher.flush());
    rig.answer = ({ urls }) => {
      rig.batcher.flush();
      return rig.reply(okay(urls));
    };
    rig.batcher.send(get("a")).subscribe(() => rig.batcher.flush());
    rig.send("b");
    rig.run();
    expect(rig.told).toHaveLength(1);
    expect(rig.batches.flatMap(({ urls }) => urls)).toEqual(["a", "b"]);
  });
});

describe("a real clock", () => {
  it("sends after the current synchronous run when maxWaitMs is 0", async () => {
    const batches: number[] = [];
    const rig = new Rig();
    const batcher = createBatcher(rig.wire, {
      maxWaitMs: 0,
      transport: ({ body }) => {
        batches.push(JSON.parse(new TextDecoder().decode(body)).length);
        return [{ status: 200, headers: {}, body: [new TextEncoder().encode("")] }];
      },
      retry: false,
    });
    const sent: Operation[] = names(3).map((url) => get(url));
    for (const operation of sent) batcher.send(operation).subscribe({ error: () => {} });
    expect(batches).toEqual([]);
    await batcher.close();
    expect(batches).toEqual([3]);
  });
});

describe("events of the transport that nobody named", () => {
  it("tell once that another one had to take its place, and why", () => {
    const rig = new Rig();
    const cause = new Error("no undici");
    const settings = checkedSettings({ scheduler: rig.clock }, rig.wire, {
      transport: (tell) => {
        let isTold = false;
        return (request) => {
          if (!isTold) tell({ used: "fetch", wanted: "undici", cause });
          isTold = true;
          return rig.transport(request);
        };
      },
    });
    const batcher = batcherOf(rig.wire, settings);
    const told: BatchEvent[] = [];
    batcher.events.subscribe((event) => told.push(event));
    for (const url of ["a", "b"]) {
      rig.watch(url, batcher.send(get(url)));
      rig.run();
    }
    expect(rig.posts).toHaveLength(2);
    expect(told.filter(({ type }) => type === "transport"))
      .toEqual([{ type: "transport", used: "fetch", wanted: "undici", cause }]);
  });
});

describe("a signal that aborts", () => {
  it("ends what is out as not finished, and what comes later as not taken in", async () => {
    const controller = new AbortController();
    const rig = new Rig({ signal: controller.signal });
    rig.answer = () => NEVER;
    const [out, late] = [post("a"), post("b")];
    const failed = firstValueFrom(rig.batcher.send(out));
    rig.run(10);
    controller.abort();
    const state = "as its batcher must be open: current value is one whose signal has aborted";
    await expect(failed).rejects.toMatchObject({
      _tag: "ClosedError",
      attempts: 1,
      message: `Cannot finish operation ${out.id} ${state}`,
    });
    await expect(firstValueFrom(rig.batcher.send(late))).rejects.toMatchObject({
      _tag: "ClosedError",
      attempts: 0,
      message: `Cannot take in operation ${late.id} ${state}`,
    });
  });
});
