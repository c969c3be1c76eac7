/** Lays out in dist/jsr/ what JSR is given, so that `deno publish` there needs no checkout and nothing installed. */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join("dist", "jsr");

/** Where Deno looks for packages is a matter of this repository; there are none beside what is published. */
const { nodeModulesDir: _, ...config } = JSON.parse(readFileSync("deno.json", "utf8")) as {
  readonly nodeModulesDir: string;
  readonly publish: { readonly include: readonly string[]; readonly exclude: readonly string[] };
};

rmSync(folder, { recursive: true, force: true });
const isOf = (path: string, pattern: string): boolean =>
  path === pattern || path.startsWith(`${pattern}/`) ||
  (pattern.endsWith("/*.ts") && path.startsWith(pattern.slice(0, -4)) && path.endsWith(".ts"));
const { include, exclude } = config.publish;
const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n");
for (const path of tracked) {
  const isIn = include.some((pattern) => isOf(path, pattern)) &&
    !exclude.some((pattern) => isOf(path, pattern));
  if (isIn) cpSync(path, join(folder, path));
}
writeFileSync(join(folder, "deno.json"), `${JSON.stringify(config, null, 2)}\n`);
console.log(`what JSR is given is in ${folder}`);
