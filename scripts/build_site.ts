/** Builds the guides and the pages of the public symbols into site/, of the entries that deno.json names. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { Application } from "typedoc";
import { filesUnder } from "../test/support/sources.ts";
import type { DenoConfig } from "./package/plan.ts";
import { categorize, CATEGORY_ORDER, nameChapters } from "./site/chapters.ts";
import { deadLinks } from "./site/dead_links.ts";

const config = JSON.parse(readFileSync("deno.json", "utf8")) as DenoConfig;

const application = await Application.bootstrapWithPlugins({
  name: "rxbatch",
  entryPoints: Object.values(config.exports),
  projectDocuments: filesUnder("docs", ".md"),
  navigation: { includeGroups: false, includeCategories: true, includeFolders: false },
  categoryOrder: [...CATEGORY_ORDER],
  preservedTypeAnnotationTags: ["@throws"],
  excludeInternal: true,
  hideGenerator: true,
  customCss: "scripts/site/site.css",
  treatWarningsAsErrors: true,
  disableGit: true,
  gitRevision: "main",
  sourceLinkTemplate: "https://github.com/rxbatch/rxbatch/blob/{gitRevision}/{path}#L{line}",
  out: "site",
});
categorize(application);
const project = await application.convert();
if (project !== undefined) {
  nameChapters(project, config);
  await application.generateOutputs(project);
}
const dead = deadLinks("site");
for (const { page, link } of dead) console.error(`${page}: ${link} leads nowhere`);
if (dead.length > 0 || application.logger.hasErrors() || application.logger.hasWarnings()) {
  process.exitCode = 1;
}
