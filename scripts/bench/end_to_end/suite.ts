import type { Runtime } from "../child.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";
import { type Case, CASES, QUICK_CASES, titleOf } from "./cases.ts";
import { CLIENTS } from "./clients.ts";
import { served } from "./served.ts";

/** What takes minutes and shows nothing new. */
const NOT_OF_100_000: readonly string[] = [
  "PnPjs",
  "single requests, Graph client",
  "rxbatch below Graph client, on undici",
];

/** The same, and more than one client that goes one by one through a latency. */
function isTooSlow(candidate: string, { operations, latencyMs }: Case): boolean {
  const isOneByOne = candidate.startsWith("single");
  if (operations < 1e5) {
    return isOneByOne && latencyMs >= 50 && candidate !== "single requests, undici";
  }
  return isOneByOne && latencyMs > 0 || NOT_OF_100_000.includes(candidate);
}

/** Everything on loopback, against a server in a process of its own. */
function measureEndToEnd(
  runtime: Runtime,
  { rounds, isQuick }: SuiteOptions,
): Promise<Measurement[]> {
  return served(async (origin) => {
    const all: Measurement[] = [];
    for (const one of isQuick ? QUICK_CASES : CASES) {
      const title = titleOf(one);
      console.error(`end to end, ${runtime}: ${title}`);
      const candidates = Object.keys(CLIENTS).filter((candidate) =>
        !isTooSlow(candidate, one) && !(runtime === "deno" && candidate === "PnPjs")
      );
      all.push(
        ...await measureInTurns({ suite: "end to end", runtime, title }, candidates, {
          script: "end_to_end/run.ts",
          rounds: roundsOf(one, rounds),
          args: (candidate) => [candidate, origin, JSON.stringify(one), isQuick ? "300" : "1500"],
        }),
      );
    }
    return all;
  });
}

/** What takes long is done once; a process that has only one run is asked more often. */
function roundsOf({ operations, latencyMs, isCold }: Case, rounds: number): number {
  if (isCold === true) return 2 * rounds + 1;
  return latencyMs > 0 || operations > 1e4 ? 1 : rounds;
}

/** One table each case, with the ratio to the floor in brackets. */
function endToEndTables(measurements: readonly Measurement[]): string {
  const titles = [...new Set(measurements.map(({ title }) => title))];
  return titles.map((title) => {
    const group = measurements.filter((one) => one.title === title);
    const floor = group.find(({ candidate }) => candidate === "floor")?.numbers;
    const ratio = (numbers: Measurement["numbers"], name: "wallMs" | "cpuMs") => {
      const value = numbers?.[name];
      const least = floor?.[name];
      if (value === undefined || least === undefined) return shown(value);
      return `${shown(value)} (${(value / least).toFixed(2)}×)`;
    };
    const operations = Number(title.split(" ")[0]!.replaceAll(",", ""));
    const rows = group.map(({ candidate, numbers }) => [
      candidate,
      ratio(numbers, "wallMs"),
      ratio(numbers, "cpuMs"),
      shown(numbers?.["peakMb"]),
      numbers === undefined ? "–" : numbers["posts"]!.toLocaleString("en-US"),
      shown(operations / (numbers?.["posts"] ?? NaN)),
    ]);
    const head = ["", "wall ms", "CPU ms", "peak MB", "requests", "operations a request"];
    return `**${title}**\n\n${markdownTable(head, rows)}`;
  }).join("\n\n");
}

export const END_TO_END: Suite = {
  title: "End to end",
  measure: measureEndToEnd,
  table: endToEndTables,
  rated: [{ number: "wallMs", to: "floor" }, { number: "cpuMs", to: "floor" }],
};
