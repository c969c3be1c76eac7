import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Manifest } from "../built_package.ts";
import type { Runtime } from "../child.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";

/** What users have anyway: neither its size nor its time counts. */
const SHARED = ["rxjs", "undici", "effect", "@effect/schema"];

/** Import time and size of each entry. */
async function measureCost(
  runtime: Runtime,
  { rounds, folder }: SuiteOptions,
): Promise<Measurement[]> {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Manifest;
  const all: Measurement[] = [];
  for (const [entry, target] of Object.entries(manifest.exports)) {
    if (target.import === undefined) continue;
    const file = `${folder}/${target.import.default}`;
    const [one] = await measureInTurns(
      { suite: "cost", runtime, title: "import" },
      [entry],
      { script: "cost/run.mjs", rounds: 4 * rounds + 1, args: () => [file, ...sharedBy(entry)] },
    );
    all.push({ ...one!, numbers: { ...one?.numbers, ...await sizeOf(file) } });
  }
  return all;
}

function sharedBy(entry: string): readonly string[] {
  if (entry === "./undici") return ["rxjs", "undici"];
  if (entry === "./schema") return ["rxjs", "effect", "@effect/schema"];
  return /effect/.test(entry) ? ["rxjs", "effect"] : ["rxjs"];
}

async function sizeOf(file: string): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    // The core loads it with its first batch, and only on Node.
    external: [...SHARED, "node:*", "*/undici.js"],
    logLevel: "error",
  });
  const { contents } = outputFiles[0]!;
  return { minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length };
}

function costTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ candidate, numbers }) => [
    candidate === "." ? "core" : candidate,
    shown((numbers?.["minified"] ?? NaN) / 1000),
    shown((numbers?.["gzipped"] ?? NaN) / 1000),
    shown(numbers?.["importMs"]),
  ]);
  return markdownTable(["entry", "minified, kB", "gzipped, kB", "import, ms"], rows);
}

export const COST: Suite = {
  title: "Size and import time",
  measure: measureCost,
  table: costTable,
  rated: [{ number: "gzipped" }, { number: "importMs" }],
};
