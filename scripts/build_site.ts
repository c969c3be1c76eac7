/** Builds the pages of the public symbols into site/, of the entries that deno.json names. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { Application } from "typedoc";
import type { DenoConfig } from "./package/plan.ts";

const { exports } = JSON.parse(readFileSync("deno.json", "utf8")) as DenoConfig;

const application = await Application.bootstrapWithPlugins({
  name: "rxbatch",
  entryPoints: Object.values(exports),
  excludeInternal: true,
  treatWarningsAsErrors: true,
  disableGit: true,
  gitRevision: "main",
  sourceLinkTemplate: "https://github.com/rxbatch/rxbatch/blob/{gitRevision}/{path}#L{line}",
  out: "site",
});
const project = await application.convert();
if (project !== undefined) await application.generateOutputs(project);
if (application.logger.hasErrors() || application.logger.hasWarnings()) process.exitCode = 1;
