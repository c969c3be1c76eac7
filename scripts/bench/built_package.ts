import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";

type Core = typeof import("../../mod.ts");
type Undici = typeof import("../../src/undici.ts");

/** What it says of its entries. */
export interface Manifest {
  readonly exports: Readonly<Record<string, { readonly import?: { readonly default: string } }>>;
}

/** Where `npm run build` puts the package; another build can be measured beside it. */
export const PACKAGE: string = process.env["BENCH_PACKAGE"] ?? "npm";

/** Copies the package, so that a build meanwhile disturbs nothing: all children measure the copy. */
export function keepPackage(): string {
  const copy = copyPackage(PACKAGE, "node_modules");
  process.env["BENCH_PACKAGE"] = copy;
  return copy;
}

/** Copies the package to where it finds what lies in these modules; the copy goes with the process. */
export function copyPackage(folder: string, modules: string): string {
  const copy = `${modules}/.cache/rxbatch-bench-${process.pid}`;
  cpSync(folder, copy, { recursive: true });
  process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
  return copy;
}

/** The package as its users get it, not the sources. */
export function loadCore(): Promise<Core> {
  return load<Core>(".");
}

export function loadUndici(): Promise<Undici> {
  return load<Undici>("./undici");
}

async function load<Module>(entry: string): Promise<Module> {
  const manifest = `${PACKAGE}/package.json`;
  if (!existsSync(manifest)) {
    throw new Error(`Cannot measure the package as npm run build makes it: current value is none`);
  }
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
  const file = `${PACKAGE}/${exports[entry]!.import!.default}`;
  return await import(pathToFileURL(file).href) as Module;
}
