import type { Runtime } from "../child.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";

/** Octets of JSON in each answer. */
const SIZES = ["100", "1000", "10000"] as const;

/** What it costs to hold all parts of an answer until its end, as none of them says whose it is. */
function measureMatching(
  runtime: Runtime,
  { rounds, isQuick }: SuiteOptions,
): Promise<Measurement[]> {
  return measureInTurns({ suite: "matching", runtime, title: "2,000 operations" }, SIZES, {
    script: "matching/run.ts",
    rounds,
    args: (size) => [size, isQuick ? "100" : "400"],
  });
}

function matchingTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ candidate, numbers }) => [
    `answers of ${Number(candidate).toLocaleString("en-US")} octets`,
    shown(numbers?.["namedNs"]),
    `${shown(numbers?.["namelessNs"])} (${numbers?.["ratio"]?.toFixed(2) ?? "–"}×)`,
  ]);
  return markdownTable(["CPU ns an operation", "with ids", "without ids"], rows);
}

export const MATCHING: Suite = {
  title: "Matching at the end",
  measure: measureMatching,
  table: matchingTable,
  rated: [{ number: "ratio" }],
};
