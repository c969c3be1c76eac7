import { execFileSync } from "node:child_process";
import os from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compiled } from "./compiled.ts";
import { READ_CASES, WRITE_CASES } from "./codec/cases.ts";
import { FRAMING, VALUES } from "./codec/readers.ts";
import { WRITING } from "./codec/writers.ts";
import { median } from "./statistics.ts";

/**
 * Compares the codec with its peers: `npm run bench:codec -- [--runtime deno] [--rounds 5] [--only framing]
 * [--default-allocator]`.
 *
 * Each candidate runs in a process of its own, one round after the other, so that neither a shared heap nor a slow
 * minute favours anybody. Printed is the median of the rounds, and how many times our own time that is.
 */
const { values: options } = parseArgs({
  options: {
    runtime: { type: "string", default: "node" },
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    "default-allocator": { type: "boolean", default: false },
  },
});

const script = compiled("codec/run.ts");
const root = fileURLToPath(new URL("../../", import.meta.url));
const command: readonly string[] = options.runtime === "deno"
  ? [`${root}node_modules/.bin/deno`, "run", "-A", script]
  : [process.execPath, script];

const TABLES = [
  [
    "framing",
    "Reading: status, headers, octets of the body",
    Object.keys(READ_CASES),
    Object.keys(FRAMING),
  ],
  ["values", "Reading: to parsed values", Object.keys(READ_CASES), Object.keys(VALUES)],
  ["write", "Writing: from operations to bytes", Object.keys(WRITE_CASES), Object.keys(WRITING)],
] as const;

/**
 * Freed memory stays with the process (glibc): as it is, the time of a candidate that fills megabytes depends on when the
 * collector runs, and that on how much garbage else the candidate makes, since what is handed back to the kernel comes
 * back page by page.
 */
const env = {
  ...process.env,
  MALLOC_MMAP_THRESHOLD_: "1073741824",
  MALLOC_TRIM_THRESHOLD_: "1073741824",
};

function measureNs(table: string, name: string, candidate: string): number {
  const [file, ...args] = [...command, table, name, candidate];
  const output = execFileSync(file!, args, {
    cwd: root,
    encoding: "utf8",
    env: options["default-allocator"] ? process.env : env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (JSON.parse(output.trim().split("\n").at(-1)!) as { ns: number }).ns;
}

function shown(ns: number): string {
  if (ns < 1e4) return `${(ns / 1e3).toFixed(2)} µs`;
  return ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(2)} ms`;
}

function printTable(
  table: string,
  title: string,
  names: readonly string[],
  candidates: readonly string[],
) {
  console.log(`\n### ${title}\n`);
  console.log(`| | ${candidates.join(" | ")} |`);
  console.log(`|---|${candidates.map(() => "---:|").join("")}`);
  for (const name of names) {
    const times = new Map<string, number[]>(candidates.map((candidate) => [candidate, []]));
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const [candidate, list] of times) list.push(measureNs(table, name, candidate));
    }
    const own = median(times.get("rxbatch")!);
    const cells = [...times].map(([candidate, list]) => {
      const ns = median(list);
      return candidate === "rxbatch"
        ? `**${shown(ns)}**`
        : `${shown(ns)} (${(ns / own).toFixed(2)}x)`;
    });
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}

const [{ model }] = os.cpus() as [os.CpuInfo];
console.log(
  `${model}, ${os.cpus().length} cores, ${os.type()} ${os.release()}, ${options.runtime}`,
);
for (const [table, title, names, candidates] of TABLES) {
  if (options.only === undefined || options.only === table) {
    printTable(table, title, names, candidates);
  }
}
