/** May this tag be published? `npm run check:release -- v1.2.3` */
import { readFileSync } from "node:fs";
import process from "node:process";
import type { DenoConfig } from "./package/plan.ts";
import { problemsOf } from "./package/release.ts";

const { version } = JSON.parse(readFileSync("deno.json", "utf8")) as DenoConfig;
const [, , tag = ""] = process.argv;
const problems = problemsOf({ tag, version, changelog: readFileSync("CHANGELOG.md", "utf8") });
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
