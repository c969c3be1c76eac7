import { describe, expect, it } from "vitest";
import { comparedWith, storedResults } from "../../../scripts/bench/comparison.ts";
import type { Measurement } from "../../../scripts/bench/suite.ts";

const RATED = [{ number: "cpuMs", to: "floor" }];

function measured(ours: number, floor: number): readonly Measurement[] {
  const about = { suite: "any", runtime: "node", title: "a case" } as const;
  return [
    { ...about, candidate: "rxbatch", numbers: { cpuMs: ours } },
    { ...about, candidate: "a rival", numbers: { cpuMs: 7 * ours } },
    { ...about, candidate: "floor", numbers: { cpuMs: floor } },
  ];
}

describe("comparison of results", () => {
  const stored = { commit: "abc1234", measurements: measured(20, 10) };

  it("takes a slower machine for no change, as only ratios count", () => {
    expect(comparedWith(stored, measured(60, 30), RATED))
      .toBe("compared with abc1234: 0 of 1 ratios are worse");
  });

  it("forgives a tenth", () => {
    expect(comparedWith(stored, measured(21.9, 10), RATED)).not.toContain("WORSE");
  });

  it("names each of our ratios that is worse by more, and nobody else's", () => {
    expect(comparedWith(stored, measured(22.1, 10), RATED).split("\n").slice(1)).toEqual([
      "WORSE than at abc1234: a case: rxbatch, cpuMs: 2.21, was 2.00",
    ]);
  });

  it("compares a number as it is where nothing is to divide it by", () => {
    expect(comparedWith(stored, measured(23, 30), [{ number: "cpuMs" }]))
      .toContain("23.00, was 20.00");
  });

  it("finds the results that were committed last", () => {
    const found = storedResults("scripts/bench/results/end_to_end_node.json");
    expect(found?.commit).toMatch(/^[0-9a-f]+$/);
    expect(found?.measurements.map(({ candidate }) => candidate)).toContain("floor");
    expect(storedResults("scripts/bench/results/of_nobody.json")).toBeUndefined();
  });
});
