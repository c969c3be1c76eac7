import { describe, expect, it } from "vitest";
import { Random } from "../../src/testing/random.ts";

describe("Random", () => {
  const draws = (seed: number, purpose: string): number[] => {
    const random = new Random(seed, purpose);
    return Array.from({ length: 1000 }, () => random.next());
  };

  it("gives one sequence for one seed and purpose, another for any other", () => {
    expect(draws(1, "a")).toEqual(draws(1, "a"));
    expect(draws(1, "a")).not.toEqual(draws(2, "a"));
    expect(draws(1, "a")).not.toEqual(draws(1, "b"));
  });

  it("is spread evenly from 0 to 1", () => {
    const tenths = new Map<number, number>();
    for (const drawn of draws(1, "even")) {
      expect(drawn).toBeGreaterThanOrEqual(0);
      expect(drawn).toBeLessThan(1);
      const tenth = Math.floor(drawn * 10);
      tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
    }
    for (const count of tenths.values()) expect(Math.abs(count - 100)).toBeLessThan(40);
    expect(tenths.size).toBe(10);
  });

  it("shuffles without losing anything, and leaves the original alone", () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = new Random(1, "shuffle").shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted()).toEqual(items);
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("makes GUIDs, and 0 where there is nothing to choose from", () => {
    expect(new Random(1, "id").guid()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(new Random(1, "none").below(0)).toBe(0);
  });
});
