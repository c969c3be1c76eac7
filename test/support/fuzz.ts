import process from "node:process";
import type { Parameters } from "fast-check";

/** A run is repeatable unless it is asked to search: `npm run fuzz`, or `FUZZ_SEED=7 npx vitest run test/mime`. */
const seed = process.env["FUZZ_SEED"];

/**
 * What every property is checked with.
 *
 * @param runs how many examples an ordinary run tries; `FUZZ_RUNS` multiplies them
 */
export function fuzz(runs: number): Parameters<unknown> {
  const factor = Number(process.env["FUZZ_RUNS"] ?? 1);
  const fixed = seed === undefined ? 20_171_117 : seed === "random" ? Date.now() : Number(seed);
  return { numRuns: runs * factor, seed: fixed };
}
