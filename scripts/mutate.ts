/**
 * Changes the code in many small ways, one at a time, and tells which of them no test notices.
 *
 *   npm run mutate -- src/mime/http
 *   npm run mutate -- src/mime/media_type.ts --tests "test/wire/*.test.ts"
 *
 * The tests are those that mirror the folder or file, and what `--tests` adds; give the slow ones of them more time with
 * `--test-timeout-ms`. It fails when tests notice less than 90 % in one of the files.
 *
 * Each mutant that survives is looked at by hand: it shows that a test is missing, or code that nobody needs, or it cannot
 * be noticed, as it changes how fast something is and not what it does. The last are listed in `mutate/equivalent/`, one
 * file a room, each with the reason, and count no more. They are found by their text; those whose text is gone are told.
 * What else survives is written to `dist/survivors.json`, ready to be listed.
 */
import { Stryker } from "@stryker-mutator/core";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { entryOf, judge, readEquivalents } from "./mutate/equivalents.ts";
import { isEnough, told, triedOf } from "./mutate/report.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: "string", multiple: true, default: [] },
    concurrency: { type: "string", default: "1" },
    "test-timeout-ms": { type: "string", default: "4000" },
  },
});
const mutate: string[] = [];
const tests: string[] = [...values.tests];
for (const path of positionals) {
  if (!path.startsWith("src/")) {
    throw new Error(
      `Cannot mutate what is not in src, as tests go behind a --tests each, in quotes: current value is "${path}"`,
    );
  }
  const mirror = path.replace("src/", "test/");
  if (path.endsWith(".ts")) {
    mutate.push(path);
    tests.push(mirror.replace(".ts", "*.test.ts"));
  } else {
    const inside = readdirSync(path, { recursive: true, encoding: "utf8" });
    mutate.push(...inside.filter((name) => name.endsWith(".ts")).map((name) => join(path, name)));
    tests.push(`${mirror}/**/*.test.ts`);
  }
}
if (mutate.length === 0) throw new Error("Cannot mutate nothing: name a folder or a file of src");
process.env["MUTATE_TESTS"] = JSON.stringify(tests);
process.env["MUTATE_TEST_TIMEOUT_MS"] = values["test-timeout-ms"];

const stryker = new Stryker({
  mutate,
  testRunner: "vitest",
  vitest: { configFile: "scripts/mutate/vitest.ts", related: false },
  plugins: ["@stryker-mutator/vitest-runner"],
  coverageAnalysis: "perTest",
  concurrency: Number(values.concurrency),
  ignoreStatic: false,
  // For loops that a mutant makes endless; tests that merely wait end by themselves.
  timeoutMS: 6000,
  timeoutFactor: 1,
  // Nothing of it is left behind, and nobody is asked anything.
  tempDirName: "dist/mutate",
  cleanTempDir: "always",
  allowConsoleColors: false,
  allowEmpty: false,
  reporters: ["progress-append-only"],
});
const equivalents = readEquivalents("scripts/mutate/equivalent");
// As they were when they were mutated: a run takes long.
const sources = new Map(mutate.map((file) => [file, readFileSync(file, "utf8")]));
const results = await stryker.runMutationTest();
const tried = results.flatMap((result) => triedOf(result, (file) => sources.get(file)!));
const verdicts = judge(tried, equivalents);
for (const verdict of verdicts) console.log(told(verdict));
const survivors = verdicts.flatMap(({ unknown }) => unknown.map((each) => entryOf(each, tried)));
mkdirSync("dist", { recursive: true });
writeFileSync("dist/survivors.json", JSON.stringify(survivors, null, 2) + "\n");
process.exitCode = isEnough(verdicts) ? 0 : 1;
