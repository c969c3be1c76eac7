import type { Runtime } from "../child.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";
import { type Naming, NAMINGS } from "./namings.ts";

/** Of JSON in each answer. */
const SIZES = ["100", "1000"] as const;
const CANDIDATES = Object.keys(NAMINGS) as Naming[];

/** What it costs to hold all parts of an answer until its end, as none of them says whose it is. */
async function measureMatching(
  runtime: Runtime,
  { rounds, isQuick }: SuiteOptions,
): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (const size of SIZES) {
    all.push(
      ...await measureInTurns({ suite: "matching", runtime, title: `${size} octets` }, CANDIDATES, {
        script: "matching/run.ts",
        rounds: 3 * rounds,
        args: (naming) => [naming, size, isQuick ? "300" : "1500"],
      }),
    );
  }
  return all;
}

/** One row each size; in brackets the ratio to answers with ids. */
function matchingTable(measurements: readonly Measurement[]): string {
  const titles = [...new Set(measurements.map(({ title }) => title))];
  const rows = titles.map((one) => {
    const [named, nameless] = CANDIDATES.map((naming) =>
      measurements.find(({ title, candidate }) => title === one && candidate === naming)
        ?.numbers?.["cpuNs"]
    );
    const ratio = (nameless ?? NaN) / (named ?? NaN);
    return [one, shown(named), `${shown(nameless)} (${ratio.toFixed(2)}×)`];
  });
  return markdownTable(["CPU ns an operation", ...CANDIDATES], rows);
}

export const MATCHING: Suite = {
  title: "Matching at the end",
  measure: measureMatching,
  table: matchingTable,
  rated: [{ number: "cpuNs", to: "with ids" }],
};
