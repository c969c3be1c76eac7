import { describe, expect, it } from "vitest";
import { get, LimitError, type NotExecutedError } from "../../../mod.ts";
import type { PlainPart } from "../../support/plain_wire.ts";
import { names, Rig, type RigOptions } from "../../support/rig.ts";

/** A server with several services, of which the first batch is told that `files` wants a pause. */
function throttled(options: RigOptions = {}, retryAfter = "5"): Rig {
  const rig = new Rig({
    wire: { serviceOf: ({ url }) => url.includes("-") ? url.split("-")[0] : undefined },
    maxWaitMs: 0,
    ...options,
  });
  rig.answer = ({ number, urls }) => rig.reply(urls.map((url, index) => part(url, index, number)));
  const part = (url: string, index: number, number: number): PlainPart =>
    number === 0 && !url.startsWith("mail")
      ? { index, status: 429, headers: { "retry-after": retryAfter }, body: url }
      : { index, body: url };
  return rig;
}

describe("rule 22: a pause of one service", () => {
  it("holds what is for that service, and nothing else of the lane", () => {
    const rig = throttled().listen();
    rig.send("files-1");
    rig.at(10, () => rig.send("mail-1"));
    rig.at(20, () => rig.send("files-2"));
    rig.at(30, () => rig.send("mail-2"));
    rig.run();
    expect(rig.posts).toEqual([
      "@0 me: files-1",
      "@10 me: mail-1",
      "@30 me: mail-2",
      "@5001 me: files-1 files-2",
    ]);
    expect(rig.told).toEqual([
      "@11 mail-1 200",
      "@31 mail-2 200",
      "@5002 files-1 200",
      "@5002 files-2 200",
    ]);
    expect(rig.events.filter(({ type }) => type === "paused")).toEqual([
      { type: "paused", lane: 1, service: "files", delayMs: 5000, reason: "asked" },
    ]);
    expect(rig.timers).toBe(0);
  });

  it("takes out what waits in the lane already, and keeps its order", () => {
    const rig = throttled({ concurrency: 1 });
    rig.send("files-1");
    rig.batcher.flush();
    for (const name of ["files-2", "mail-1", "files-3", "mail-2"]) rig.send(name);
    rig.run();
    expect(rig.posts).toEqual([
      "@0 me: files-1",
      "@1 me: mail-1 mail-2",
      "@5001 me: files-1 files-2 files-3",
    ]);
    expect(rig.timers).toBe(0);
  });

  it("is the whole lane's when the service is not known", () => {
    const rig = throttled();
    rig.send("other");
    rig.at(10, () => rig.send("mail-1"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: other", "@5001 me: other mail-1"]);
  });

  it("is the whole lane's when the POST itself asks for it", () => {
    const rig = throttled();
    rig.answer = ({ number, urls }) =>
      rig.reply(urls.map((body, index) => ({ index, body })), {
        headers: number === 0 ? { "retry-after": "5" } : {},
      });
    rig.send("files-1");
    rig.at(10, () => rig.send("mail-1"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: files-1", "@5001 me: mail-1"]);
  });

  it("holds in the lane alone in which it came", () => {
    const rig = throttled();
    rig.send("files-1");
    rig.at(10, () => rig.send(get("files-2", { context: "x" })));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: files-1", "@10 x: files-2", "@5001 me: files-1"]);
  });

  it("is remembered while nothing waits in the lane", () => {
    const rig = throttled({ retry: { maxRetries: 0 } });
    rig.send("files-1");
    rig.at(1_000, () => rig.send("mail-1"));
    rig.at(2_000, () => rig.send("files-2"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: files-1", "@1000 me: mail-1", "@5001 me: files-2"]);
  });

  it("lets go of who leaves meanwhile, and of the timer with the last", () => {
    const rig = throttled({ retry: { maxRetries: 0 } });
    rig.send("files-1");
    rig.at(10, () => {
      const subscription = rig.send("files-2");
      rig.at(20, () => subscription.unsubscribe());
    });
    rig.run(50);
    expect(rig.timers).toBe(0);
    rig.run();
    expect(rig.posts).toEqual(["@0 me: files-1"]);
  });

  it("ends at once what it would keep for longer than its budget", () => {
    const rig = throttled({ retry: { maxTotalMs: 4_000 } });
    rig.send("files-1");
    rig.at(10, () => rig.send("files-2"));
    rig.run();
    expect(rig.told).toEqual(["@1 files-1 ResponseError 429", "@5002 files-2 200"]);
  });

  it("ends after close() what never left and would wait for longer than the budget", () => {
    const rig = throttled({ retry: { maxTotalMs: 4_000 } });
    rig.send("files-1");
    rig.at(10, () => rig.send("files-2"));
    rig.at(20, () => void rig.batcher.close());
    rig.run();
    expect(rig.told).toEqual([
      "@1 files-1 ResponseError 429",
      "@20 files-2 NotExecutedError certain",
    ]);
    const result = rig.results.at(-1)!;
    const error = result.ok ? undefined : result.error as NotExecutedError;
    expect(error).toMatchObject({ certain: true });
    expect(error!.cause).toBeInstanceOf(LimitError);
  });

  it("lets an operation that left meanwhile come back once, in its new place", () => {
    const rig = throttled({ retry: { maxRetries: 1 } });
    const first = get("files-1");
    const never = get("files-2");
    const subscription = rig.send(first);
    rig.at(10, () => {
      const waiting = rig.send(never);
      rig.send("files-3");
      // One was in a POST before, the other was not.
      rig.at(20, () => subscription.unsubscribe());
      rig.at(20, () => waiting.unsubscribe());
      rig.at(30, () => rig.send(never, "never again"));
      rig.at(40, () => rig.send(first, "first again"));
    });
    rig.run();
    expect(rig.posts).toEqual(["@0 me: files-1", "@5001 me: files-3 files-2 files-1"]);
    expect(rig.told).toEqual([
      "@5002 files-3 200",
      "@5002 never again 200",
      "@5002 first again 200",
    ]);
    const attempts = rig.results.map((result) => result.ok && result.response.attempts);
    expect(attempts).toEqual([1, 1, 1]);
    expect(rig.timers).toBe(0);
  });

  it("grows with a longer one, and is not shortened", () => {
    const rig = throttled({ retry: { maxRetries: 5 } });
    const waits = ["2", "5", "1"];
    rig.answer = ({ number, urls }) =>
      rig.reply(
        urls.map((body, index) => ({
          index,
          body,
          status: number < 3 ? 429 : 200,
          headers: number < 3 ? { "retry-after": waits[number]! } : {},
        })),
        { afterMs: 10 },
      );
    for (const name of ["files-1", "files-2", "files-3"]) {
      rig.send(name);
      rig.batcher.flush();
    }
    rig.run();
    expect(rig.posts.slice(3)).toEqual(["@5010 me: files-1 files-2 files-3"]);
  });

  it("puts a batch back that waits for beforeSend meanwhile", async () => {
    const gates: (() => void)[] = [];
    const rig = throttled({
      beforeSend: () =>
        gates.length === 0
          ? void gates.push(() => {})
          : new Promise((resolve) => gates.push(resolve)),
    });
    rig.send("files-1");
    rig.batcher.flush();
    rig.send("files-2");
    rig.batcher.flush();
    rig.run(100);
    gates[1]!();
    for (let at = 0; at < 5; at++) await Promise.resolve();
    rig.run(4_000);
    expect(rig.posts).toEqual(["@0 me: files-1"]);
    rig.run(6_000);
    gates[2]!();
    for (let at = 0; at < 5; at++) await Promise.resolve();
    rig.run();
    expect(rig.told.map((line) => line.replace(/@\d+ /, ""))).toEqual([
      "files-1 200",
      "files-2 200",
    ]);
  });

  it("keeps dependents behind what waits, and order among all", () => {
    const rig = throttled({ concurrency: 1 });
    rig.send("files-1");
    rig.batcher.flush();
    const parent = get("files-2");
    rig.send(parent);
    rig.send(get("mail-1", { dependsOn: [parent] }));
    rig.send("mail-2");
    rig.run();
    expect(rig.posts).toEqual([
      "@0 me: files-1",
      "@1 me: mail-2",
      "@5001 me: files-1 files-2",
      "@5002 me: mail-1",
    ]);
  });

  it("settles all of many, whatever their services", () => {
    const rig = throttled({ concurrency: 2 });
    for (const [at, name] of names(500).entries()) {
      rig.send(`${["files", "mail", "teams"][at % 3]}-${name}`);
    }
    rig.run();
    expect(rig.told).toHaveLength(500);
    expect(new Set(rig.told.map((line) => line.split(" ")[1])).size).toBe(500);
    expect(rig.told.every((line) => line.endsWith(" 200"))).toBe(true);
    expect(rig.timers).toBe(0);
  });

  it("leaves reads that were not sent yet with those like them (rule 33)", () => {
    const rig = throttled({ shareReads: true, concurrency: 1 });
    rig.send("files-1");
    rig.batcher.flush();
    rig.send("files-2", "waits in the lane");
    rig.at(10, () => rig.send("files-2", "comes meanwhile"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: files-1", "@5001 me: files-1 files-2"]);
    expect(rig.told).toEqual([
      "@5002 files-1 200",
      "@5002 waits in the lane 200",
      "@5002 comes meanwhile 200",
    ]);
  });
});
