import { analyse } from "scslre";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parseMediaType } from "../src/mime/media_type.ts";
import { readSources, walk } from "./support/sources.ts";

/** The regular expressions of `src`, each as it is written, and where. */
const patterns: { readonly path: string; readonly pattern: string }[] = [];
/** Where one is put together when the program runs, so that nobody could judge it. */
const made: string[] = [];
for (const { path, ast } of readSources()) {
  walk(ast, (node) => {
    if (ts.isRegularExpressionLiteral(node)) patterns.push({ path, pattern: node.text });
    if (ts.isIdentifier(node) && node.text === "RegExp") made.push(path);
  });
}

/** Repetitions that an attacker's text can make share their characters in more ways than one. */
function ambiguities(pattern: string): string[] {
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(pattern)!;
  const { reports } = analyse({ source: source!, flags: flags! });
  return reports.map(({ type, character }) => `${type} of ${JSON.stringify(character.pick)}`);
}

describe("rule 28: reading takes time in proportion to the bytes", () => {
  it("has patterns that can all be judged", () => {
    expect(made).toEqual([]);
    expect(patterns.length).toBeGreaterThan(50);
  });

  it.each(patterns)("$path: $pattern has no ambiguous repetition", ({ pattern }) => {
    expect(ambiguities(pattern)).toEqual([]);
  });

  it.each([
    [/;[ \t]*([^=;\s"]*)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;"]*)))?[ \t]*(?=;|$)/y],
    [/^[\x21-\x7e]+@[\x21-\x3f\x41-\x7e]+\.[\x21-\x3f\x41-\x7e]+$/],
    [/=+$/],
    [/^(?:a+)+$/],
    [/^\s*(\w*?)\s*$/],
  ])("would find what is wrong with %s", (pattern) => {
    expect(ambiguities(String(pattern))).not.toEqual([]);
  });
});

/** A text that counts how often one of its characters is looked at. */
class CountedText extends String {
  steps = 0;

  override charCodeAt(index: number): number {
    this.steps++;
    return super.charCodeAt(index);
  }
}

/** Enough for a scanner that goes back a little; far too few for one that begins again. */
const STEPS_A_CHARACTER = 12;

describe("rule 28: the scanner of media types", () => {
  it.each([
    "; ",
    ";",
    " ",
    "\t",
    "x=",
    ";x",
    '"',
    ';x="',
    '\\"',
    "\\",
    ",",
    ", ",
    ",a",
    ",a/",
    ",a/b",
    ",a/b;",
    ", a/b ",
    ';x="1" ',
    ";x= ",
    ";x=1,",
    ";x=1,a/b c",
  ])("looks at each of 100,000 characters of %j a few times", (piece) => {
    for (const start of ["", "a/b", "a/b;x=", 'a/b;x="', "a/b; x=1,", "image/png; name="]) {
      const text = new CountedText(start + piece.repeat(100_000 / piece.length));
      // The type says string; the scanner takes whatever has its methods.
      const given: unknown = text;
      parseMediaType(given as string);
      expect(text.steps).toBeLessThan(STEPS_A_CHARACTER * text.length);
    }
  });
});
