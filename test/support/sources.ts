import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The folder that holds mod.ts. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** One import, export-from or `import()` of a file. */
export interface Import {
  /** The file that is imported, from the root (`src/operation/errors.ts`), or a bare specifier (`rxjs`). */
  readonly target: string;
  readonly bare: boolean;
  /** Gone when the types are: it loads nothing. */
  readonly typeOnly: boolean;
  /** Loaded when the line runs, not when the file does. */
  readonly lazy: boolean;
}

/** A TypeScript file of this repository. */
export interface Source {
  /** From the root, with slashes: `src/wire/outlook/outlook.ts`. */
  readonly path: string;
  readonly ast: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Reads mod.ts and everything under src, or the files of another folder. */
export function readSources(folder?: string): readonly Source[] {
  const paths = folder === undefined
    ? ["mod.ts", ...filesUnder("src", ".ts")]
    : filesUnder(folder, ".ts");
  return paths.map(readSource);
}

/** The files in a folder, however deep, from the root. */
export function filesUnder(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .filter(({ parentPath }) => !parentPath.includes("node_modules"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** The text of a file, by its path from the root. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Calls `visit` for a node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function readSource(path: string): Source {
  const ast = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const add = (specifier: ts.Node, typeOnly: boolean, lazy: boolean): void => {
    if (!ts.isStringLiteralLike(specifier)) return;
    const bare = !specifier.text.startsWith(".");
    const target = bare ? specifier.text : posix.join(dirname(path), specifier.text);
    imports.push({ target, bare, typeOnly, lazy });
  };
  walk(ast, (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, isTypeOnlyImport(node.importClause), false);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node.moduleSpecifier, isTypeOnlyExport(node), false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true, false);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier !== undefined) add(specifier, false, true);
    }
  });
  return { path, ast, imports };
}

function isTypeOnlyImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return clause.name === undefined && bindings !== undefined && ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly);
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const clause = node.exportClause;
  return clause !== undefined && ts.isNamedExports(clause) &&
    clause.elements.every((element) => element.isTypeOnly);
}
