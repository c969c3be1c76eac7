import { describe, expect, it } from "vitest";
import { atomic, get, put, type Wire } from "../../mod.ts";
import { names, okay, Rig, type RigOptions } from "../support/rig.ts";

/** When how many operations left, by lane. */
function departures(rig: Rig): { readonly atMs: number; readonly lane: string; count: number }[] {
  return rig.posts.map((line) => {
    const [, atMs, lane, urls] = /^@(\d+) (\S+): (.*)$/.exec(line)!;
    return { atMs: Number(atMs), lane: lane!, count: urls!.split(" ").length };
  });
}

/** The most that left in any span of so many milliseconds. */
function most(rig: Rig, perMs: number, lane = "me"): number {
  const all = departures(rig).filter((one) => one.lane === lane);
  const sums = all.map(({ atMs }) =>
    all.filter((one) => one.atMs >= atMs && one.atMs < atMs + perMs)
      .reduce((sum, { count }) => sum + count, 0)
  );
  return Math.max(...sums);
}

describe("rule 33: pace", () => {
  it("sends no more than asked in any span, and as much as that", () => {
    const rig = new Rig({ pace: { operations: 30, perMs: 1000 } });
    for (const name of names(100)) rig.send(name);
    rig.run();
    expect(rig.told).toHaveLength(100);
    expect(most(rig, 1000)).toBe(30);
    expect(departures(rig).at(-1)!.atMs).toBeLessThan(3100);
    expect(rig.timers).toBe(0);
  });

  it("holds for whatever comes when, one by one", () => {
    const rig = new Rig({ pace: { operations: 3, perMs: 700 }, maxWaitMs: 0 });
    for (const [at, name] of names(40).entries()) rig.at(at * 97, () => rig.send(name));
    rig.run();
    expect(rig.told).toHaveLength(40);
    expect(most(rig, 700)).toBe(3);
  });

  it("counts repeats", () => {
    const rig = new Rig({ pace: { operations: 2, perMs: 5000 }, retry: { baseDelayMs: 0 } });
    rig.answer = ({ number, urls }) =>
      rig.reply(urls.map((url, index) => ({ index, body: url, status: number === 0 ? 503 : 200 })));
    for (const name of names(3)) rig.send(name);
    rig.run();
    expect(rig.told.map((line) => line.split(" ").at(-1))).toEqual(["200", "200", "200"]);
    expect(most(rig, 5000)).toBe(2);
  });

  it("is each lane's own, also when nothing waited meanwhile", () => {
    const rig = new Rig({ pace: { operations: 1, perMs: 1000 }, maxWaitMs: 0 });
    rig.send("a");
    rig.at(200, () => rig.send("b"));
    rig.at(200, () => rig.send(get("c", { context: "x" })));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@200 x: c", "@1000 me: b"]);
  });

  it("counts for each lane that a batch carries", () => {
    const rig = new Rig({
      pace: { operations: 2, perMs: 1000 },
      wire: {
        contextOf({ context = "me" }) {
          return { key: context, name: context, url: `https://a.example/all/$batch`, mix: "all" };
        },
      },
    });
    for (const name of names(3, "x")) rig.send(get(name, { context: "x" }));
    for (const name of names(3, "y")) rig.send(get(name, { context: "y" }));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual(["x0 x1 y0 y1", "x2 y2"]);
  });

  it("counts from when a batch is sent, not from when it is sealed", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => release = resolve);
    let count = 0;
    const rig = new Rig({
      pace: { operations: 1, perMs: 1000 },
      maxBatchSize: 1,
      beforeSend: () => count++ === 0 ? held : undefined,
    });
    rig.send("a");
    rig.send("b");
    rig.run(900);
    release();
    await held;
    await Promise.resolve();
    rig.run();
    expect(rig.posts).toEqual(["@900 me: a", "@1900 me: b"]);
  });

  it("lets the process end, and one that leaves takes no room", () => {
    const rig = new Rig({ pace: { operations: 1, perMs: 1000 }, maxWaitMs: 0 });
    rig.send("a");
    rig.send("b").unsubscribe();
    rig.run(10);
    expect(rig.timers).toBe(0);
  });

  it.each([
    [{ operations: 0, perMs: 1 }, RangeError],
    [{ operations: 1, perMs: 0 }, RangeError],
    [{ operations: 1 }, TypeError],
    [7, TypeError],
    [null, TypeError],
  ])("refuses %j", (pace, error) => {
    expect(() => new Rig({ pace: pace as { operations: number; perMs: number } })).toThrow(error);
  });
});

describe("rule 33: a limit that is near", () => {
  it("slows the lane down where the wire knows of it, from the POST and from its parts", () => {
    const rig = new Rig({
      maxBatchSize: 1,
      concurrency: 1,
      wire: {
        nearLimitMs: (headers) =>
          headers["near"] === undefined ? undefined : Number(headers["near"]),
      },
    });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply(okay(urls), { headers: { near: "500" } })
        : rig.reply([{ index: 0, headers: urls[0] === "b" ? { near: "700" } : {} }]);
    for (const name of ["a", "b", "c"]) rig.send(name);
    rig.send(get("d", { context: "x" }));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@1 x: d", "@501 me: b", "@1202 me: c"]);
  });
});

describe("rules 20 and 22: a limit that is near for longer than maxTotalMs", () => {
  const near = (given: RigOptions = {}) =>
    new Rig({
      maxBatchSize: 1,
      concurrency: 1,
      ...given,
      wire: {
        nearLimitMs: ({ near }) => near === undefined ? undefined : Number(near),
      },
    });

  it("keeps close() no longer than any other pause of the server", () => {
    const rig = near();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { headers: { near: "3600000" } });
    for (const name of ["a", "b"]) rig.send(name);
    rig.at(100, () => void rig.batcher.close());
    rig.run();
    expect(rig.told).toEqual(["@1 a 200", "@100 b NotExecutedError certain"]);
    expect(rig.errorOf("b")).toMatchObject({
      certain: true,
      cause: { _tag: "LimitError", limit: "retry.maxTotalMs" },
    });
    expect(rig.timers).toBe(0);
  });

  it("settles what was in a POST at once, with the error that it has", () => {
    const rig = near();
    rig.answer = () => rig.reply([{ index: 0, status: 503 }], { headers: { near: "3600000" } });
    rig.send("a");
    rig.run(50);
    expect(rig.told).toEqual(["@1 a ResponseError 503"]);
    expect(rig.errorOf("a").cause).toMatchObject({ limit: "retry.maxTotalMs" });
  });
});

describe("rules 31 and 33: a group counts its members against the pace", () => {
  const wire: Partial<Wire> = {
    encodeGroup: (operation) => ({ operation, bytes: 1, changeSets: 1 }),
    encode: (operations, { url }) => {
      const urls = operations.map(({ operation }) => operation.url ?? "group");
      const body = new TextEncoder().encode(JSON.stringify(urls));
      return { method: "POST", url, headers: {}, body };
    },
  };

  function paced(operations: number): Rig {
    const pace = { operations, perMs: 1000 };
    const rig = new Rig({ maxWaitMs: 0, pace, retry: false, wire });
    for (const name of ["a", "b"]) rig.send(name);
    rig.at(10, () => rig.watch("group", rig.batcher.send(atomic(["w", "x", "y", "z"].map(made)))));
    rig.run();
    return rig;
  }
  const made = (url: string) => put(url, {});

  it("and waits where there is room for some of them only", () => {
    const rig = paced(5);
    expect(rig.posts).toEqual(["@0 me: a b", "@1000 me: group"]);
    expect(rig.told).toHaveLength(3);
    expect(rig.timers).toBe(0);
  });

  it("and is refused when there never will be room for all", () => {
    const rig = paced(3);
    expect(rig.told).toEqual(["@1 a 200", "@1 b 200", "@10 group OperationError"]);
    expect(rig.timers).toBe(0);
  });
});
