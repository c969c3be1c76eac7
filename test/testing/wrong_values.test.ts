import { describe, expect, it } from "vitest";
import { fakeGraph, fakeOData, fakeOutlook } from "../../src/testing.ts";
import { givenToEach, refusalOf } from "../options/given_to_each.ts";

const server = ["seed", "faults", "script", "latencyMs", "clock", "workMs", "echoContentId"];
const ofMailboxes = [...server, "mailboxes", "tokens", "order"];

givenToEach("the options of", [
  ["fakeOutlook()", fakeOutlook, ofMailboxes],
  ["fakeGraph()", fakeGraph, ofMailboxes],
  ["fakeOData()", fakeOData, [
    ...server,
    "entitySets",
    "version",
    "writes",
    "rollsBack",
    "failedGroup",
    "maxOperations",
    "changeSetsPerBatch",
    "csrfBatches",
    "pageSize",
    "token",
  ]],
]);

describe("what a fake is seeded with", () => {
  it.each(["messages", "events", "contacts", "files", "folders"])("%s must be right", (name) => {
    for (const value of [null, "five", NaN, -1]) {
      expect(refusalOf(() => fakeGraph({ mailboxes: { a: { [name]: value } } }))).toContain(name);
    }
    expect(() => fakeGraph({ mailboxes: { a: { [name]: undefined } } })).not.toThrow();
  });

  it.each(["key", "items"])("%s of an entity set must be right", (name) => {
    for (const value of [null, {}, -1]) {
      expect(refusalOf(() => fakeOData({ entitySets: { A: { [name]: value } } }))).toContain(name);
    }
  });

  it("a word is one of those that are known, and a number says its value", () => {
    expect(refusalOf(() => fakeOData({ version: "5.0" as never }))).toBe(
      'Cannot use option version as it must be "2.0" or "3.0" or "4.0" or "4.01": current value is a string',
    );
    expect(refusalOf(() => fakeGraph({ workMs: -1 }))).toBe(
      "Cannot use option workMs as it must be a number from 0: current value is -1",
    );
  });
});
