import { describe, expect, it } from "vitest";
import { atomic, get, post } from "../../../../mod.ts";
import { rulesOf } from "../../../../src/pipeline/answer/match/rules.ts";
import { plainWire } from "../../../support/plain_wire.ts";

const headOf = (applied?: string) => ({
  status: 200,
  headers: applied === undefined ? {} : { "preference-applied": applied },
});

describe("rule 14: a server may have stopped at an error", () => {
  it.each([
    [undefined, true],
    ["", true],
    ["odata.maxpagesize=5", true],
    ["respond-async; odata.continue-on-errors", true],
    ["odata.continue-on-error=false", true],
    ['continue-on-error="false"', true],
    ["odata.continue-on-error", false],
    ["Continue-On-Error", false],
    ["continue-on-error=true", false],
    ['odata.continue-on-error = "true"', false],
    ["odata.maxpagesize=5, odata.continue-on-error", false],
    ["return=minimal;continue-on-error", false],
  ])("unless it says that it goes on: Preference-Applied: %s", (applied, mayStop) => {
    const wire = plainWire({ order: "sequential" });
    expect(rulesOf(wire, headOf(applied), undefined, [get("a")]).mayStop).toBe(mayStop);
  });

  it.each(["any", "native"] as const)("but not where the order is %s", (order) => {
    expect(rulesOf(plainWire({ order }), headOf(), undefined, [get("a")]).mayStop).toBe(false);
  });
});

describe("rule 14: what an answer is held against", () => {
  it("knows how many members the group at each place has", () => {
    const group = atomic([post("a"), post("b")]);
    const wire = plainWire({ order: "sequential" });
    expect(rulesOf(wire, headOf(), undefined, [get("a"), group])).toMatchObject({
      size: 2,
      isOrdered: true,
      groupSizes: [undefined, 2],
    });
  });
});
