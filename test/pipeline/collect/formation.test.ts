import { of } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import { createBatcher, get, type Operation } from "../../../mod.ts";
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
