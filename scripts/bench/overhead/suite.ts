import type { Runtime } from "../child.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";
import { CANDIDATES } from "./candidates.ts";

const SIZES = ["1000", "100000", "1000000"];
const FLOWS = ["burst", "steady"] as const;
const SLOW: readonly string[] = ["Effect RequestResolver", "batshit"];

/** Batching without a network: nanoseconds and bytes for one operation. */
async function measureOverhead(
  runtime: Runtime,
  { rounds, isQuick }: SuiteOptions,
): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (const flow of FLOWS) {
    for (const size of isQuick ? SIZES.slice(0, 2) : SIZES) {
      const title = `${flow}, ${Number(size).toLocaleString("en-US")}`;
      console.error(`overhead, ${runtime}: ${title}`);
      all.push(
        ...await measureInTurns({ suite: "overhead", runtime, title }, candidatesFor(size), {
          script: "overhead/run.ts",
          rounds: size === "1000000" ? 1 : rounds,
          args: (candidate) => [candidate, flow, size, isQuick ? "200" : "1000"],
        }),
      );
    }
  }
  return all;
}

/** Whatever takes minutes for a million shows nothing new. */
function candidatesFor(size: string): readonly string[] {
  const all = Object.keys(CANDIDATES);
  return size === "1000000" ? all.filter((name) => !SLOW.includes(name)) : all;
}

/** One row each candidate, one column each case; in brackets the ratio to DataLoader. */
function overheadTable(measurements: readonly Measurement[]): string {
  const titles = [...new Set(measurements.map(({ title }) => title))];
  const find = (candidate: string, title: string) =>
    measurements.find((one) => one.candidate === candidate && one.title === title)?.numbers;
  const rows = Object.keys(CANDIDATES).map((candidate) => [
    candidate,
    ...titles.map((title) => {
      const cpuNs = find(candidate, title)?.["cpuNs"];
      const yardstick = find("DataLoader", title)?.["cpuNs"];
      if (cpuNs === undefined || yardstick === undefined) return shown(cpuNs);
      return `${shown(cpuNs)} (${(cpuNs / yardstick).toFixed(2)}×)`;
    }),
    shown(find(candidate, titles.find((title) => title === "burst, 100,000") ?? "")?.["bytes"]),
  ]);
  const makingNs = find("rxbatch operator", "burst, 100,000")?.["makingNs"];
  return `${markdownTable(["CPU ns an operation", ...titles, "bytes waiting"], rows)}\n\n` +
    `Making an operation: ${shown(makingNs)} ns.`;
}

export const OVERHEAD: Suite = {
  title: "Batching alone",
  measure: measureOverhead,
  table: overheadTable,
  rated: [{ number: "cpuNs", to: "DataLoader" }, { number: "bytes" }],
};
