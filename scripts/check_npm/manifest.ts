import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { differencesOf } from "../package/compare.ts";
import { filesLinkedFrom } from "../package/extras.ts";
import { plan, run, type Workshop } from "../package/workshop.ts";

/** What its package.json says, as linters of packages read it. */
export async function checkManifest(workshop: Workshop): Promise<void> {
  const { messages, pkg } = await publint({ pkgDir: resolve(plan.outDir), strict: true });
  workshop.check("publint has nothing to say", () => {
    const problems = messages.filter(({ code, args }) => {
      // "#" names are looked up in the nearest package.json, nested or not: the programs of check_npm/ rely on it
      const isImports = code === "NESTED_PACKAGE_JSON_FIELD_IGNORED" && args.field === "imports";
      return !isImports;
    });
    const texts = problems.map((message) => formatMessage(message, pkg, { color: false }));
    if (texts.length > 0) throw new Error(texts.join("\n"));
  });
  workshop.check("no file of dnt's declares a global in its users' programs", () => {
    const files = readdirSync(plan.outDir, { recursive: true, encoding: "utf8" })
      .filter((path) => !path.startsWith("node_modules") && basename(path).startsWith("_dnt."));
    const loud = files.filter((path) =>
      /declare\s+global/.test(readFileSync(join(plan.outDir, path), "utf8"))
    );
    if (loud.length > 0) throw new Error(loud.join("\n"));
  });
  workshop.check("every link of its README leads to a file of the repository", () => {
    const readme = readFileSync(join(plan.outDir, "README.md"), "utf8");
    const missing = filesLinkedFrom(readme, plan.manifest.version)
      .filter((path) => !existsSync(path));
    if (missing.length > 0) throw new Error(missing.join("\n"));
  });
  workshop.check("attw finds the right types for import and require", () => {
    // resolution as in Node 10 knows no "exports", so no package with entries passes it
    run("attw", [workshop.tarball, "--profile", "node16", "--no-color"], ".");
  });
}

/** Another build of it, by plain TypeScript say, is the same to its users. */
export function checkBeside(workshop: Workshop, folder: string): void {
  workshop.check(`it has the files, the package.json and the types of ${folder}`, () => {
    const differences = differencesOf(plan.outDir, folder);
    if (differences.length > 0) throw new Error(differences.join("\n"));
  });
}

/** Its peers, beside what its users may have already. */
export function checkInstalls(workshop: Workshop): void {
  for (const effect of ["3", "4"]) {
    workshop.check(`it installs beside effect ${effect}`, () => {
      const dependencies = { rxjs: "^7.8.0", effect: `^${effect}` };
      const project = workshop.newProject(`effect${effect}`, dependencies);
      run("npm", ["install", "--package-lock-only"], project);
    });
  }
}

/** With rxjs and nothing else: whatever needs effect cannot be loaded here. */
