import { of } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import { createBatcher, get, type Operation } from "../../../mod.ts";
import type { Entry } from "../../../src/pipeline/entry.ts";
import { Formation } from "../../../src/pipeline/collect/formation.ts";
import type { Lane } from "../../../src/pipeline/collect/lane.ts";
import type { Order } from "../../../src/pipeline/collect/order.ts";
import { plainBody, plainWire, urlsOf } from "../../support/plain_wire.ts";

/** One POST: its URLs, joined by ">" in a chain. */
function posts(operations: readonly Operation[], options: { readonly perContext?: number } = {}) {
  const seen: string[] = [];
  const results: string[] = [];
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  const plain = plainWire();
  const wire = plainWire({
    order: "native",
    encode(encoded, context, shape) {
      const urls = encoded.map(({ operation }) => operation.url);
      seen.push(urls.join(shape === "chain" ? ">" : " "));
      return plain.encode(encoded, context);
    },
  });
  scheduler.run(({ cold }) => {
    const batcher = createBatcher(wire, {
      scheduler,
      concurrencyPerContext: options.perContext ?? 1,
      transport: ({ body }) => {
        const parts = urlsOf(body).map((url, index) => ({ index, body: url }));
        return cold("5ms (a|)", { a: { status: 200, headers: {}, body: of(plainBody(parts)) } });
      },
    });
    for (const operation of operations) {
      batcher.send(operation).subscribe({
        next: ({ body }) => results.push(body as string),
        error: (error: Error) => results.push(error.message),
      });
    }
  });
  expect(results.toSorted()).toEqual(operations.map(({ url }) => url).toSorted());
  return seen;
}

function chain(name: string, length: number): Operation[] {
  const operations: Operation[] = [];
  for (let at = 1; at <= length; at++) {
    const dependsOn = operations.slice(-1);
    operations.push(get(`${name}${at}`, { dependsOn }));
  }
  return operations;
}

function interleaved(...chains: readonly Operation[][]): Operation[] {
  const longest = Math.max(...chains.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => chains.flatMap((one) => one[at] ?? [])).flat();
}

describe("Formation, on a wire that honours dependsOn", () => {
  it("puts what depends on nothing side by side", () => {
    expect(posts([get("a"), get("b"), get("c")])).toEqual(["a b c"]);
  });

  it("puts a chain into one batch", () => {
    expect(posts(chain("a", 3))).toEqual(["a1>a2>a3"]);
  });

  it("sends a chain of 50 in three batches", () => {
    const sizes = posts(chain("a", 50)).map((batch) => batch.split(">").length);
    expect(sizes).toEqual([20, 20, 10]);
  });

  it("sends a chain of 50 in three batches whatever the concurrency", () => {
    const sizes = posts(chain("a", 50), { perContext: 4 }).map((batch) => batch.split(">").length);
    expect(sizes).toEqual([20, 20, 10]);
  });

  it("keeps two long chains apart, however they come", () => {
    const expected = ["a1>a2>a3>a4>a5", "b1>b2>b3>b4>b5"];
    expect(posts([...chain("a", 5), ...chain("b", 5)])).toEqual(expected);
    expect(posts(interleaved(chain("a", 5), chain("b", 5)))).toEqual(expected);
  });

  it("sends many short chains side by side, link by link", () => {
    const chains = Array.from({ length: 20 }, (_, at) => chain(`${at}.`, 3));
    expect(posts(interleaved(...chains))).toHaveLength(3);
    // The first batch leaves as soon as 20 operations wait, of which 7 wait for nothing.
    expect(posts(chains.flat())).toHaveLength(4);
  });

  it("rule 12: sends many chains link by link also where one comes behind the other", () => {
    const chains = Array.from({ length: 40 }, (_, at) => chain(`${at}.`, 5));
    expect(posts(interleaved(...chains))).toHaveLength(10);
    // Those that leave before twenty chains are there leave by themselves.
    expect(posts(chains.flat())).toHaveLength(11);
  });

  it("lets single operations go side by side in front of a chain", () => {
    expect(posts([get("x"), get("y"), ...chain("a", 10)])).toEqual([
      "x y",
      chain("a", 10).map(({ url }) => url).join(">"),
    ]);
  });

  it("takes what stands alone for a batch of its own, not for chains", () => {
    const alone = Array.from({ length: 5 }, (_, at) => get(`s${at}`));
    expect(posts([...alone, ...chain("a", 5)])).toEqual([
      "s0 s1 s2 s3 s4",
      "a1>a2>a3>a4>a5",
    ]);
    expect(posts([...chain("a", 5), ...alone])).toEqual([
      "a1>a2>a3>a4>a5",
      "s0 s1 s2 s3 s4",
    ]);
  });

  it("never mixes the two", () => {
    const [a, b] = [get("a"), get("b")];
    const both = get("both", { dependsOn: [a, b] });
    expect(posts([a, b, both])).toEqual(["a b", "both"]);
  });

  it("takes a diamond apart", () => {
    const top = get("top");
    const [left, right] = [get("left", { dependsOn: [top] }), get("right", { dependsOn: [top] })];
    const bottom = get("bottom", { dependsOn: [left, right] });
    expect(posts([top, left, right, bottom])).toEqual([
      "top>left",
      "right",
      "bottom",
    ]);
  });

  it("writes one link where an operation depends on several of its chain", () => {
    const a = get("a");
    const b = get("b", { dependsOn: [a] });
    expect(posts([a, b, get("c", { dependsOn: [a, b] })])).toEqual(["a>b>c"]);
  });

  it("sends all that depend on one operation together", () => {
    const top = get("top");
    const arms = Array.from({ length: 12 }, (_, at) => get(`${at}`, { dependsOn: [top] }));
    expect(posts([top, ...arms])).toEqual([
      "top>0",
      arms.slice(1).map(({ url }) => url).join(" "),
    ]);
  });
});

/** `c` leads a chain, `b` waits for one before it, `s` stands alone. */
function laneOf(kinds: string, maxSize = 20): Lane {
  return {
    maxSize,
    *front(count: number) {
      for (let at = 0; at < count; at++) {
        if (at === kinds.length) return;
        const kind = kinds[at]!;
        if (kind === "!") throw new Error("looked too far");
        yield { waits: kind === "b" ? 1 : 0, attempts: kind === "c" ? 1 : 0 };
      }
    },
  } as unknown as Lane;
}

const order = {
  isFollowed: ({ attempts }: Entry) => attempts === 1,
  canFollow: ({ attempts }: Entry) => attempts === 1,
  isNext: () => true,
} as unknown as Order;

describe("rule 12: a chain comes next", () => {
  const isChainNext = (kinds: string, { maxSize = 20, others = [] as readonly string[] } = {}) =>
    Formation.isChainNext(
      order,
      laneOf(kinds, maxSize),
      others.map((other) => laneOf(other, maxSize)),
    );

  it.each([
    ["cb", true],
    ["cbs", false],
    ["cbbs", true],
    ["scbb", false],
    ["bcbb", true],
    ["ccbb", false],
    ["ccbbb", true],
    ["ccbbbbs", false],
    ["ccbbbbbs", true],
    ["cccbbbbbb", false],
    ["cccbbbbbbb", true],
    ["b", false],
    ["s", false],
    ["", false],
  ])("where it costs fewer batches than side by side: %s", (kinds, expected) => {
    expect(isChainNext(kinds)).toBe(expected);
  });

  it("unless what stands alone fills the batches", () => {
    expect(isChainNext(`cbb${"s".repeat(18)}`)).toBe(true);
    expect(isChainNext(`cbb${"s".repeat(19)}!`)).toBe(false);
  });

  it("unless none of the next batch may go first", () => {
    expect(isChainNext("bbcb", { maxSize: 2 })).toBe(false);
  });

  it("when chains of other lanes are few, too", () => {
    expect(isChainNext("cb", { others: ["cb"] })).toBe(true);
    expect(isChainNext("cb", { others: ["scbs"] })).toBe(true);
    expect(isChainNext("cb", { others: ["cb", "cb"] })).toBe(false);
  });

  it("without looking at more than may matter", () => {
    expect(isChainNext(`c${"b".repeat(399)}!`)).toBe(true);
    expect(isChainNext(`c${"b".repeat(1_999)}!`, { maxSize: 100 })).toBe(true);
    expect(isChainNext("cb", { maxSize: 2, others: ["cb", "!"] })).toBe(true);
    const long = `c${"b".repeat(999)}`;
    expect(isChainNext(long, { maxSize: 1_000, others: [long, "!"] })).toBe(true);
  });
});

describe("who boards", () => {
  const board = (entry: Partial<Entry>, isForChain: boolean, kinds = "cbb") => {
    const room = { isForChain, companions: [] };
    const formation = new Formation(order, laneOf(kinds), {} as never, room);
    return { formation, boarding: formation.board(entry as Entry) };
  };

  it("keeps a slot for a chain from what leads none", () => {
    expect(board({ waits: 0, attempts: 0 }, true).boarding).toBe("stays");
    expect(board({ waits: 0, attempts: 0 }, false).boarding).toBe("joins");
    expect(board({ waits: 0, attempts: 1 }, true).boarding).toBe("joins");
  });

  it("leaves whoever waits where it is, or lets it wait elsewhere", () => {
    expect(board({ waits: 1, attempts: 1 }, false).boarding).toBe("stays");
    expect(board({ waits: 1, attempts: 0 }, false).boarding).toBe("waits");
  });

  it("lets nobody else join a chain, and no chain what goes side by side", () => {
    const { formation } = board({ waits: 0, attempts: 1 }, false);
    expect(formation.isChain).toBe(true);
    expect(formation.board({ waits: 0, attempts: 0 } as Entry)).toBe("stays");
    expect(formation.board({ waits: 1, attempts: 0 } as Entry)).toBe("joins");
    const beside = board({ waits: 0, attempts: 0 }, false).formation;
    expect(beside.isChain).toBe(false);
    expect(beside.board({ waits: 0, attempts: 1 } as Entry)).toBe("stays");
    expect(beside.board({ waits: 0, attempts: 0 } as Entry)).toBe("joins");
    expect(beside.board({ waits: 1, attempts: 0 } as Entry)).toBe("waits");
  });
});
