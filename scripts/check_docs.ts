/** Every public symbol is documented and every type that it shows can be reached: `deno doc --lint`, with two gaps closed. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";

const { exports } = JSON.parse(readFileSync("deno.json", "utf8")) as {
  exports: Record<string, string>;
};

const { error, stderr } = spawnSync("deno", ["doc", "--lint", ...Object.values(exports)], {
  encoding: "utf8",
});
if (error !== undefined) throw error;

/** A public class may extend this one: users know it as the value `BatchError`. */
const knownByAnotherName = ["AbstractBatchError"];

/** `deno doc` reads no npm package, so it takes their types for private ones. */
function comesFromPackage(name: string, path: string): boolean {
  const source = readFileSync(path, "utf8");
  return [...source.matchAll(/import (?:type )?([^;]+?) from "([^."][^"]*)"/g)]
    .some(([, names]) => new RegExp(`\\b${name}\\b`).test(names ?? ""));
}

function isWrong(finding: string): boolean {
  const [, name, path] =
    /references private type '([^']+)'\n\s*-->\s(\S+?):\d+:\d+/.exec(finding) ?? [];
  return name === undefined || path === undefined ||
    !(knownByAnotherName.includes(name) || comesFromPackage(name, path));
}

const findings = stripVTControlCharacters(stderr).split(/^(?=error)/m)
  .filter((text) => text.startsWith("error["));
const wrong = findings.filter(isWrong);
for (const finding of wrong) console.error(finding);
console.log(`${wrong.length} of the public docs' symbols need attention`);
process.exitCode = wrong.length === 0 ? 0 : 1;
