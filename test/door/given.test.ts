import { from, lastValueFrom, map, mergeMap, type Observable, of, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  type AnyOperation,
  batch,
  batchGraph,
  batchingFetch,
  createBatcher,
  get,
  pages,
  toPromise,
  type Wire,
} from "../../mod.ts";
import { Rig } from "../support/rig.ts";

describe("a value that is no operation", () => {
  const refusals: [string, unknown, string][] = [
    ["a promise", Promise.resolve(get("a")), "a Promise (await it)"],
    ["a URL", "a", "a string (make it one: get(url))"],
    ["a list", [get("a")], "an array (give each by itself)"],
    [
      "an Observable",
      of(get("a")),
      "an Observable (flatten it, by mergeAll() for example)",
    ],
    ["a Request", new Request("https://contoso.com/"), "a Request"],
    ["a property of Object", { toString: "an array" }, "an object"],
  ];

  it.each(refusals)("is named with what helps, from send() on: %s", async (_, value, shown) => {
    const sent = toPromise(new Rig().batcher, value as AnyOperation);
    await expect(sent).rejects.toThrow(TypeError);
    await expect(sent).rejects.toThrow(`: current value is ${shown}`);
  });

  it.each(refusals)("is named in the operator, too: %s", async (_, value, shown) => {
    const batched$ = of(value as AnyOperation).pipe(batchGraph({ token: "a" }));
    await expect(lastValueFrom(batched$)).rejects.toThrow(`: current value is ${shown}`);
  });
});

describe("what stands in the place of a batcher", () => {
  const { batcher } = new Rig();
  const swapped = get("a") as never;

  it.each<[string, () => unknown, string]>([
    ["batchingFetch()", () => batchingFetch({ token: "a" } as never), "an object"],
    ["batchingFetch()", () => batchingFetch(fetch as never), "a function"],
    ["pages()", () => pages(swapped, batcher as never), "an operation (the batcher stands first)"],
    ["pages()", () => pages(undefined as never, get("a")), "undefined"],
  ])("is refused by %s at once", (_, make, shown) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(` as batcher must be a batcher: current value is ${shown}`);
  });

  it.each<[string, unknown, string]>([
    ["an operation", swapped, "an operation (the batcher stands first)"],
    ["what send() gives", batcher.send(get("a")), "an Observable"],
  ])("is refused by toPromise() as a rejection: %s", async (_, given, shown) => {
    await expect(toPromise(given as never, get("a"))).rejects.toThrow(
      `Cannot make a promise as batcher must be a batcher: current value is ${shown}`,
    );
  });
});

describe("what stands in the place of a wire", () => {
  it.each([["batch", batch], ["createBatcher", createBatcher]])(
    "is refused by %s() at once",
    (_, make) => {
      const given = { token: "a" } as never as Wire;
      expect(() => make(given)).toThrow(TypeError);
      expect(() => make(given)).toThrow(
        "Cannot make a batcher as wire must be a Wire: current value is an object (options alone are for createGraphBatcher and its kin)",
      );
    },
  );
});

describe("what stands in the place of a source", () => {
  const operator = batchGraph({ token: "a" });

  it.each<[unknown, string]>([
    [[get("a")], "an array"],
    [Promise.resolve(get("a")), "a Promise"],
    [undefined, "undefined"],
  ])("is refused by the operator: %o", (source, shown) => {
    const pipe = () => operator(source as Observable<AnyOperation>);
    expect(pipe).toThrow(TypeError);
    expect(pipe).toThrow(
      `Cannot batch a source as it must be an Observable: current value is ${shown} (wrap it in from())`,
    );
  });
});

describe("methods of a batcher that are handed on", () => {
  it("send() in mergeMap() batches as if it were called", async () => {
    const rig = new Rig();
    const answers = lastValueFrom(
      from(["a", "b"]).pipe(map((url) => get(url)), mergeMap(rig.batcher.send), toArray()),
    );
    rig.run();
    expect((await answers).map(({ body }) => body)).toEqual(["a", "b"]);
    expect(rig.posts).toEqual(["@10 me: a b"]);
  });

  it("all others know their batcher as well", async () => {
    const rig = new Rig();
    const { send, sendAll, flush, close } = rig.batcher;
    const first = toPromise({ send }, get("a"));
    flush();
    rig.run();
    expect(await first).toMatchObject({ body: "a" });
    const all = sendAll([get("b")])[Symbol.asyncIterator]().next();
    const closed = close();
    rig.run();
    expect(await all).toMatchObject({ value: { ok: true, response: { body: "b" } } });
    await closed;
    await expect(toPromise({ send }, get("c"))).rejects.toMatchObject({ _tag: "ClosedError" });
    expect(rig.posts).toEqual(["@0 me: a", "@1 me: b"]);
  });
});
