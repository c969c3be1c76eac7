import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { keepPackage } from "./built_package.ts";
import type { Runtime } from "./child.ts";
import { costTable, measureCost } from "./cost/suite.ts";
import { endToEndTables, measureEndToEnd } from "./end_to_end/suite.ts";
import type { Measurement } from "./interleaved.ts";
import { machine, versions } from "./machine.ts";
import { measureOverhead, overheadTable } from "./overhead/suite.ts";

/**
 * Compares the built package with its peers:
 * `npm run build && npm run bench -- [--only overhead,end_to_end,cost] [--runtime node,deno] [--rounds 3] [--quick]`.
 *
 * Writes all numbers to `scripts/bench/results/`, and prints the tables.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "overhead,end_to_end,cost" },
    runtime: { type: "string", default: "node,deno" },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
  },
});

const SUITES = {
  overhead: { title: "Batching alone", measure: measureOverhead, table: overheadTable },
  end_to_end: { title: "End to end", measure: measureEndToEnd, table: endToEndTables },
  cost: { title: "Size and import time", measure: measureCost, table: costTable },
} as const;

const about = { machine: machine(), versions: versions(), date: new Date().toISOString() };
const packageFolder = keepPackage();
const folder = "scripts/bench/results";
mkdirSync(folder, { recursive: true });
console.log(`${about.machine}; ${about.versions}\n`);
for (const name of options.only.split(",") as (keyof typeof SUITES)[]) {
  const { title, measure, table } = SUITES[name];
  for (const runtime of options.runtime.split(",") as Runtime[]) {
    const measurements: readonly Measurement[] = await measure(runtime, {
      rounds: Number(options.rounds),
      isQuick: options.quick,
      folder: packageFolder,
    });
    const text = `### ${title}, ${runtime}\n\n${table(measurements)}\n`;
    console.log(text);
    writeFileSync(
      `${folder}/${name}_${runtime}.json`,
      `${JSON.stringify({ ...about, measurements }, null, 2)}\n`,
    );
    writeFileSync(`${folder}/${name}_${runtime}.md`, text);
  }
}
