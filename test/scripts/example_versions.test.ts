import { expect, it } from "vitest";
import { textOf } from "../support/sources.ts";

interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const configOf = (path: string) => JSON.parse(textOf(path)) as Config;
const packagesIn = (imports: Readonly<Record<string, string>>) =>
  Object.entries(imports).filter(([, target]) => target.startsWith("npm:"));

it("runs the examples on the versions that the package is made with", () => {
  const ours = configOf("deno.json");
  const theirs = configOf("examples/deno.json");
  const { devDependencies } = JSON.parse(textOf("package.json")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  // What an example alone needs is no import of the package.
  const versionOf = (name: string) => ours.imports[name] ?? `npm:${name}@${devDependencies[name]}`;
  const packages = packagesIn(theirs.imports);
  expect(packages.length).toBeGreaterThan(2);
  for (const [name, target] of packages) expect([name, target]).toEqual([name, versionOf(name)]);
  expect(Object.values(theirs.scopes)).toEqual(Object.values(ours.scopes));
});
