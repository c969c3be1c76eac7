import { format } from "node:util";
import ts from "typescript";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { codeInRepository, type Example, readExamples } from "./support/examples.ts";
import { root } from "./support/sources.ts";

const examples = readExamples();

/** Blocks that cannot run as they stand, and why. Keep it short. */
const excused: Readonly<Record<string, string>> = {};

/** What the compiler says of all examples together, by file. */
function diagnose(files: readonly Example[]): Map<string, string[]> {
  const config = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const codeOf = new Map(files.map((example) => [example.path, codeInRepository(example)]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => codeOf.has(path) || fileExists(path);
  host.readFile = (path) => codeOf.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const code = codeOf.get(path);
    return code === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, code, rest[0], true);
  };
  // an example shows names; it need not annotate what it exports, nor use all of them
  const program = ts.createProgram([...codeOf.keys()], {
    ...options,
    isolatedDeclarations: false,
    declaration: false,
  }, host);
  const found = new Map<string, string[]>();
  for (const { path } of files) {
    const file = program.getSourceFile(path);
    const diagnostics = ts.getPreEmitDiagnostics(program, file);
    found.set(path, diagnostics.map(({ messageText }) => flat(messageText)));
  }
  return found;
}

function flat(message: string | ts.DiagnosticMessageChain): string {
  return ts.flattenDiagnosticMessageText(message, "\n");
}

describe("the examples in the docs", () => {
  it("are there", () => {
    expect(examples.length).toBeGreaterThan(3);
  });

  it("are all marked `ts` and nothing else, so that none escapes", () => {
    const odd = examples.filter(({ place, language }) => language !== "ts" && !(place in excused));
    expect(odd.map(({ place, language }) => `${place} is marked ${language}`)).toEqual([]);
  });

  describe("type-check", () => {
    const diagnostics = diagnose(examples);

    it.each(examples)("$place", ({ path }) => {
      expect(diagnostics.get(path)).toEqual([]);
    });
  });

  describe("run", () => {
    let printed: string[] = [];

    beforeEach(() => {
      printed = [];
      vi.spyOn(console, "log").mockImplementation((...values) => {
        printed.push(format(...values));
      });
      vi.stubGlobal(
        "fetch",
        () => Promise.reject(new Error("an example must not use the network")),
      );
    });

    afterEach(() => {
      vi.restoreAllMocks();
      vi.unstubAllGlobals();
    });

    it.each(examples.filter(({ place }) => !(place in excused)))(
      "$place",
      async ({ path, output }) => {
        // served by the plugin of vitest.config.ts: there is no such file
        await import(/* @vite-ignore */ path);
        // what is promised may still be on its way; a comment may explain what it shows
        await vi.waitFor(() => {
          const shown = output.map((promise) => printed.find((text) => promise.startsWith(text)));
          expect(shown, `printed: ${printed.join("\n")}`).not.toContain(undefined);
        }, { timeout: 30_000 });
      },
    );
  });
});
