/** Bundles the JavaScript of the package that was built: the last step of both builders. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { buildSync, type Metafile, transformSync } from "esbuild";
import type { EntryPoint, NpmPlan } from "./plan.ts";

/** What bundling needs of a plan. */
export type BundlePlan = Pick<NpmPlan, "outDir" | "entryPoints" | "ownFiles">;

/** An entry or a chunk, as an ES module. */
interface Bundled {
  /** `src/effect.js`. */
  readonly path: string;
  readonly text: string;
}

/**
 * Makes one file of each entry and of what the same entries share, as importing a file a module takes far longer.
 *
 * Entries keep their paths, and declarations stay one a module. CommonJS is made of the same chunks, so that a class exists
 * once in either format.
 *
 * @param plan what was built
 */
export function bundleNpm(plan: BundlePlan): void {
  const files = bundle(plan);
  for (const format of ["esm", "script"]) {
    const folder = join(plan.outDir, format);
    for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (path.endsWith(".js")) rmSync(join(folder, path));
    }
    for (const { path, text } of files) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, format === "esm" ? text : toCommonJs(path, text));
    }
  }
}

function bundle({ outDir, entryPoints, ownFiles }: BundlePlan): readonly Bundled[] {
  const folder = resolve(outDir, "esm");
  const { metafile, outputFiles } = buildSync({
    absWorkingDir: folder,
    entryPoints: [...entryPoints.map(({ path }) => path), ...ownFiles].map((path) =>
      `./${outputOf(path)}`
    ),
    outbase: ".",
    outdir: ".",
    chunkNames: "chunks/[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    packages: "external",
    // that of the repository names modules of its own for some packages
    tsconfigRaw: {},
    target: "es2022",
    metafile: true,
    write: false,
  });
  const names = nameChunks(metafile, entryPoints);
  const rename = (text: string): string =>
    names.reduce((renamed, [chunk, name]) => renamed.replaceAll(chunk, name), text);
  return outputFiles.map(({ path, text }) => ({
    path: rename(relative(folder, path)),
    text: rename(text),
  }));
}

/** Names chunks after the entries that share them, which no two have in common: a hash would change with the code. */
function nameChunks(
  { outputs }: Metafile,
  entryPoints: readonly EntryPoint[],
): readonly (readonly [chunk: string, name: string])[] {
  const imported = (output: string): readonly string[] =>
    outputs[output]?.imports.filter(({ kind }) => kind === "import-statement")
      .map(({ path }) => path) ?? [];
  const loaded = entryPoints.map((entry) => {
    const paths = new Set([outputOf(entry.path)]);
    for (const path of paths) for (const next of imported(path)) paths.add(next);
    return paths;
  });
  const chunks = Object.keys(outputs).filter((path) => path.startsWith("chunks/"));
  return chunks.map((chunk) => {
    const sharing = entryPoints.filter((_, at) => loaded[at]?.has(chunk));
    const names = sharing.map(({ name }) => name === "." ? "core" : name.slice(2));
    return [basename(chunk), `${names.join("_")}.js`];
  });
}

function toCommonJs(path: string, text: string): string {
  return transformSync(text, {
    sourcefile: path,
    format: "cjs",
    platform: "node",
    target: "es2022",
    // require() also where import() would need a loader of its own, as in the sandboxes of test runners
    supported: { "dynamic-import": false },
  }).code;
}

/** `./mod.ts` becomes `mod.js`. */
function outputOf(path: string): string {
  return path.slice(2).replace(/\.ts$/, ".js");
}
