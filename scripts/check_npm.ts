/** Takes the package that was built into npm/ as its users will: packed, installed, imported, type-checked and run. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import ts from "typescript";
import { readExamples } from "../test/support/examples.ts";
import { type DenoConfig, planNpm } from "./npm_plan.ts";

const { manifest, outDir, entryPoints, peers } = planNpm(
  JSON.parse(readFileSync("deno.json", "utf8")) as DenoConfig,
);
const names = entryPoints.map(({ name }) => manifest.name + name.slice(1));
const optionalPeers = peers.filter(({ name }) => name !== "rxjs");
const temporary = mkdtempSync(join(tmpdir(), "rxbatch-"));
let passed = 0;
let failed = 0;

function check(what: string, run: () => void): void {
  try {
    run();
    passed += 1;
    console.log(`ok: ${what}`);
  } catch (error) {
    // of a command, what it printed; its message repeats that
    const { stdout, stderr, message } = error as Record<string, string | undefined>;
    failed += 1;
    console.error(`not ok: ${what}\n${stdout ?? message ?? ""}${stderr ?? ""}`);
  }
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe" });
}

function write(folder: string, path: string, text: string): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** A project of a user's with these packages, and this one. */
function newProject(name: string, dependencies: Readonly<Record<string, string>>): string {
  const folder = join(temporary, name);
  const project = { private: true, dependencies: { [manifest.name]: tarball, ...dependencies } };
  write(folder, "package.json", JSON.stringify(project));
  return folder;
}

/** Types out of the way, and syntax that Node 20 does not know yet. */
function toJavaScript(code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

const packed = JSON.parse(
  run("npm", ["pack", "--json", "--pack-destination", temporary], outDir),
) as readonly { readonly filename: string }[];
const tarball = resolve(temporary, packed[0]?.filename ?? "");

try {
  const { messages, pkg } = await publint({ pkgDir: resolve(outDir), strict: true });
  check("publint has nothing to say", () => {
    // conditions choose among entries; what differs here lies behind them
    const problems = messages.filter(({ code }) => code !== "USE_EXPORTS_OR_IMPORTS_BROWSER");
    const texts = problems.map((message) => formatMessage(message, pkg, { color: false }));
    if (texts.length > 0) throw new Error(texts.join("\n"));
  });

  check("attw finds the right types for import and require", () => {
    // resolution as in Node 10 knows no "exports", so no package with entries passes it
    run("attw", [tarball, "--profile", "node16", "--no-color"], ".");
  });

  for (const effect of ["3", "4"]) {
    check(`it installs beside effect ${effect}`, () => {
      const beside = newProject(`effect${effect}`, { rxjs: "^7.8.0", effect: `^${effect}` });
      run("npm", ["install", "--package-lock-only"], beside);
    });
  }

  const core = newProject("core", { rxjs: "^7.8.0" });
  check("it installs with rxjs alone", () => run("npm", ["install"], core));

  const coreNames = names.filter((name) => !/\/(effect|schema)$/.test(name));
  const probe = `
    const before = Object.keys(cache).some((path) => path.includes("node_modules/undici"));
    if (before) throw new Error("the core loads undici");
    if (typeof core.batchOutlook !== "function") throw new Error("batchOutlook is missing");
    for (const [name, module] of Object.entries(others)) {
      if (Object.keys(module).length === 0) throw new Error(name + " exports nothing");
    }`;
  const others = coreNames.slice(1);
  write(
    core,
    "esm.mjs",
    `import { createRequire } from "node:module";
    const cache = createRequire(import.meta.url).cache;
    const core = await import(${JSON.stringify(manifest.name)});
    const others = {};
    ${probe}
    for (const name of ${JSON.stringify(others)}) others[name] = await import(name);
    ${probe.replace(/const before[^;]+;[^;]+;/, "")}`,
  );
  write(
    core,
    "cjs.cjs",
    `const cache = require.cache;
    const core = require(${JSON.stringify(manifest.name)});
    const others = {};
    ${probe}
    for (const name of ${JSON.stringify(others)}) others[name] = require(name);
    ${probe.replace(/const before[^;]+;[^;]+;/, "")}`,
  );
  check("every entry can be imported, and the core loads no undici", () => {
    run(process.execPath, ["esm.mjs"], core);
  });
  check("every entry can be required, and the core loads no undici", () => {
    run(process.execPath, ["cjs.cjs"], core);
  });

  const everything = newProject("everything", {
    "rxjs": "^7.8.0",
    ...Object.fromEntries(
      // the version that all entries work with
      optionalPeers.map(({ name, version }) => [name, version.split(" ")[0] ?? version]),
    ),
    "@types/node": "^20",
    "typescript": "~5.9.0",
    "typescript-latest": "npm:typescript@latest",
  });
  check("it installs with everything that it can work with", () => {
    run("npm", ["install"], everything);
  });

  for (const { place, code, output } of readExamples()) {
    const name = `${place.replaceAll(/[^A-Za-z0-9]/g, "_")}.mjs`;
    write(everything, name, toJavaScript(code));
    check(`the example at ${place} runs`, () => {
      const printed = run(process.execPath, [name], everything).trimEnd();
      const lines = printed.split("\n");
      // a promise may be longer than what is printed, as it may explain it
      const missing = output.filter((promise) =>
        !lines.some((line) => promise.startsWith(line)) && !promise.startsWith(printed)
      );
      if (missing.length > 0) throw new Error(`promised ${missing}, printed ${printed}`);
    });
  }

  const use = names.map((name, at) => `import * as entry${at} from "${name}";`).join("\n") + `
    import { batchOutlook, createOutlookBatcher, get, type OperationResult } from "${manifest.name}";
    import { from, type Observable } from "rxjs";
    const text = get<string>("messages");
    const count = get<number>("messages/$count");
    const results: Observable<OperationResult<string | number>> =
      from([text, count]).pipe(batchOutlook());
    const batcher: AsyncDisposable = createOutlookBatcher({ maxBatchSize: 5 });
    // @ts-expect-error a size is a number
    batchOutlook({ maxBatchSize: "5" });
    export { batcher, results };
    export const modules: readonly object[] = [${names.map((_, at) => `entry${at}`).join(", ")}];`;
  write(everything, "use.ts", use);
  write(everything, "use.mts", use);
  write(everything, "use.cts", use.replace(/export .*?;/gs, ""));
  write(core, "use.mts", `export * from "${manifest.name}";`);
  check("its types need nothing but rxjs, and every declaration of them holds", () => {
    const tsc = join(everything, "node_modules/typescript/bin/tsc");
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--types", "rxjs"];
    const target = ["--target", "es2022", "--lib", "es2022,dom"];
    run(process.execPath, [tsc, ...flags, ...target, "use.mts"], core);
  });
  const resolutions = {
    node16: ["--module", "node16", "--moduleResolution", "node16"],
    nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
    bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
  };
  for (const compiler of ["typescript", "typescript-latest"]) {
    const { version } = JSON.parse(
      readFileSync(join(everything, "node_modules", compiler, "package.json"), "utf8"),
    ) as { readonly version: string };
    for (const [resolution, flags] of Object.entries(resolutions)) {
      check(`its types hold in TypeScript ${version} with ${resolution}`, () => {
        const files = resolution === "bundler" ? ["use.ts"] : ["use.mts", "use.cts"];
        const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck"];
        const target = ["--target", "es2022", "--types", "node"];
        const tsc = join(everything, "node_modules", compiler, "bin", "tsc");
        run(process.execPath, [tsc, ...strict, ...target, ...flags, ...files], everything);
      });
    }
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
console.log(`npm package: ${passed} checks passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
