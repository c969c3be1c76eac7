import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BETWEEN } from "./between/suite.ts";
import { keepPackage } from "./built_package.ts";
import type { Runtime } from "./child.ts";
import { comparedWith, storedResults } from "./comparison.ts";
import { COST } from "./cost/suite.ts";
import { END_TO_END } from "./end_to_end/suite.ts";
import { FETCH_DOOR } from "./fetch_door/suite.ts";
import { machine, versions } from "./machine.ts";
import { MATCHING } from "./matching/suite.ts";
import { ORDER } from "./order/suite.ts";
import { OVERHEAD } from "./overhead/suite.ts";
import { quietness, told } from "./quiet.ts";

/**
 * Compares the built package with its peers:
 * `npm run build && npm run bench -- [--only overhead,order,matching,end_to_end,between,fetch_door,cost] [--runtime node,deno]
 * [--rounds 3] [--quick] [--write-under-load]`.
 *
 * Prints the tables, and which of our ratios are worse than the results committed last. Writes all numbers to
 * `scripts/bench/results/`, but quick ones never, and those of a busy machine only when told.
 */
const ALL = "overhead,order,matching,end_to_end,between,fetch_door,cost";
const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: ALL },
    runtime: { type: "string", default: "node,deno" },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    "write-under-load": { type: "boolean", default: false },
  },
});

const SUITES = {
  overhead: OVERHEAD,
  order: ORDER,
  matching: MATCHING,
  end_to_end: END_TO_END,
  between: BETWEEN,
  fetch_door: FETCH_DOOR,
  cost: COST,
} as const;
const RESULTS = "scripts/bench/results";

const before = await quietness();
const about = { machine: machine(), versions: versions(), date: new Date().toISOString() };
const packageFolder = keepPackage();
mkdirSync(RESULTS, { recursive: true });
console.log(`${about.machine}\n${told(before)}\n${about.versions}\n`);
for (const name of options.only.split(",") as (keyof typeof SUITES)[]) {
  const { title, measure, table, rated } = SUITES[name];
  for (const runtime of options.runtime.split(",") as Runtime[]) {
    const measurements = await measure(runtime, {
      rounds: Number(options.rounds),
      isQuick: options.quick,
      folder: packageFolder,
    });
    const file = `${RESULTS}/${name}_${runtime}`;
    const text = `### ${title}, ${runtime}\n\n${table(measurements)}\n`;
    console.log(text);
    console.log(`${comparedWith(storedResults(`${file}.json`), measurements, rated)}\n`);
    if (options.quick) continue;
    const after = await quietness();
    const quiet = { before: told(before), after: told(after) };
    if (!(before.isQuiet && after.isQuiet) && !options["write-under-load"]) {
      console.log(`not written: before, ${quiet.before}; after, ${quiet.after}\n`);
      continue;
    }
    const results = { ...about, quiet, measurements };
    writeFileSync(`${file}.json`, `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(`${file}.md`, text);
  }
}
