import type { Runtime } from "../child.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";
import { SHAPES, TIES } from "./shapes.ts";

/** In hand at once. */
const SIZES = ["1000", "10000"] as const;

/** What it costs to wait for others, and to be built from their answers, without a network. */
async function measureOrder(
  runtime: Runtime,
  { rounds, isQuick }: SuiteOptions,
): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (const size of SIZES) {
    for (const shape of Object.keys(SHAPES)) {
      all.push(
        ...await measureInTurns({ suite: "order", runtime, title: titleOf(shape, size) }, TIES, {
          script: "order/run.ts",
          rounds,
          args: (tie) => [tie, shape, size, isQuick ? "300" : "1500"],
        }),
      );
    }
  }
  return all;
}

function titleOf(shape: string, size: string): string {
  return `${shape}, ${Number(size).toLocaleString("en-US")}`;
}

/** One row each shape and size; in brackets the ratio to `dependsOn`. */
function orderTable(measurements: readonly Measurement[]): string {
  const titles = [...new Set(measurements.map(({ title }) => title))];
  const rows = titles.map((one) => {
    const [plain, derived] = TIES.map((tie) =>
      measurements.find(({ title, candidate }) => title === one && candidate === tie)
        ?.numbers?.["cpuNs"]
    );
    const ratio = (derived ?? NaN) / (plain ?? NaN);
    return [one, shown(plain), `${shown(derived)} (${ratio.toFixed(2)}×)`];
  });
  return markdownTable(["CPU ns an operation", ...TIES], rows);
}

export const ORDER: Suite = {
  title: "Waiting for others",
  measure: measureOrder,
  table: orderTable,
  rated: [{ number: "cpuNs", to: "dependsOn" }],
};
