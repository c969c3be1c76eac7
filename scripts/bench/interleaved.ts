import { runChild, type Runtime } from "./child.ts";
import { median } from "./statistics.ts";
import type { Measurement, Numbers } from "./suite.ts";

/** Candidates take turns, round after round, so that a slow minute of the machine meets all of them. */
export async function measureInTurns(
  about: { readonly suite: string; readonly runtime: Runtime; readonly title: string },
  candidates: readonly string[],
  options: { readonly script: string; readonly rounds: number; args(name: string): string[] },
): Promise<Measurement[]> {
  const taken = new Map<string, Numbers[]>(candidates.map((candidate) => [candidate, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const [candidate, list] of taken) {
      const numbers = await runChild<Numbers>(
        about.runtime,
        options.script,
        options.args(candidate),
      );
      if (numbers === undefined) taken.delete(candidate);
      else list.push(numbers);
    }
  }
  return candidates.map((candidate) => ({
    ...about,
    candidate,
    numbers: taken.has(candidate) ? medians(taken.get(candidate)!) : undefined,
  }));
}

function medians(list: readonly Numbers[]): Numbers {
  return Object.fromEntries(
    Object.keys(list[0] ?? {}).map((
      name,
    ) => [name, median(list.map((numbers) => numbers[name] ?? NaN))]),
  );
}
