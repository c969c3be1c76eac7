import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Size, sizeOf, STORED_SIZES } from "../../package/size.ts";
import { copyPackage, type Manifest } from "../built_package.ts";
import type { Runtime } from "../child.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";

/** What users have anyway: neither its size nor its time counts. */
const SHARED = ["rxjs", "undici", "effect", "@effect/schema", "@electric-sql/pglite"];

/** Where effect 3 lies, and the entries for it. */
const MODULES_OF_EFFECT_3 = "scripts/effect3/node_modules";
const FOR_EFFECT_3 = ["./schema", "./effect3"];

/** Import time and size of each entry, and the size of what pages import of the core. */
async function measureCost(
  runtime: Runtime,
  { rounds, folder }: SuiteOptions,
): Promise<Measurement[]> {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Manifest;
  const all: Measurement[] = [];
  const besideEffect3 = copyPackage(folder, MODULES_OF_EFFECT_3);
  const fileOf = (entry: string) =>
    resolve(
      FOR_EFFECT_3.includes(entry) ? besideEffect3 : folder,
      manifest.exports[entry]?.import?.default ?? "",
    );
  for (const [entry, target] of Object.entries(manifest.exports)) {
    if (target.import === undefined) continue;
    const file = fileOf(entry);
    const [one] = await measureInTurns(
      { suite: "cost", runtime, title: "import" },
      [entry],
      {
        script: "cost/run.mjs",
        rounds: 4 * rounds + 1,
        args: () => [sharedModule(dirname(file), entry), file],
      },
    );
    all.push({ ...one!, numbers: { ...one?.numbers, ...await entrySize(entry, file) } });
  }
  for (const names of Object.keys(STORED_SIZES)) {
    if (names === "*") continue;
    const numbers = { ...await sizeOf(names, fileOf("."), folder) };
    all.push({ suite: "cost", runtime, title: "page", candidate: names, numbers });
  }
  return all;
}

/** Imports the same as the entry would, as its neighbour. */
function sharedModule(folder: string, entry: string): string {
  const file = `${folder}/shared.mjs`;
  writeFileSync(file, sharedBy(entry).map((name) => `import "${name}";\n`).join(""));
  return file;
}

function sharedBy(entry: string): readonly string[] {
  if (entry === "./undici") return ["rxjs", "undici"];
  if (entry === "./schema") return ["rxjs", "effect", "@effect/schema"];
  return /effect/.test(entry) ? ["rxjs", "effect"] : ["rxjs"];
}

function entrySize(entry: string, file: string): Promise<Size> {
  // All but its own entry load our transport on undici with the first batch, and only on Node.
  const external = [...SHARED, "node:*", ...(entry === "./undici" ? [] : ["*/undici.js"])];
  return sizeOf("*", file, dirname(file), { platform: "neutral", external });
}

function costTable(measurements: readonly Measurement[]): string {
  const sizes = ({ numbers }: Measurement) => [
    shown((numbers?.["minified"] ?? NaN) / 1000),
    shown((numbers?.["gzipped"] ?? NaN) / 1000),
  ];
  const of = (title: string) => measurements.filter((each) => each.title === title);
  const entries = markdownTable(
    ["entry", "minified, kB", "gzipped, kB", "import, ms"],
    of("import").map((each) => [
      each.candidate === "." ? "core" : each.candidate,
      ...sizes(each),
      shown(each.numbers?.["importMs"]),
    ]),
  );
  const pages = markdownTable(
    ["a page that imports", "minified, kB", "gzipped, kB"],
    of("page").map((each) => [`\`${each.candidate}\``, ...sizes(each)]),
  );
  return `${entries}\n\n${pages}`;
}

export const COST: Suite = {
  title: "Size and import time",
  measure: measureCost,
  table: costTable,
  rated: [{ number: "gzipped" }, { number: "importMs" }],
};
