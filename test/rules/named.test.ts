import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { root } from "../support/sources.ts";

const RULES = Array.from({ length: 33 }, (_, index) => index + 1);

/** Every name that a test or a group of tests has. */
const names = readdirSync(`${root}/test`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts") || path.endsWith("contract.ts"))
  .map((path) => readFileSync(`${root}/test/${path}`, "utf8"))
  .flatMap((
    source,
  ) => [...source.matchAll(/\b(?:describe|it)(?:\.each\([^)]*\))?\(\s*[`"]([^`"]*)/g)])
  .map(([, name]) => name!);

describe("the rules that users are promised", () => {
  it.each(RULES)("rule %i has a test that names it", (rule) => {
    expect(names.filter((name) => new RegExp(`\\brules? ${rule}\\b`).test(name))).not.toEqual([]);
  });
});
