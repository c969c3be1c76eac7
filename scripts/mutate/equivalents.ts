import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A mutant that nobody can notice, named by its text, as lines move, and why that is so. */
export interface Equivalent {
  /** From the root, with slashes. */
  readonly file: string;
  /** As Stryker calls it. */
  readonly mutator: string;
  /** What stands in the source; how it is broken into lines does not count. */
  readonly original: string;
  readonly replacement: string;
  /** The source line that it begins in, where the file has the same text more than once. */
  readonly line?: string;
  readonly why: string;
}

/** One mutant that was tried. */
export interface Tried {
  readonly file: string;
  readonly lineNumber: number;
  readonly line: string;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  readonly fate: "killed" | "survived" | "not looked at";
}

/** What became of the mutants of one file. */
export interface Verdict {
  readonly file: string;
  readonly killed: number;
  readonly known: readonly Tried[];
  readonly unknown: readonly Tried[];
  readonly notLookedAt: number;
  /** Entries of the list whose text is gone. */
  readonly stale: readonly Equivalent[];
  /** Entries of the list that a test notices after all. */
  readonly noticed: readonly Equivalent[];
}

/** All lists, one a room. */
export function readEquivalents(folder: string): readonly Equivalent[] {
  return readdirSync(folder).filter((name) => name.endsWith(".json")).flatMap((name) => {
    const entries = JSON.parse(readFileSync(join(folder, name), "utf8")) as Equivalent[];
    for (const { file, original, why } of entries) {
      if (!why) {
        throw new Error(`Cannot know a mutant without a reason: ${name}: ${file}: ${original}`);
      }
    }
    return entries;
  });
}

/** Sorts the mutants by file, and those that survived into those that are known and those that are not. */
export function judge(
  tried: readonly Tried[],
  equivalents: readonly Equivalent[],
): readonly Verdict[] {
  const files = [...new Set(tried.map(({ file }) => file))].sort();
  return files.map((file) => {
    const mutants = tried.filter((mutant) => mutant.file === file);
    const entries = equivalents.filter((entry) => entry.file === file);
    const having = (fate: Tried["fate"]) => mutants.filter((mutant) => mutant.fate === fate);
    const survived = having("survived");
    const isKnown = (mutant: Tried) => entries.some((entry) => fits(entry, mutant));
    return {
      file,
      killed: having("killed").length,
      known: survived.filter(isKnown),
      unknown: survived.filter((mutant) => !isKnown(mutant)),
      notLookedAt: having("not looked at").length,
      stale: entries.filter((entry) => !mutants.some((mutant) => fits(entry, mutant))),
      noticed: entries.filter((entry) => {
        const own = mutants.filter((mutant) => fits(entry, mutant));
        return own.length > 0 && own.every(({ fate }) => fate === "killed");
      }),
    };
  });
}

/** Killed of those that can be, in percent. */
export function scoreOf({ killed, unknown }: Verdict): number {
  const all = killed + unknown.length;
  return all === 0 ? 100 : 100 * killed / all;
}

/** A survivor as it would stand in the list, but for the reason; `among` are all mutants of its file. */
export function entryOf(mutant: Tried, among: readonly Tried[]): Equivalent {
  const { file, mutator } = mutant;
  const [original, replacement] = [mutant.original, mutant.replacement].map(inOneLine);
  const text = { file, mutator, original: original!, replacement: replacement! };
  const isAmbiguous = among.filter((other) => fits({ ...text, why: "" }, other)).length > 1;
  return { ...text, ...(isAmbiguous ? { line: mutant.line.trim() } : {}), why: "" };
}

/** Text in which only words and signs count. */
export function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

function fits(entry: Equivalent, mutant: Tried): boolean {
  return entry.file === mutant.file && entry.mutator === mutant.mutator &&
    inOneLine(entry.original) === inOneLine(mutant.original) &&
    inOneLine(entry.replacement) === inOneLine(mutant.replacement) &&
    (entry.line === undefined || entry.line.trim() === mutant.line.trim());
}
