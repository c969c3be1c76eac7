import { build } from "esbuild";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { root } from "./sources.ts";

const run = promisify(execFile);
const runtimeArguments = "Deno" in globalThis ? ["run", "-A", "--no-lock"] : [];

/** Where each version of effect is found by that name. */
const homes = { 3: "scripts/effect3/node_modules", 4: "node_modules" } as const;

/**
 * Runs a program in a process of its own beside a version of effect, linked as a runtime links it: a name that this version
 * lacks would show.
 *
 * @returns what it printed
 */
export async function runBesideEffect(version: 3 | 4, program: string): Promise<string> {
  const folder = mkdtempSync(join(root, homes[version], ".rxbatch-"));
  try {
    const outfile = join(folder, "program.mjs");
    await build({
      stdin: { contents: program, resolveDir: root },
      outfile,
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      target: "es2022",
      plugins: [{
        name: "effect as users have it",
        setup({ onResolve }) {
          onResolve({ filter: /^effect3?$/ }, () => ({ path: "effect", external: true }));
        },
      }],
    });
    const { stdout } = await run(process.execPath, [...runtimeArguments, outfile]);
    return stdout.trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
