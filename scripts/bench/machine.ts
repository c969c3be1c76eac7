import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import process from "node:process";

/** What the numbers were measured on, for the reader of the table. */
export function machine(): string {
  const [cpu] = os.cpus();
  const deno = execFileSync("node_modules/.bin/deno", ["--version"], { encoding: "utf8" });
  const [, denoVersion] = /deno (\S+)/.exec(deno) ?? [];
  return `${cpu?.model}, ${os.cpus().length} cores, ${os.type()} ${os.release()}, ` +
    `Node ${process.versions.node}, Deno ${denoVersion}`;
}

/** The versions of everybody who takes part. */
export function versions(): string {
  const names = [
    "rxjs",
    "undici",
    "dataloader",
    "@yornaath/batshit",
    "effect",
    "@microsoft/microsoft-graph-client",
    "@pnp/graph",
    "esbuild",
  ];
  return names.map((name) => {
    const text = readFileSync(`node_modules/${name}/package.json`, "utf8");
    return `${name} ${(JSON.parse(text) as { version: string }).version}`;
  }).join(", ");
}
