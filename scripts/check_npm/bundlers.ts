import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import webpack, { type Stats } from "webpack";
import { packageName, type Workshop } from "../package/workshop.ts";

/** What a bundler made of a page that sends a batch. */
interface Bundle {
  readonly code: string;
  readonly warnings: readonly string[];
}

/** Each one as its users have it: no plugin but what it needs to find packages at all. */
const bundlers: Readonly<Record<string, (page: string, outDir: string) => Promise<Bundle>>> = {
  "webpack, target web": (page, outDir) => withWebpack(page, outDir, "web"),
  "webpack, target webworker": (page, outDir) => withWebpack(page, outDir, "webworker"),
  "vite": withVite,
  "rollup with node-resolve": (page) => withRollup(page, false),
  "rollup with node-resolve for browsers": (page) => withRollup(page, true),
  "esbuild": (page) => withEsbuild(page, "browser"),
  "esbuild, platform neutral": (page) => withEsbuild(page, "neutral"),
};

/** What a page that sends a batch becomes, by the bundlers that pages are made with. */
export async function checkBundlers(workshop: Workshop, core: string): Promise<void> {
  const page = join(core, "page.mjs");
  workshop.write(
    core,
    "page.mjs",
    `import { createOutlookBatcher, get } from "${packageName}";
    createOutlookBatcher().send(get("messages")).subscribe(console.log);`,
  );
  for (const [name, bundle] of Object.entries(bundlers)) {
    const made = await bundle(page, join(core, "dist")).catch((error: unknown) => error);
    workshop.check(`${name} bundles it for a page, with nothing of Node's`, () => {
      if (made instanceof Error || !isBundle(made)) throw made;
      if (made.warnings.length > 0) throw new Error(`it warns: ${made.warnings.join("\n")}`);
      const strange = foundIn(made.code, /undici|node:|(?<![\w.])Buffer\./g);
      if (strange.length > 0) throw new Error(`it holds ${strange.join()}`);
      if (!made.code.includes("$batch")) throw new Error("it does not hold the library");
    });
  }
}

/** A Buffer that is looked for on globalThis is no need of one. */
function foundIn(code: string, pattern: RegExp): readonly string[] {
  return [...new Set(code.match(pattern))];
}

function isBundle(made: unknown): made is Bundle {
  return typeof made === "object" && made !== null && "code" in made && "warnings" in made;
}

async function withWebpack(page: string, outDir: string, target: string): Promise<Bundle> {
  const stats = await new Promise<Stats>((resolve, reject) =>
    webpack({
      mode: "production",
      entry: page,
      target,
      context: outDir,
      output: { path: outDir, filename: "page.js" },
      // a size is no fault of the code
      performance: false,
    }, (error, result) => result === undefined ? reject(error) : resolve(result))
  );
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  return {
    code: errors?.length ? "" : readFileSync(join(outDir, "page.js"), "utf8"),
    warnings: [...(errors ?? []), ...(warnings ?? [])].map(({ message }) => message),
  };
}

async function withVite(page: string): Promise<Bundle> {
  const warnings: string[] = [];
  const result = await vite({
    root: join(page, ".."),
    logLevel: "silent",
    build: {
      write: false,
      rolldownOptions: { input: page, onwarn: ({ message }) => warnings.push(message) },
    },
  });
  const outputs = "output" in result ? result.output : [];
  return {
    code: outputs.map((output) => output.type === "chunk" ? output.code : "").join("\n"),
    warnings,
  };
}

async function withRollup(page: string, browser: boolean): Promise<Bundle> {
  const warnings: string[] = [];
  const bundle = await rollup({
    input: page,
    plugins: [nodeResolve({ browser })],
    onwarn: ({ message }) => warnings.push(message),
  });
  const { output } = await bundle.generate({ format: "es" });
  await bundle.close();
  return {
    code: output.map((each) => each.type === "chunk" ? each.code : "").join("\n"),
    warnings,
  };
}

async function withEsbuild(page: string, platform: "browser" | "neutral"): Promise<Bundle> {
  const { outputFiles, warnings } = await esbuild({
    entryPoints: [page],
    bundle: true,
    format: "esm",
    minify: true,
    platform,
    logLevel: "silent",
    write: false,
  });
  return {
    code: outputFiles.map(({ text }) => text).join("\n"),
    warnings: warnings.map(({ text }) => text),
  };
}
