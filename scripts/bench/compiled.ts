import process from "node:process";
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const FOLDER = `node_modules/.cache/rxbatch-bench-${process.pid}-scripts`;
const EFFECT_3 = fileURLToPath(
  new URL("../effect3/node_modules/effect/dist/esm/index.js", import.meta.url),
);
const files = new Map<string, string>();

/**
 * A script of this folder as plain JavaScript in one file: what a loader puts around every closure (`keepNames`) would be
 * measured along with it.
 */
export function compiled(script: string): string {
  const known = files.get(script);
  if (known !== undefined) return known;
  if (files.size === 0) process.on("exit", () => rmSync(FOLDER, { recursive: true, force: true }));
  const file = `${FOLDER}/${files.size}-${basename(script).replace(/\.\w+$/, ".mjs")}`;
  buildSync({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    outfile: file,
    bundle: true,
    packages: "external",
    // The file stands where a bare "effect" is effect 4.
    alias: { effect3: EFFECT_3 },
    platform: "node",
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  files.set(script, file);
  return file;
}
