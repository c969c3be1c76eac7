import { describe, expect, it } from "vitest";
import { get, post } from "../../mod.ts";
import { names, okay, Rig } from "../support/rig.ts";

describe("rule 1: a window opens with its first operation, and one timer serves all", () => {
  it("sets no timer before the first operation", () => {
    const rig = new Rig();
    rig.batcher.send(get("a"));
    rig.batcher.flush();
    expect(rig.timers).toBe(0);
  });

  it("starts to wait with the operation, not with the batcher", () => {
    const rig = new Rig({ maxWaitMs: 10 });
    rig.at(100, () => rig.send("a"));
    rig.at(107, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@110 me: a b"]);
  });

  it("sets one timer for a thousand windows", () => {
    const rig = new Rig({ maxWaitMs: 10, concurrency: 10_000 });
    for (const context of names(1000, "user")) rig.send(get("a", { context }));
    expect(rig.timers).toBe(1);
    rig.run();
    expect(rig.posts).toHaveLength(1000);
    expect(new Set(rig.posts.map((line) => line.split(" ")[0]))).toEqual(new Set(["@10"]));
  });

  it("closes windows of different ages in time", () => {
    const rig = new Rig({ maxWaitMs: 10 });
    for (const [at, context] of [[0, "x"], [3, "y"], [4, "z"]] as const) {
      rig.at(at, () => rig.send(get("a", { context })));
    }
    rig.run();
    expect(rig.posts).toEqual(["@10 x: a", "@13 y: a", "@14 z: a"]);
  });

  it("takes the timer away when the last one leaves", () => {
    const rig = new Rig();
    const subscriptions = names(3).map((context) => rig.send(get("a", { context })));
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(rig.timers).toBe(0);
  });

  it("sets no timer for a paused lane in which nothing waits", () => {
    const rig = new Rig({ retry: { maxRetries: 0 } });
    rig.answer = ({ urls }) =>
      rig.reply(urls.map((_, index) => ({ index, status: 429, headers: { "retry-after": "60" } })));
    rig.send("a");
    rig.run(12);
    expect(rig.told).toEqual(["@11 a ResponseError 429"]);
    expect(rig.timers).toBe(0);
  });

  it("sets one timer for each paused lane in which somebody waits", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = ({ number, urls }) =>
      number < 3
        ? rig.reply(urls.map((_, index) => ({
          index,
          status: 429,
          headers: { "retry-after": "60" },
        })))
        : rig.reply(okay(urls));
    for (const context of names(3)) {
      for (const url of names(5, "a")) rig.send(get(url, { context }));
    }
    rig.run(10);
    expect(rig.timers).toBe(3);
    rig.run();
    expect(rig.told).toHaveLength(15);
    expect(rig.timers).toBe(0);
  });

  it("leaves no timer behind when all is settled", () => {
    const rig = new Rig();
    for (const url of names(50)) rig.send(url);
    rig.run();
    expect(rig.told).toHaveLength(50);
    expect(rig.timers).toBe(0);
  });

  it("takes the timer of a schema's promise away with its subscriber", async () => {
    const rig = new Rig();
    const validate = () => new Promise<never>(() => {});
    const schema = { "~standard": { version: 1, vendor: "test", validate } } as const;
    const subscription = rig.send(get("a", { schema }));
    rig.run(50);
    expect(rig.timers).toBe(1);
    subscription.unsubscribe();
    expect(rig.timers).toBe(0);
    await rig.batcher.close();
  });

  it("takes the timer of a POST away when all leave while it waits for its token", () => {
    const rig = new Rig({ token: () => new Promise<string>(() => {}) });
    const subscriptions = names(2).map((url) => rig.send(url));
    rig.run(20);
    expect(rig.timers).toBe(1);
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(rig.timers).toBe(0);
  });
});

describe("rule 2: due by count, by bytes, by time, by flush", () => {
  it("leaves full at once", () => {
    const rig = new Rig({ maxBatchSize: 3 });
    for (const url of names(7)) rig.send(url);
    rig.run();
    expect(rig.posts).toEqual(["@0 me: m0 m1 m2", "@0 me: m3 m4 m5", "@10 me: m6"]);
  });

  it("leaves when the bytes are enough", () => {
    const rig = new Rig({ maxBatchBytes: 10 });
    for (const url of ["12345", "123456", "1"]) rig.send(url);
    rig.run();
    expect(rig.posts).toEqual(["@0 me: 12345", "@10 me: 123456 1"]);
  });

  it("sends what is larger than a batch alone", () => {
    const rig = new Rig({ maxBatchBytes: 10 });
    for (const url of ["1", "123456789012", "2"]) rig.send(url);
    rig.run();
    expect(rig.posts).toEqual(["@0 me: 1", "@0 me: 123456789012", "@10 me: 2"]);
  });

  it("leaves when the oldest has waited long enough", () => {
    const rig = new Rig({ maxWaitMs: 10 });
    for (const at of [0, 4, 9, 11, 15]) rig.at(at, () => rig.send(`a${at}`));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a0 a4 a9", "@21 me: a11 a15"]);
  });

  it("counts from the oldest that is still there", () => {
    const rig = new Rig({ maxWaitMs: 10 });
    const first = rig.send("a");
    rig.at(6, () => rig.send("b"));
    rig.at(7, () => first.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@16 me: b"]);
  });

  it("waits for the end of the synchronous run when maxWaitMs is 0", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.send("a");
    expect(rig.posts).toEqual([]);
    rig.send("b");
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a b"]);
  });

  it("leaves on flush, and opens windows as usual afterwards", () => {
    const rig = new Rig();
    rig.send("a");
    rig.send(get("b", { context: "x" }));
    rig.batcher.flush();
    expect(rig.posts).toEqual(["@0 me: a", "@0 x: b"]);
    rig.send("c");
    rig.run();
    expect(rig.posts.at(-1)).toBe("@10 me: c");
  });

  it("does not flush what is released later", () => {
    const rig = new Rig({ maxWaitMs: 10 });
    const first = get("a");
    rig.send(first);
    rig.send(get("b", { dependsOn: [first] }));
    rig.batcher.flush();
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@11 me: b"]);
  });

  it("forgets a flush when those it was for have left", () => {
    const rig = new Rig({ maxWaitMs: 10, concurrencyPerContext: 1 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 5 });
    rig.send("a");
    rig.batcher.flush();
    const leaving = rig.send("b");
    rig.batcher.flush();
    leaving.unsubscribe();
    rig.at(2, () => rig.send("c"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@12 me: c"]);
  });

  it("names the reason in the event", () => {
    const rig = new Rig({ maxBatchSize: 2, maxBatchBytes: 10, concurrency: 1 }).listen();
    rig.send("a");
    rig.run();
    rig.send("a");
    rig.send("b");
    rig.run();
    rig.send("a12345678901");
    rig.run();
    rig.send("a");
    rig.batcher.flush();
    rig.run();
    rig.send("a");
    rig.send("b");
    rig.send("c");
    rig.send("d");
    rig.run();
    const reasons = rig.events.flatMap((event) => event.type === "sent" ? [event.reason] : []);
    expect(reasons).toEqual(["time", "count", "bytes", "flush", "count", "slot"]);
  });
});

describe("rule 3: while no slot is free, a window keeps filling", () => {
  it("never seals a half-full batch to stand in a queue", () => {
    const rig = new Rig({ concurrency: 1, maxWaitMs: 10 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 100 });
    rig.send("a");
    for (const at of [20, 40, 60, 80, 109]) rig.at(at, () => rig.send(`b${at}`));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@110 me: b20 b40 b60 b80 b109"]);
  });

  it("fills the window of one lane while another holds the slot", () => {
    const rig = new Rig({ concurrency: 1, maxWaitMs: 10 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 50 });
    rig.send(get("a", { context: "x" }));
    rig.at(5, () => rig.send(get("b", { context: "y" })));
    rig.at(55, () => rig.send(get("c", { context: "y" })));
    rig.run();
    expect(rig.posts).toEqual(["@10 x: a", "@60 y: b c"]);
  });

  it("lets no more POSTs fly than there are slots", () => {
    let inFlight = 0;
    let most = 0;
    const rig = new Rig({ concurrency: 3, concurrencyPerContext: 2, maxBatchSize: 2 });
    const { answer } = rig;
    rig.answer = (batch) => {
      most = Math.max(most, ++inFlight);
      rig.at(rig.now + 1, () => inFlight--);
      return answer(batch);
    };
    for (const context of names(4)) {
      for (const url of names(9, "a")) rig.send(get(url, { context }));
    }
    rig.run();
    expect(most).toBe(3);
    expect(rig.told).toHaveLength(36);
  });

  it("lets no more POSTs of one context fly than it may have", () => {
    const rig = new Rig({ concurrency: 10, concurrencyPerContext: 2, maxBatchSize: 1 });
    for (const url of names(6)) rig.send(url);
    rig.send(get("o", { context: "x" }));
    expect(rig.posts).toEqual(["@0 me: m0", "@0 me: m1", "@0 x: o"]);
    rig.run();
    expect(rig.posts.slice(3)).toEqual(["@1 me: m2", "@1 me: m3", "@2 me: m4", "@2 me: m5"]);
  });

  it("shares one token among all batches of a backlog, and sends them together", () => {
    const asked: number[] = [];
    const rig: Rig = new Rig({
      concurrency: 4,
      maxBatchSize: 2,
      token: () => {
        asked.push(rig.now);
        return rig.at$(50, "t");
      },
    });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 500 });
    for (const url of names(8)) rig.send(url);
    rig.run(100);
    expect(asked).toEqual([0]);
    expect(rig.posts.map((line) => line.split(" ")[0])).toEqual(["@50", "@50", "@50", "@50"]);
    for (const url of names(8, "n")) rig.send(url);
    rig.run();
    expect(asked).toEqual([0, 550]);
    expect(rig.posts.slice(4).map((line) => line.split(" ")[0])).toEqual([
      "@600",
      "@600",
      "@600",
      "@600",
    ]);
  });
});

describe("rule 4: due lanes stand in one line", () => {
  it("gives every lane its turn, however busy another is", () => {
    const rig = new Rig({ concurrency: 1, maxBatchSize: 2, maxWaitMs: 0 });
    for (const url of names(10)) rig.send(get(url, { context: "busy" }));
    rig.send(get("q", { context: "quiet" }));
    rig.send(get("q", { context: "calm" }));
    rig.run();
    expect(rig.posts.map((line) => line.split(" ")[1])).toEqual([
      "busy:",
      "busy:",
      "quiet:",
      "calm:",
      "busy:",
      "busy:",
      "busy:",
    ]);
  });

  it("keeps a busy lane from starving a quiet one for ever", () => {
    const rig = new Rig({ concurrency: 1, maxBatchSize: 1 });
    let count = 0;
    rig.answer = ({ urls, context }) => {
      if (context === "busy" && count < 200) rig.send(get(`b${count++}`, { context: "busy" }));
      return rig.reply(okay(urls));
    };
    for (const url of names(5)) rig.send(get(url, { context: "busy" }));
    rig.at(20, () => rig.send(get("q", { context: "quiet" })));
    rig.run();
    expect(rig.posts).toContain("@21 quiet: q");
  });

  it("passes over a lane that everybody has left", () => {
    const rig = new Rig({ concurrency: 1, maxBatchSize: 1 });
    rig.send("a");
    const leaving = rig.send(get("b", { context: "x" }));
    rig.send(get("c", { context: "y" }));
    leaving.unsubscribe();
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@1 y: c"]);
  });

  it("takes a lane up again that was left while it stood in line", () => {
    const rig = new Rig({ concurrency: 1, maxBatchSize: 1 });
    rig.send("a");
    rig.send(get("b", { context: "x" })).unsubscribe();
    rig.send(get("c", { context: "x" }));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@1 x: c"]);
    expect(rig.timers).toBe(0);
  });

  it("lets a lane collect on whose oldest have left while it stood in line", () => {
    const rig = new Rig({ concurrency: 1, maxWaitMs: 10 });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 30 });
    rig.send("a");
    rig.batcher.flush();
    const leaving = rig.send(post("b", {}, { context: "x" }));
    rig.at(25, () => rig.send(get("c", { context: "x" })));
    rig.at(26, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@35 x: c"]);
  });
});
