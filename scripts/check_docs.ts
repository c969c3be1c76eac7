/** Every public symbol is documented and every type that it shows can be reached: `deno doc --lint`, with two gaps closed. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { filesUnder, textOf } from "../test/support/sources.ts";

const { exports } = JSON.parse(textOf("deno.json")) as {
  exports: Record<string, string>;
};

const { error, stderr } = spawnSync("deno", ["doc", "--lint", ...Object.values(exports)], {
  encoding: "utf8",
  shell: process.platform === "win32",
});
if (error !== undefined) throw error;

/** A public class may extend this one: users know it as the value `BatchError`. */
const knownByAnotherName = ["AbstractBatchError"];

const lines = ["mod.ts", ...filesUnder("src", ".ts")].map((path) => textOf(path).split("\n"));

/** `deno doc` takes the types of packages for private ones; it shows the line that it means, which none of our files has. */
function comesFromPackage(finding: string): boolean {
  const [, number, text] =
    /\n *(\d+) \| (.*)\n *\| +-+ this is the referenced type/.exec(finding) ??
      [];
  return text !== undefined && !lines.some((file) => file[Number(number) - 1] === text);
}

function isWrong(finding: string): boolean {
  const [, name] = /references private type '([^']+)'/.exec(finding) ?? [];
  return name === undefined || !(knownByAnotherName.includes(name) || comesFromPackage(finding));
}

const findings = stripVTControlCharacters(stderr).split(/^(?=error)/m)
  .filter((text) => text.startsWith("error["));
const wrong = findings.filter(isWrong);
for (const finding of wrong) console.error(finding);
console.log(`${wrong.length} of the public docs' symbols need attention`);
process.exitCode = wrong.length === 0 ? 0 : 1;
