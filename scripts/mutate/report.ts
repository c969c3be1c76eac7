import type { MutantResult } from "@stryker-mutator/api/core";
import { relative, sep } from "node:path";
import process from "node:process";
import { inOneLine, scoreOf, type Tried, type Verdict } from "./equivalents.ts";

/** What a file must reach, in percent. */
const ENOUGH = 90;

/** What Stryker tells of one mutant, in words of its source; a mutant that does not run at all is none. */
export function triedOf(result: MutantResult, sourceOf: (file: string) => string): Tried[] {
  const { fileName, location: { start, end }, mutatorName, replacement = "", status } = result;
  const fate = fateOf(status);
  if (fate === undefined) return [];
  const file = relative(process.cwd(), fileName).split(sep).join("/");
  const lines = sourceOf(file).split("\n").slice(start.line - 1, end.line);
  const [line = ""] = lines;
  // Both columns count from 1, and the end is not part of it.
  lines.push(lines.pop()!.slice(0, end.column - 1));
  lines[0] = lines[0]!.slice(start.column - 1);
  const original = lines.join("\n");
  return [{
    file,
    lineNumber: start.line,
    line,
    mutator: mutatorName,
    original,
    replacement,
    fate,
  }];
}

function fateOf(status: MutantResult["status"]): Tried["fate"] | undefined {
  if (status === "Killed" || status === "Timeout") return "killed";
  if (status === "Survived" || status === "NoCoverage") return "survived";
  return status === "Ignored" ? "not looked at" : undefined;
}

/** The verdict on one file, for whoever reads along. */
export function told(verdict: Verdict): string {
  const { file, killed, known, unknown, notLookedAt, stale, noticed } = verdict;
  const lines = [
    `${file}: ${scoreOf(verdict).toFixed(1)} % (${killed} killed, ${unknown.length} survived, ` +
    `${known.length} known to be unnoticeable, ${notLookedAt} not looked at)`,
    ...unknown.map(({ lineNumber, mutator, original, replacement }) =>
      `  ${lineNumber} ${mutator}: ${inOneLine(original)} → ${inOneLine(replacement)}`
    ),
    ...stale.map(({ original, replacement }) =>
      `  stale, as the text is gone: ${original} → ${replacement}`
    ),
    ...noticed.map(({ original, replacement }) =>
      `  stale, as a test notices it: ${original} → ${replacement}`
    ),
  ];
  return lines.join("\n");
}

/** Do tests notice enough of what is done to each file? */
export function isEnough(verdicts: readonly Verdict[]): boolean {
  return verdicts.every((verdict) => scoreOf(verdict) >= ENOUGH);
}
