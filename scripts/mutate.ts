/**
 * Changes the code in many small ways, one at a time, and tells which of them no test notices.
 *
 *   npm run mutate -- src/mime/http
 *   npm run mutate -- src/mime/media_type.ts --tests "test/wire/*.test.ts"
 *
 * The tests are those that mirror the folder or file, and what `--tests` adds; give the slow ones of them more time with
 * `--test-timeout-ms`. Some mutants cannot be noticed, as they
 * change how fast something is and not what it does: each that survives is looked at by hand.
 */
import { Stryker } from "@stryker-mutator/core";
import process from "node:process";
import { parseArgs } from "node:util";

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
  const mirror = path.replace("src/", "test/");
  if (path.endsWith(".ts")) {
    mutate.push(path);
    tests.push(mirror.replace(".ts", "*.test.ts"));
  } else {
    mutate.push(`${path}/**/*.ts`);
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
  reporters: ["clear-text", "progress-append-only"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
});
await stryker.runMutationTest();
