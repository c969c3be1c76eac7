/** The public surface, one line a symbol: `npm run api` writes it, with `--check` it must be what is committed. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import ts from "typescript";
import { root, textOf } from "../../test/support/sources.ts";

const REPORT = "docs/api.txt";

const { exports } = JSON.parse(textOf("deno.json")) as { exports: Record<string, string> };
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
  ts.sys,
  root,
);
const paths = Object.values(exports).map((path) => join(root, path));
const program = ts.createProgram(paths, { ...options, incremental: false });
const checker = program.getTypeChecker();

/** The declarations of a file as users get them: without bodies and comments. */
const declarations = new Map<ts.SourceFile, ts.SourceFile>();

function declarationsOf(file: ts.SourceFile): ts.SourceFile {
  const known = declarations.get(file);
  if (known !== undefined) return known;
  const compilerOptions = { ...options, removeComments: true };
  const { outputText } = ts.transpileDeclaration(file.text, { compilerOptions });
  const made = ts.createSourceFile("file.d.ts", outputText, ts.ScriptTarget.Latest, true);
  declarations.set(file, made);
  return made;
}

function namesIn(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as ts.Statement & { readonly name?: ts.Node };
  return name === undefined ? [] : [name.getText()];
}

function linesOf(exported: ts.Symbol, within = ""): string[] {
  const name = within + exported.name;
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  if ((symbol.flags & ts.SymbolFlags.ValueModule) !== 0) {
    return checker.getExportsOfModule(symbol).flatMap((each) => linesOf(each, `${name}.`));
  }
  const files = new Set((symbol.declarations ?? []).map((each) => each.getSourceFile()));
  const found = [...files].flatMap((file) =>
    file.fileName.includes("/node_modules/") ? ["from a package"] : declarationsOf(file).statements
      .filter((statement) => namesIn(statement).includes(symbol.name))
      .map((statement) => statement.getText().replace(/\s+/g, " "))
  );
  if (found.length === 0) throw new Error(`${name} is declared nowhere`);
  return found.map((text) => `${name}: ${text.replace(/^export (declare )?/, "")}`);
}

const report = Object.entries(exports).map(([entry, path]) => {
  const file = program.getSourceFile(join(root, path));
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is no module`);
  const lines = checker.getExportsOfModule(module).flatMap((each) => linesOf(each)).sort();
  return `# ${entry}\n${lines.join("\n")}\n`;
}).join("\n");

if (process.argv.includes("--check")) {
  const isCurrent = textOf(REPORT).replaceAll("\r\n", "\n") === report;
  console.log(`${REPORT} is ${isCurrent ? "" : "not "}what the entries export`);
  if (!isCurrent) console.error("Run `npm run api`, and tell the change in CHANGELOG.md");
  process.exitCode = isCurrent ? 0 : 1;
} else {
  writeFileSync(join(root, REPORT), report);
}
