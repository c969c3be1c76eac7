import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "../support/sources.ts";

const entries = ["src/effect.ts", "src/effect3.ts"];
const program = ts.createProgram(entries.map((entry) => join(root, entry)), {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: [],
});
const checker = program.getTypeChecker();

/** Every export of a module, and of the modules that it exports by name. */
function exportsOf(module: ts.Symbol, path = ""): readonly [string, ts.Symbol][] {
  return checker.getExportsOfModule(module).flatMap((symbol): readonly [string, ts.Symbol][] => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const aliased = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    const name = `${path}${symbol.name}`;
    const isModule = (aliased.flags & ts.SymbolFlags.ValueModule) !== 0;
    return isModule ? [[name, symbol], ...exportsOf(aliased, `${name}.`)] : [[name, aliased]];
  });
}

/** A name may be a value and a type: each declaration has a comment of its own. */
function tagsOf(declaration: ts.Declaration): readonly string[] {
  const commented = ts.isNamespaceExport(declaration) ? declaration.parent : declaration;
  return ts.getJSDocTags(commented).map(({ tagName }) => tagName.text);
}

describe.each(entries)("%s", (entry) => {
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, entry))!)!;
  const exported = exportsOf(module);

  it("exports what is looked for here", () => {
    const names = exported.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(["OutlookBatch", "models", "models.Message", "models.Entity"]),
    );
  });

  it("says of each export since when it is there, and of which category it is", () => {
    const silent = exported.flatMap(([name, { declarations = [] }]) =>
      declarations.filter((declaration) => {
        const tags = tagsOf(declaration);
        return !tags.includes("since") || !tags.includes("category");
      }).map((declaration) => `${name}: ${ts.SyntaxKind[declaration.kind]}`)
    );
    expect(silent).toEqual([]);
  });
});
