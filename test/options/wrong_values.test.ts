import { asyncScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  batch,
  batchGraph,
  batchingFetch,
  batchOData,
  batchOutlook,
  createBatcher,
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
  fetchTransport,
  get,
  graphWire,
  odataWire,
  outlookWire,
  progress,
  toPromise,
  traceEvents,
} from "../../mod.ts";
import { BATCH_NAMES, serviceNames } from "../../src/options/names.ts";
import { ownNames as odataNames } from "../../src/wire/odata/options.ts";
import { ownNames as outlookNames } from "../../src/wire/outlook/options.ts";
import { plainWire } from "../support/plain_wire.ts";
import { givenToEach, refusalOf } from "./given_to_each.ts";

const baseUrl = "https://localhost/";
const batcher = createOutlookBatcher();
const outlook = Object.keys(outlookNames());
const odata = Object.keys(odataNames());
const graph = [...Object.keys(serviceNames()), "baseUrl", "laneOf", "mixContexts"]
  .filter((name) => name !== "continueOnError");
/** Of a wire, which reads no more than these and its own. */
const read = ["baseUrl", "linkBase", "headers", "maxParts", "parseJson", "stringifyJson"];

/** Where it is has no default: that stands beside what is given, if that can hold it. */
const located = (door: (options: never) => unknown) => (given: unknown) =>
  door((isPlain(given) ? { baseUrl, ...given } : given) as never);

function isPlain(given: unknown): given is object {
  return Object.prototype.toString.call(given) === "[object Object]";
}

/** The same in JSON, where some options have no meaning. */
const inJson = (given: unknown) =>
  located(createODataBatcher)(isPlain(given) ? { format: "json", ...given } : given);

givenToEach("the options of", [
  ["batch()", (options) => batch(plainWire(), options), Object.keys(BATCH_NAMES)],
  ["createBatcher()", (options) => createBatcher(plainWire(), options), Object.keys(BATCH_NAMES)],
  ["batchOutlook()", batchOutlook, outlook],
  ["createOutlookBatcher()", createOutlookBatcher, outlook],
  ["outlookWire()", outlookWire, [...read, "continueOnError", "anchorMailbox", "contentLength"]],
  ["batchGraph()", batchGraph, graph],
  ["createGraphBatcher()", createGraphBatcher, graph],
  ["graphWire()", graphWire, [...read, "laneOf", "mixContexts"]],
  ["batchOData()", located(batchOData), odata, ["baseUrl"]],
  ["createODataBatcher()", located(createODataBatcher), odata, ["baseUrl"]],
  ["createODataBatcher() in JSON", inJson, odata, ["baseUrl"]],
  ["odataWire()", located(odataWire), [...read, "continueOnError", "writes"], ["baseUrl"]],
  ["batchingFetch()", (options) => batchingFetch(batcher, options), ["fallback", "init"]],
  ["sendAll()", (options) => batcher.sendAll([], options), ["maxInHand"]],
  ["progress()", progress, ["scheduler"]],
  ["traceEvents()", traceEvents, ["scheduler"]],
]);

describe("what is refused where it is given", () => {
  it.each([batchGraph, createGraphBatcher, graphWire])(
    "%o takes a continueOnError that is undefined, as every other option",
    (door) => {
      expect(() => door({ continueOnError: undefined } as object)).not.toThrow();
      expect(refusalOf(() => door({ continueOnError: null } as object))).toMatch(/goes on/);
    },
  );

  it.each([
    ["a number", 5],
    ["null", null],
    ["a string", "fetch"],
    ["an object", {}],
  ])("a fetch that is %s", (kind, fetch) => {
    expect(refusalOf(() => fetchTransport(fetch as never))).toBe(
      `Cannot make a transport as fetch must be a function: current value is ${kind}`,
    );
    expect(fetchTransport(undefined)).toBeTypeOf("function");
  });

  it.each([
    ["has no now", { schedule: asyncScheduler.schedule }],
    ["has no schedule", { now: () => 0 }],
  ])("a scheduler that %s", (_what, scheduler) => {
    expect(refusalOf(() => createOutlookBatcher({ scheduler: scheduler as never })))
      .toBe("Cannot use option scheduler as it must be a scheduler: current value is an object");
  });

  it("a list of statuses that is null", () => {
    expect(refusalOf(() => batchOutlook({ retry: { refusedStatuses: null as never } })))
      .toMatch(/^Cannot use option retry.refusedStatuses as it must be an array: .+ null$/);
  });

  it("scopes with a hole in them", () => {
    const token = { getToken: () => Promise.resolve(null) };
    const scopes = new Array<string>(2).fill("a", 1);
    expect(refusalOf(() => batchOutlook({ token, scopes }))).toMatch(/an array of 2$/);
  });

  it("a source that only looks as if it could be iterated", async () => {
    expect(refusalOf(() => batcher.sendAll({ [Symbol.iterator]: 5 } as never))).toMatch(
      /^Cannot send all of a source as it must be iterable or async iterable: .+ an object$/,
    );
    for (const [iterator, kind] of [[undefined, "undefined"], [{}, "an object"]]) {
      for (const method of [Symbol.iterator, Symbol.asyncIterator]) {
        const results = batcher.sendAll({ [method]: () => iterator } as never);
        await expect(results[Symbol.asyncIterator]().next()).rejects.toThrow(
          new TypeError(
            `Cannot send all of a source as its iterator must have a function next: current value is ${kind}`,
          ),
        );
      }
    }
  });

  it("no source with an asyncIterator that is null, which counts as none", async () => {
    const source = { [Symbol.asyncIterator]: null, [Symbol.iterator]: () => [][Symbol.iterator]() };
    const results = batcher.sendAll(source as never);
    expect(await results[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  it("a signal of toPromise() that is null", async () => {
    await expect(toPromise(batcher, get("a"), { signal: null as never })).rejects.toThrow(
      /^Cannot make a promise as option signal must be an AbortSignal: current value is null$/,
    );
  });
});
