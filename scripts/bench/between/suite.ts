import type { Runtime } from "../child.ts";
import { served } from "../end_to_end/served.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";
import { WORK } from "./work.ts";

/** What work costs that is done between two POSTs, and what a POST costs that comes between two pieces of work. */
function measureBetween(
  runtime: Runtime,
  { rounds, isQuick }: SuiteOptions,
): Promise<Measurement[]> {
  const title = "POSTs of one operation by bare fetch";
  return served((origin) =>
    measureInTurns({ suite: "between", runtime, title }, Object.keys(WORK), {
      script: "between/run.ts",
      rounds,
      args: (name) => [name, origin, isQuick ? "500" : "2000"],
    })
  );
}

function betweenTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ candidate, numbers }) => [
    candidate,
    shown(numbers?.["postUs"]),
    shown(numbers?.["aloneUs"]),
    shown(numbers?.["bothUs"]),
    `${numbers?.["ratio"]?.toFixed(2) ?? "–"}×`,
  ]);
  const head = ["CPU µs", "POSTs alone", "work alone", "one after the other", "times the sum"];
  return markdownTable(head, rows);
}

export const BETWEEN: Suite = {
  title: "Between two POSTs",
  measure: measureBetween,
  table: betweenTable,
  // It explains what end to end shows, and is too rough to be compared from commit to commit.
  rated: [],
};
