/** Bundles the JavaScript of the package that was built: the last step of both builders. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { build, type Metafile, type Plugin, transformSync } from "esbuild";
import { type ChosenByPlatform, type EntryPoint, type NpmPlan, outputOf } from "./plan.ts";

/** What bundling needs of a plan. */
export type BundlePlan = Pick<
  NpmPlan,
  "outDir" | "entryPoints" | "ownFiles" | "chosenByPlatform"
>;

/** Entries and chunks, as ES modules. */
interface Bundled {
  /** By path: `src/effect.js`. */
  readonly texts: ReadonlyMap<string, string>;
  /** The paths of those that no browser can load. */
  readonly forNode: readonly string[];
}

/**
 * Makes one file of each entry and of what the same entries share, as importing a file a module takes far longer.
 *
 * Entries keep their paths, and declarations stay one a module. CommonJS is made of the same chunks, so that a class exists
 * once in either format.
 *
 * @param plan what was built
 */
export async function bundleNpm(plan: BundlePlan): Promise<void> {
  const bundled = await bundle(plan);
  for (const format of ["esm", "script"] as const) {
    const folder = join(plan.outDir, format);
    for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (path.endsWith(".js")) rmSync(join(folder, path));
    }
    for (const [path, text] of bundled.texts) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, format === "esm" ? text : toCommonJs(path, text));
    }
    const manifest = manifestOf(format, plan.chosenByPlatform, bundled);
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

/** What the package.json beside the code of a format says: the nearest one is the one that `#` names are looked up in. */
function manifestOf(
  format: "esm" | "script",
  { specifier, modules }: ChosenByPlatform,
  { forNode }: Bundled,
): object {
  const chosen = Object.fromEntries(
    Object.entries(modules).map(([condition, module]) => [condition, `./${outputOf(module)}`]),
  );
  return {
    type: format === "esm" ? "module" : "commonjs",
    // bundlers ask the nearest one
    sideEffects: false,
    imports: { [specifier]: chosen },
    // for bundlers that know no conditions
    browser: {
      [specifier]: chosen["browser"],
      ...Object.fromEntries(forNode.map((path) => [`./${path}`, false])),
    },
  };
}

async function bundle(plan: BundlePlan): Promise<Bundled> {
  const folder = resolve(plan.outDir, "esm");
  const entries = [...plan.entryPoints.map(({ path }) => path), ...plan.ownFiles].map((path) =>
    outputOf(path)
  );
  const { metafile, outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: entries.map((path) => `./${path}`),
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
    plugins: [leaveToPlatform(plan.chosenByPlatform, folder)],
    target: "es2022",
    metafile: true,
    write: false,
  });
  const names = nameChunks(metafile, plan);
  const rename = (text: string): string =>
    names.reduce((renamed, [chunk, name]) => renamed.replaceAll(chunk, name), text);
  const paths = outputFiles.map(({ path }) => relative(folder, path).replaceAll("\\", "/"));
  return {
    texts: new Map(outputFiles.map(({ text }, at) => [rename(paths[at] ?? ""), rename(text)])),
    forNode: paths.filter((path) => isForNode(metafile.outputs[path])).map(rename),
  };
}

/** Everybody imports what the platform chooses by its name, but for the choices themselves. */
function leaveToPlatform({ specifier, replaces }: ChosenByPlatform, folder: string): Plugin {
  const replaced = resolve(folder, outputOf(replaces));
  return {
    name: "leave-to-platform",
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const isReplaced = kind !== "entry-point" && resolve(resolveDir, path) === replaced;
        return isReplaced ? { path: specifier, external: true } : undefined;
      });
    },
  };
}

function isForNode(output: Metafile["outputs"][string] | undefined): boolean {
  return output?.imports.some(({ path, kind }) =>
    kind === "import-statement" && (path === "undici" || path.startsWith("node:"))
  ) ?? false;
}

/** Names chunks after the entries that share them, which no two have in common: a hash would change with the code. */
function nameChunks(
  { outputs }: Metafile,
  { entryPoints, ownFiles }: BundlePlan,
): readonly (readonly [chunk: string, name: string])[] {
  const sharers = [
    ...entryPoints.map((entry) => ({ name: nameOf(entry), path: entry.path })),
    ...ownFiles.map((path) => ({ name: basename(path, ".ts"), path })),
  ].map(({ name, path }) => ({ name, loaded: loadedWith(outputOf(path), outputs) }));
  const chunks = Object.keys(outputs).filter((path) => path.startsWith("chunks/"));
  return chunks.map((chunk) => {
    const names = sharers.filter(({ loaded }) => loaded.has(chunk)).map(({ name }) => name);
    return [basename(chunk), `${[...new Set(names)].join("_")}.js`];
  });
}

function nameOf({ name }: EntryPoint): string {
  return name === "." ? "core" : name.slice(2);
}

/** Everything that is loaded when an output is, itself included. */
function loadedWith(path: string, outputs: Metafile["outputs"]): ReadonlySet<string> {
  const loaded = new Set([path]);
  for (const each of loaded) {
    for (const { kind, path: next } of outputs[each]?.imports ?? []) {
      if (kind === "import-statement") loaded.add(next);
    }
  }
  return loaded;
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
