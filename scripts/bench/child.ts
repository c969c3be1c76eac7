import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { compiled } from "./compiled.ts";

export type Runtime = "node" | "deno";

/** Seconds after which a candidate is given up. */
const LIMIT_SECONDS = 240;

/** Runs a script of this folder in a process of its own; it prints its result as JSON in its last line. */
export async function runChild<Result>(
  runtime: Runtime,
  script: string,
  args: readonly string[],
): Promise<Result | undefined> {
  const [file, ...flags] = commandOf(runtime);
  const child = spawn(file!, [...flags, compiled(script), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_SECONDS * 1000);
  let output = "";
  let complaint = "";
  child.stdout.on("data", (chunk) => output += String(chunk));
  child.stderr.on("data", (chunk) => complaint += String(chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  if (code === 0) return JSON.parse(output.trim().split("\n").at(-1)!) as Result;
  console.error(`${script} ${args.join(" ")}: ended with ${code}\n${complaint.slice(-2000)}`);
  return undefined;
}

function commandOf(runtime: Runtime): readonly string[] {
  if (runtime === "node") return [process.execPath, "--expose-gc"];
  const deno = fileURLToPath(new URL("../../node_modules/.bin/deno", import.meta.url));
  return [deno, "run", "-A", "--no-check", "--v8-flags=--expose-gc"];
}
