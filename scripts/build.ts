/** Builds the npm package with plain TypeScript into npm/: the same plan and layout as build_npm.ts, without JSR. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import process from "node:process";
import ts from "typescript";
import { copyExtras } from "./package/extras.ts";
import { bundleNpm } from "./package/bundle.ts";
import { type DenoConfig, planNpm } from "./package/plan.ts";

const plan = planNpm(JSON.parse(readFileSync("deno.json", "utf8")) as DenoConfig);
const modules = [...plan.entryPoints.map(({ path }) => path), ...plan.ownFiles];

/** Names modules as they will be called once they are built. */
function toOutput(path: string, text: string): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const standIn = ts.isStringLiteral(node) && namesModule(node) && plan.standIns[node.text];
    if (standIn) {
      const name = JSON.stringify(standIn.name);
      edits.push({ start: node.getStart(), end: node.getEnd(), text: name });
    } else if (ts.isStringLiteral(node) && node.text.startsWith(".") && namesModule(node)) {
      const target = `./${posix.join(posix.dirname(path), node.text)}`;
      const relative = posix.relative(posix.dirname(path), target).replace(/\.ts$/, ".js");
      const specifier = relative.startsWith(".") ? relative : `./${relative}`;
      edits.push({ start: node.getStart(), end: node.getEnd(), text: JSON.stringify(specifier) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return edits.reduceRight(
    (result, { start, end, text }) => result.slice(0, start) + text + result.slice(end),
    text,
  );
}

function namesModule({ parent }: ts.Node): boolean {
  return ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) ||
    (ts.isLiteralTypeNode(parent) && ts.isImportTypeNode(parent.parent)) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword);
}

/** A file in which modules of a workspace stand for packages finds packages as that workspace does. */
function resolveFrom(importer: string): string {
  const text = ts.sys.readFile(importer) ?? "";
  const [standIn] = ts.preProcessFile(text).importedFiles
    .flatMap(({ fileName }) => plan.standIns[fileName] ?? []);
  return resolve(standIn?.module ?? importer);
}

/** Compiles all entries into one format. */
function emit(format: "esm" | "script", formatOptions: ts.CompilerOptions): void {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    declaration: true,
    rootDir: process.cwd(),
    outDir: join(plan.outDir, format),
    ...formatOptions,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.resolveModuleNameLiterals = (literals, importer, _, resolution) =>
    literals.map(({ text }) => {
      if (text.startsWith(".")) return ts.resolveModuleName(text, importer, resolution, host);
      // also for CommonJS: the resolution that goes with it there finds no types behind "exports"
      const bundler = { ...resolution, moduleResolution: ts.ModuleResolutionKind.Bundler };
      return ts.resolveModuleName(text, resolveFrom(importer), bundler, host);
    });
  host.getSourceFile = (path, ...rest) => {
    const relative = posix.relative(process.cwd().replaceAll("\\", "/"), path);
    if (relative.startsWith("..") || relative.startsWith("node_modules/")) {
      return getSourceFile(path, ...rest);
    }
    const text = host.readFile(path);
    return text && ts.createSourceFile(path, toOutput(relative, text), rest[0], true) || undefined;
  };
  const program = ts.createProgram(modules, options, host);
  const { diagnostics } = program.emit();
  const all = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (all.length > 0) {
    throw new Error(ts.formatDiagnostics(all, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => process.cwd(),
      getNewLine: () => "\n",
    }));
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

rmSync(plan.outDir, { recursive: true, force: true });
emit("esm", {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  verbatimModuleSyntax: true,
});
emit("script", {
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  esModuleInterop: true,
  emitDeclarationOnly: true,
});
for (const { path, text } of plan.prefaces) {
  const file = join(plan.outDir, path);
  write(file, text + readFileSync(file, "utf8"));
}
write(join(plan.outDir, "package.json"), `${JSON.stringify(plan.manifest, null, 2)}\n`);
copyExtras(plan);
await bundleNpm(plan);
console.log(`${plan.manifest.name}@${plan.manifest.version} is in ${plan.outDir}`);
