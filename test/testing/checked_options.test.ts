import { describe, expect, it } from "vitest";
import {
  fakeGraph,
  fakeOData,
  type FakeODataOptions,
  type FakeOptions,
} from "../../src/testing.ts";

describe("what would do nothing, and let a test pass for nothing", () => {
  it.each<[string, object, string]>([
    ["an option", { mailboxs: {} }, "mailboxes"],
    ["a seed", { mailboxes: { "a@b.c": { message: 3 } } }, "messages"],
    [
      "what a fault has",
      { faults: [{ name: "status", status: 429, retryafter: 1 }] },
      "retryAfter",
    ],
    ["what one of a script has", { script: [[{ name: "drip", byte: 1 }]] }, "bytes"],
    ["what another fault has", { faults: [{ name: "reset", on: "part" }] }, "when"],
  ])("%s is refused by the name that was meant", (_, options, meant) => {
    expect(() => fakeGraph(options)).toThrow(TypeError);
    expect(() => fakeGraph(options)).toThrow(`did you mean ${meant}?`);
  });

  it.each<[object, string]>([
    [{ entitySet: {} }, "entitySets"],
    [{ entitySets: { Orders: { item: 3 } } }, "items"],
    [{ mailboxes: {} }, "faults"],
  ])("%j is refused by fakeOData()", (options, meant) => {
    expect(() => fakeOData(options)).toThrow(TypeError);
    expect(() => fakeOData(options)).toThrow(`did you mean ${meant}?`);
  });

  it("a fault by itself is told that it goes into a list", () => {
    for (const name of ["faults", "script"]) {
      for (const make of [fakeGraph, fakeOData]) {
        expect(() => make({ [name]: { name: "lost" } })).toThrow(TypeError);
        expect(() => make({ [name]: { name: "lost" } })).toThrow(
          `Cannot use option ${name} as it must be an array: current value is an object`,
        );
      }
    }
  });

  it("options that are no object are refused with a sentence", () => {
    for (const make of [fakeGraph, fakeOData]) {
      expect(() => make(null as never)).toThrow("Cannot use options of a fake as an object");
    }
  });

  it.each<[unknown]>([[NaN], [-1], [[5, 1]], [undefined]])("a latency of %j is refused", (ms) => {
    const latency = [{ name: "latency", ms }] as unknown as FakeOptions["faults"];
    expect(() => fakeGraph({ faults: latency })).toThrow(RangeError);
    if (ms === undefined) return;
    const latencyMs = ms as FakeODataOptions["latencyMs"];
    expect(() => fakeGraph({ latencyMs })).toThrow(RangeError);
    expect(() => fakeOData({ latencyMs })).toThrow(RangeError);
  });
});
