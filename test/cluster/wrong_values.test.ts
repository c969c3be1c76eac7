import { Layer } from "effect";
import { describe, expect, it } from "vitest";
import { createGraphBatcher } from "../../mod.ts";
import { clusterBatcher, embedded, mailboxLayer } from "../../src/cluster.ts";
import { givenToEach, refusalOf } from "../options/given_to_each.ts";

const create = createGraphBatcher;
const layer = Layer.provideMerge(mailboxLayer({ create }), embedded());

/** What has no default stands beside what is given, if that can hold it. */
const beside = (own: object, door: (options: never) => unknown) => (given: unknown) =>
  door(
    (Object.prototype.toString.call(given) === "[object Object]"
      ? { ...own, ...given as object }
      : given) as never,
  );

givenToEach("the options of", [
  ["clusterBatcher()", beside({ layer }, clusterBatcher), [
    "layer",
    "wire",
    "maxChunk",
    "maxWaitMs",
    "maxHoldMs",
    "keyOf",
    "persisted",
    "concurrencyPerMailbox",
    "maxQueued",
    "timeoutMs",
    "askAgainMs",
    "seal",
  ], ["layer"]],
  ["mailboxLayer()", beside({ create }, mailboxLayer), [
    "create",
    "options",
    "journal",
    "retention",
    "maxQueued",
    "maxQueuedInFleet",
    "seal",
  ], ["create"]],
  ["embedded()", embedded, ["folder"]],
  ["sendAll() of a fleet", (options) => clusterBatcher({ layer }).sendAll([], options), [
    "maxInHand",
  ]],
]);

describe("a retention", () => {
  it.each([-1, NaN])("of %s would forget what is needed", (retention) => {
    expect(refusalOf(() => mailboxLayer({ create, retention }))).toMatch(
      /^Cannot use option retention as it must be a duration such as 7 days: /,
    );
  });
});
