/** Follows the guide of docs/cluster.md: its files as they stand there, two runners and a client, before a fake of Graph. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fakeGraph } from "../../src/testing.ts";
import { freePort, type Postgres } from "./postgres.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TIME_LIMIT_MS = 60_000;

/** @returns what its client printed, line by line */
export async function followGuide(postgres: Postgres): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "rxbatch-guide-"));
  const graph = fakeGraph();
  const { baseUrl, close } = await graph.listen();
  const runners: ChildProcess[] = [];
  try {
    install(folder);
    for (const [name, text] of filesOfGuide()) writeFileSync(join(folder, name), text);
    const env = {
      ...process.env,
      DATABASE_URL: postgres.url,
      GRAPH_TOKEN: graph.token,
      GRAPH_URL: baseUrl,
    };
    const node = ["--import", import.meta.resolve("tsx")];
    for (const port of [await freePort(), await freePort()]) {
      const args = [...node, "runner.mjs", `${port}`];
      runners.push(spawn(process.execPath, args, { cwd: folder, env, stdio: "ignore" }));
    }
    const options = { cwd: folder, env, timeout: TIME_LIMIT_MS };
    const client = promisify(execFile)(process.execPath, [...node, "client.mjs"], options);
    const { stdout } = await client;
    return stdout.trim().split("\n");
  } finally {
    for (const runner of runners) runner.kill("SIGKILL");
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The guide names each file right before it shows it. */
function filesOfGuide(): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, "docs/cluster.md"), "utf8");
  const files = text.matchAll(/`(\w+\.mjs)`[^`]*(?:`[^`]+`[^`]*)*?\n\n```mjs\n([\s\S]*?)```/g);
  return new Map([...files].map(([, name = "", code = ""]) => [name, code]));
}

/** What a reader installs; the package itself is that of this repository. */
function install(folder: string): void {
  const own = join(folder, "node_modules/@rxbatch/rxbatch");
  mkdirSync(own, { recursive: true });
  const exports = { ".": "./main.mjs", "./cluster": "./cluster.mjs" };
  writeFileSync(join(own, "package.json"), JSON.stringify({ type: "module", exports }));
  writeFileSync(join(own, "main.mjs"), `export * from ${JSON.stringify(`${root}/mod.ts`)};`);
  writeFileSync(
    join(own, "cluster.mjs"),
    `export * from ${JSON.stringify(`${root}/src/cluster.ts`)};`,
  );
  for (const name of ["effect", "@effect"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
}
