import { readdirSync } from "node:fs";
import { join } from "node:path";
import { filesUnder, root, textOf } from "./sources.ts";

/** A block of TypeScript in the docs. */
export interface Example {
  /** The file and the line on which the fence stands: `README.md:12`. */
  readonly place: string;
  /** Where the block would stand as a file: there is none, yet its imports are resolved from here. */
  readonly path: string;
  /** What stands behind the three backticks: `ts`, and nothing else. */
  readonly language: string;
  readonly code: string;
  /** The version of effect that its entries need: each calls it `effect`, and an app has one of the two. */
  readonly effect: 3 | 4 | undefined;
  /** What it promises to print: the comments behind its calls of `console.log`. */
  readonly output: readonly string[];
}

const FENCE = /^(?<indent>[ \t]*(?:\* ?)?)```(?<language>(?:ts|typescript|js|javascript)\b.*)$/;

/** Every block of TypeScript in the Markdown files and in the doc comments of what is shipped. */
export function readExamples(): readonly Example[] {
  const files = [
    ...readdirSync(root).filter((path) => path.endsWith(".md")),
    ...filesUnder("docs", ".md"),
    "mod.ts",
    ...filesUnder("src", ".ts"),
  ];
  return files.flatMap((path) => examplesIn(path, textOf(path).split(/\r?\n/)));
}

function examplesIn(path: string, lines: readonly string[]): Example[] {
  const found: Example[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = FENCE.exec(lines[at] ?? "")?.groups;
    if (fence === undefined) continue;
    const start = at + 1;
    const code: string[] = [];
    for (at += 1; at < lines.length && !lines[at]?.trimStart().match(/^(\* )?```/); at += 1) {
      code.push(lines[at]?.slice(fence["indent"]?.length) ?? "");
    }
    const text = `${code.join("\n")}\nexport {};\n`;
    const name = `${path.replaceAll(/[^A-Za-z0-9]/g, "_")}_${start}.ts`;
    found.push({
      place: `${path}:${start}`,
      path: join(root, "examples", name).replaceAll("\\", "/"),
      language: fence["language"]?.trim() ?? "",
      code: text,
      effect: effectOf(text),
      output: code.flatMap((line) => /console\.log\(.*\/\/ (.+)$/.exec(line)?.[1] ?? []),
    });
  }
  return found;
}

function effectOf(code: string): 3 | 4 | undefined {
  if (/"(@rxbatch\/rxbatch\/(effect3|schema)|@effect\/schema)"/.test(code)) return 3;
  return /"(@rxbatch\/rxbatch\/(effect|cluster)|effect)"/.test(code) ? 4 : undefined;
}

/** The code with the names that packages have in this repository. */
export function codeInRepository({ effect, code }: Example): string {
  return effect === 3 ? code.replaceAll(/ from "effect";/g, ' from "effect3";') : code;
}
