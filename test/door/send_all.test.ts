import { describe, expect, it } from "vitest";
import {
  type Batcher,
  type BatchOptions,
  createBatcher,
  get,
  type Operation,
  post,
} from "../../mod.ts";
import { heard } from "../support/virtual_time.ts";
import { plainBody, plainWire, urlsOf } from "../support/plain_wire.ts";
import { names, okay } from "../support/rig.ts";

interface Bench {
  readonly batcher: Batcher;
  /** The batches that came. */
  readonly batches: string[][];
  /** Lets one answer out; without a call they come at once. */
  readonly release: () => void;
}

/** A batcher before a server that answers at once, or when it is told to. */
function bench(options: BatchOptions & { isHeld?: boolean } = {}): Bench {
  const { isHeld = false, ...rest } = options;
  const batches: string[][] = [];
  const held: (() => void)[] = [];
  const batcher = createBatcher(plainWire(), {
    maxWaitMs: 0,
    transport: async ({ body }) => {
      const urls = urlsOf(body);
      batches.push(urls);
      if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
      return { status: 200, headers: {}, body: [plainBody(okay(urls))] };
    },
    ...rest,
  });
  return { batcher, batches, release: () => held.shift()?.() };
}

/** A source that knows how it was used. */
class Source<T> implements AsyncIterable<T> {
  pulled = 0;
  isReturned = false;
  readonly #values: readonly (T | Promise<T>)[];

  constructor(values: readonly (T | Promise<T>)[]) {
    this.#values = values;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: async () => {
        const value = this.#values[this.pulled++];
        return value === undefined
          ? { done: true, value: undefined }
          : { done: false, value: await value };
      },
      return: () => {
        this.isReturned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

const operations = (count: number): Operation[] => names(count).map((url) => get(url));

async function collect(results: AsyncIterable<{ operation: Operation }>): Promise<string[]> {
  const urls: string[] = [];
  for await (const { operation } of results) urls.push(operation.url);
  return urls;
}

describe("sendAll()", () => {
  it("gives one result for each, of an array, a generator and an asynchronous one", async () => {
    async function* slowly() {
      for (const operation of operations(50)) {
        await Promise.resolve();
        yield operation;
      }
    }
    for (const source of [operations(50), operations(50).values(), slowly()]) {
      const { batcher } = bench();
      expect((await collect(batcher.sendAll(source))).sort()).toEqual(names(50).sort());
    }
  });

  it("ends at once with an empty source", async () => {
    const { batcher, batches } = bench();
    expect(await collect(batcher.sendAll([]))).toEqual([]);
    expect(batches).toEqual([]);
  });

  it("makes failures values", async () => {
    const { batcher } = bench();
    await batcher.close();
    const results = [];
    for await (const result of batcher.sendAll(operations(2))) results.push(result);
    expect(results.map(({ ok }) => ok)).toEqual([false, false]);
    expect(results.map((result) => result.ok ? "" : result.error._tag)).toEqual([
      "ClosedError",
      "ClosedError",
    ]);
  });

  it("gives results in the order of completion", async () => {
    const { batcher, release } = bench({ isHeld: true, maxBatchSize: 1, concurrency: 1 });
    const results = batcher.sendAll(operations(3))[Symbol.asyncIterator]();
    const order: string[] = [];
    for (let at = 0; at < 3; at++) {
      const next = results.next();
      await heard();
      release();
      order.push((await next).value!.operation.url);
    }
    expect(order).toEqual(["m0", "m1", "m2"]);
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it("pulls no more than may be in hand, however slowly results are taken", async () => {
    const { batcher } = bench({ maxBatchSize: 5 });
    const source = new Source(operations(100));
    let taken = 0;
    for await (const _ of batcher.sendAll(source, { maxInHand: 10 })) {
      taken++;
      await heard();
      expect(source.pulled - taken).toBeLessThanOrEqual(10);
    }
    expect(taken).toBe(100);
  });

  it("pulls twice what fills all slots unless it is told otherwise", async () => {
    const { batcher, batches, release } = bench({ isHeld: true, maxBatchSize: 3, concurrency: 2 });
    const source = new Source(operations(100));
    const results = batcher.sendAll(source)[Symbol.asyncIterator]();
    const first = results.next();
    await heard();
    expect(source.pulled).toBe(12);
    expect(batches).toHaveLength(2);
    release();
    await first;
    await results.return?.();
  });

  it("pulls nothing before it is iterated", async () => {
    const { batcher } = bench();
    const source = new Source(operations(3));
    batcher.sendAll(source);
    await Promise.resolve();
    expect(source.pulled).toBe(0);
  });

  it("leaves what is in hand when the loop is left, and tells the source", async () => {
    const { batcher, batches, release } = bench({ isHeld: true, maxBatchSize: 2, concurrency: 1 });
    const source = new Source(names(20).map((url) => post(url)));
    for await (const _ of (queueMicrotask(() => setTimeout(release, 0)), batcher.sendAll(source))) {
      break;
    }
    expect(source.isReturned).toBe(true);
    const sent = batches.length;
    const closed = batcher.close();
    // What nobody waits for any more is a write, and runs to its end.
    release();
    await closed;
    expect(batches.length).toBe(sent);
  });

  it("does not wait for a source that is still making its next value", async () => {
    const { batcher } = bench();
    async function* stuck() {
      yield get("a");
      await new Promise(() => {});
    }
    for await (const { operation } of batcher.sendAll(stuck())) {
      expect(operation.url).toBe("a");
      break;
    }
  });

  it("hears return while it waits for a result", async () => {
    const { batcher } = bench({ isHeld: true });
    const results = batcher.sendAll(operations(3))[Symbol.asyncIterator]();
    const waiting = results.next();
    await heard();
    await results.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it("throws what the source throws, and leaves what is in hand", async () => {
    const { batcher, batches } = bench({ isHeld: true });
    function* broken() {
      yield get("a");
      throw new RangeError("source");
    }
    async function* brokenLater() {
      yield get("a");
      await Promise.resolve();
      throw new RangeError("source");
    }
    for (const source of [broken(), brokenLater()]) {
      await expect(collect(batcher.sendAll(source))).rejects.toThrow(RangeError);
    }
    await batcher.close();
    expect(batches.length).toBeLessThanOrEqual(1);
  });

  it("throws a TypeError for a value that is no operation, and tells the source", async () => {
    const { batcher } = bench();
    const source = new Source([get("a"), "messages" as never]);
    await expect(collect(batcher.sendAll(source))).rejects.toThrow(TypeError);
    expect(source.isReturned).toBe(true);
  });

  it("rule 13: a source that gives no results ends the loop, of either kind, at once or later", async () => {
    const { batcher } = bench();
    const sources: Record<string, () => unknown> = {
      nothing: () => undefined,
      "a number": () => 5,
      "nothing, later": () => Promise.resolve(undefined),
      "a value that throws, later": () =>
        Promise.resolve({
          get value() {
            throw new TypeError("value");
          },
        }),
    };
    for (const next of Object.values(sources)) {
      for (const kind of [Symbol.iterator, Symbol.asyncIterator]) {
        const source = { [kind]: () => ({ next }) } as unknown as Iterable<Operation>;
        await expect(collect(batcher.sendAll(source))).rejects.toThrow(TypeError);
      }
    }
  });

  it("gives out the answers that were there before its source failed, and leaves the rest", async () => {
    const pairs = { maxBatchSize: 2, maxWaitMs: 1000, concurrency: 1 };
    const { batcher, batches, release } = bench({ isHeld: true, ...pairs });
    let fail = (_: unknown) => {};
    const failure = new Promise<never>((_, reject) => fail = reject);
    async function* broken() {
      for (const url of names(5)) yield post(url);
      await failure;
    }
    const results = batcher.sendAll(broken(), { maxInHand: 10 })[Symbol.asyncIterator]();
    const first = results.next();
    await heard();
    release();
    expect((await first).value?.operation.url).toBe("m0");
    fail(new RangeError("source"));
    await heard();
    expect((await results.next()).value?.operation.url).toBe("m1");
    await expect(results.next()).rejects.toThrow(RangeError);
    const closed = batcher.close();
    release();
    await closed;
    expect(batches).toEqual([["m0", "m1"], ["m2", "m3"]]);
  });

  it("says what is wrong with its source, also where that cannot end well", async () => {
    const { batcher } = bench();
    const source = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: "messages" }),
        return: () => {
          throw new RangeError("return");
        },
      }),
    };
    await expect(collect(batcher.sendAll(source as never))).rejects.toThrow(
      "must be an operation made by get",
    );
  });

  it("opens nothing of its source that is left before its first result", async () => {
    const { batcher } = bench();
    let opened = 0;
    const source = {
      [Symbol.asyncIterator]: () => {
        opened++;
        return new Source(operations(1))[Symbol.asyncIterator]();
      },
    };
    await batcher.sendAll(source)[Symbol.asyncIterator]().return?.();
    expect(opened).toBe(0);
  });

  it("has no more in hand than may be queued, unless it is told to", async () => {
    const { batcher } = bench({ maxBatchSize: 2, maxQueued: 3 });
    const results: boolean[] = [];
    for await (const { ok } of batcher.sendAll(operations(50))) results.push(ok);
    expect(results).toEqual(new Array(50).fill(true));
  });

  it.each([0, -1, 1.5, NaN, "7" as never])("refuses maxInHand of %s at once", (maxInHand) => {
    const { batcher } = bench();
    expect(() => batcher.sendAll([], { maxInHand })).toThrow(RangeError);
  });

  it("shares batches with send()", async () => {
    const { batcher, batches } = bench();
    const alone = new Promise((resolve) => batcher.send(get("alone")).subscribe(resolve));
    await collect(batcher.sendAll(operations(3)));
    await alone;
    expect(batches).toEqual([["alone", "m0", "m1", "m2"]]);
  });

  it("takes operations that depend on each other, with room for one", async () => {
    const { batcher } = bench();
    const a = get("a");
    const source = [a, get("b", { dependsOn: [a] }), get("c", { dependsOn: [a] })];
    expect(await collect(batcher.sendAll(source, { maxInHand: 1 }))).toEqual(["a", "b", "c"]);
  });

  it("runs anew for each loop over an array", async () => {
    const { batcher } = bench();
    const results = batcher.sendAll(operations(3));
    expect(await collect(results)).toHaveLength(3);
    expect(await collect(results)).toHaveLength(3);
  });

  it("does not grow with the length of its source", async () => {
    const { batcher } = bench();
    function* many() {
      for (let at = 0; at < 20_000; at++) yield get("a");
    }
    let count = 0;
    for await (const { ok } of batcher.sendAll(many())) if (ok) count++;
    expect(count).toBe(20_000);
  });
});
