import process from "node:process";
import { describe, expect, it } from "vitest";
import {
  entryOf,
  type Equivalent,
  judge,
  scoreOf,
  type Tried,
} from "../../../scripts/mutate/equivalents.ts";
import { triedOf } from "../../../scripts/mutate/report.ts";

const mutant = (changes: Partial<Tried> = {}): Tried => ({
  file: "src/a.ts",
  lineNumber: 7,
  line: "  if (isOver) return;",
  mutator: "ConditionalExpression",
  original: "isOver",
  replacement: "false",
  fate: "survived",
  ...changes,
});

const entry = (changes: Partial<Equivalent> = {}): Equivalent => ({
  file: "src/a.ts",
  mutator: "ConditionalExpression",
  original: "isOver",
  replacement: "false",
  why: "Whoever calls it asks the same.",
  ...changes,
});

describe("mutants that cannot be noticed", () => {
  it("count no more once they are listed", () => {
    const tried = [mutant(), mutant({ replacement: "true" }), mutant({ fate: "killed" })];
    const [verdict] = judge(tried, [entry({ replacement: "true" })]);
    expect(verdict).toMatchObject({ killed: 1, known: [tried[1]], unknown: [tried[0]] });
    expect(scoreOf(verdict!)).toBe(50);
  });

  it("are found by their text, however it is broken into lines", () => {
    const tried = [mutant({ original: "isOver\n    && isLate" })];
    expect(judge(tried, [entry({ original: "isOver && isLate" })])[0]!.unknown).toEqual([]);
    expect(judge(tried, [entry({ original: "isOver || isLate" })])[0]!.unknown).toEqual(tried);
  });

  it("are told apart by their line where the file says the same twice", () => {
    const tried = [mutant(), mutant({ line: "while (isOver) turn();" })];
    const [first, second] = tried.map((each) => entryOf(each, tried));
    expect(second).toEqual(entry({ line: "while (isOver) turn();", why: "" }));
    expect(judge(tried, [first!])[0]!.unknown).toEqual([tried[1]]);
    expect(entryOf(tried[0]!, [tried[0]!])).toEqual(entry({ why: "" }));
  });

  it("are told when their text is gone, or when a test notices them after all", () => {
    const gone = entry({ original: "isDone" });
    const elsewhere = entry({ file: "src/b.ts" });
    const [verdict] = judge([mutant({ fate: "killed" })], [gone, elsewhere, entry()]);
    expect(verdict).toMatchObject({ stale: [gone], noticed: [entry()] });
  });
});

describe("a mutant as Stryker tells it", () => {
  const result = {
    id: "1",
    fileName: `${process.cwd()}/src/a.ts`,
    mutatorName: "BlockStatement",
    replacement: "{}",
    status: "NoCoverage",
    location: { start: { line: 2, column: 8 }, end: { line: 3, column: 2 } },
  } as const;
  const sourceOf = () => "first\nif (a) {\n} else b\n";

  it("has the text that it stands for, and the line where it begins", () => {
    expect(triedOf(result, sourceOf)).toEqual([
      mutant({
        lineNumber: 2,
        line: "if (a) {",
        mutator: "BlockStatement",
        original: "{\n}",
        replacement: "{}",
      }),
    ]);
  });

  it("is none when it cannot run", () => {
    expect(triedOf({ ...result, status: "CompileError" }, sourceOf)).toEqual([]);
  });
});
