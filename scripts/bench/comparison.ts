import { execFileSync } from "node:child_process";
import type { Measurement, Rated } from "./suite.ts";

/** From here on a ratio is worse, and not only noise. */
const WORSE = 1.1;

/** What stood in a file of results when they were committed last. */
export interface Stored {
  readonly commit: string;
  readonly measurements: readonly Measurement[];
}

/** The results of the last commit that has some, whatever lies in the folder now. */
export function storedResults(file: string): Stored | undefined {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const commit = git("log", "-1", "--format=%h", "--diff-filter=AM", "--", file);
  if (commit === "") return undefined;
  const { measurements } = JSON.parse(git("show", `${commit}:${file}`)) as Stored;
  return { commit, measurements };
}

/** One line for each of our ratios that is worse by more than a tenth, or one that says that none is. */
export function comparedWith(
  stored: Stored | undefined,
  measurements: readonly Measurement[],
  rated: readonly Rated[],
): string {
  if (stored === undefined) return "compared with nothing: no commit has results";
  const before = ratiosOf(stored.measurements, rated);
  const now = [...ratiosOf(measurements, rated)].filter(([name]) => before.has(name));
  const worse = now.flatMap(([name, ratio]) => {
    const past = before.get(name)!;
    if (ratio <= past * WORSE) return [];
    return [`WORSE than at ${stored.commit}: ${name}: ${ratio.toFixed(2)}, was ${past.toFixed(2)}`];
  });
  const sum = `compared with ${stored.commit}: ${worse.length} of ${now.length} ratios are worse`;
  return [sum, ...worse].join("\n");
}

/** Ours alone: others change with their own versions. */
function ratiosOf(
  measurements: readonly Measurement[],
  rated: readonly Rated[],
): Map<string, number> {
  const ratios = new Map<string, number>();
  for (const { title, candidate, numbers } of measurements) {
    const isOurs = candidate.startsWith("rxbatch") || candidate.startsWith(".");
    if (!isOurs) continue;
    for (const { number, to } of rated) {
      const yardstick = to === undefined
        ? 1
        : measurements.find((one) => one.title === title && one.candidate === to)?.numbers
          ?.[number];
      const ratio = (numbers?.[number] ?? NaN) / (yardstick ?? NaN);
      if (Number.isFinite(ratio)) ratios.set(`${title}: ${candidate}, ${number}`, ratio);
    }
  }
  return ratios;
}
