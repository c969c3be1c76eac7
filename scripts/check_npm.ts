/** Takes the package that was built into npm/ as its users will: packed, installed, imported, type-checked and run. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { readExamples } from "../test/support/examples.ts";
import {
  optionalPeers,
  packagesShownIn,
  plan,
  run,
  toJavaScript,
  Workshop,
} from "./npm_project.ts";

const { name: packageName } = plan.manifest;
const entries = plan.entryPoints.map(({ name }) => packageName + name.slice(1));
const workshop = new Workshop();

try {
  await checkManifest();
  checkInstalls();
  const core = checkCore();
  const everything = checkEverything();
  checkTypes(core, everything);
} finally {
  workshop.close("npm package");
}

async function checkManifest(): Promise<void> {
  const { messages, pkg } = await publint({ pkgDir: resolve(plan.outDir), strict: true });
  workshop.check("publint has nothing to say", () => {
    // conditions choose among entries; what differs here lies behind them
    const problems = messages.filter(({ code }) => code !== "USE_EXPORTS_OR_IMPORTS_BROWSER");
    const texts = problems.map((message) => formatMessage(message, pkg, { color: false }));
    if (texts.length > 0) throw new Error(texts.join("\n"));
  });
  workshop.check("attw finds the right types for import and require", () => {
    // resolution as in Node 10 knows no "exports", so no package with entries passes it
    run("attw", [workshop.tarball, "--profile", "node16", "--no-color"], ".");
  });
}

function checkInstalls(): void {
  for (const effect of ["3", "4"]) {
    workshop.check(`it installs beside effect ${effect}`, () => {
      const dependencies = { rxjs: "^7.8.0", effect: `^${effect}` };
      const project = workshop.newProject(`effect${effect}`, dependencies);
      run("npm", ["install", "--package-lock-only"], project);
    });
  }
}

/** With rxjs and nothing else: whatever needs effect cannot be loaded here. */
function checkCore(): string {
  const project = workshop.newProject("core", { rxjs: "^7.8.0" });
  workshop.check("it installs with rxjs alone", () => run("npm", ["install"], project));
  const others = entries.slice(1).filter((name) => !/\/(effect|schema)$/.test(name));
  checkProgram("the core loads few files and no undici", project, (load) => `
    const { Session } = ${load}("node:inspector");
    const files = [];
    const session = new Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => files.push(params.url));
    session.post("Debugger.enable");
    ${load}(${JSON.stringify(packageName)});
    const own = files.filter((file) => file.includes("node_modules/${packageName}/"));
    if (own.length === 0 || own.length > 6) throw new Error("the core loads " + own);
    // Node has an undici of its own, which is no file
    const undici = files.find((file) => /^file:.*\\/undici[./]/.test(file));
    if (undici !== undefined) throw new Error("the core loads " + undici);`);
  checkProgram("every entry can be loaded, and what it exports keeps its name", project, (load) => `
    const core = ${load}(${JSON.stringify(packageName)});
    if (typeof core.batchOutlook !== "function") throw new Error("batchOutlook is missing");
    for (const [name, { name: own }] of Object.entries(core)) {
      // what stands behind BatchError is abstract
      if (own !== name && name !== "BatchError") throw new Error(name + " calls itself " + own);
    }
    for (const name of ${JSON.stringify(others)}) {
      const names = Object.keys(${load}(name));
      if (names.length === 0) throw new Error(name + " exports nothing");
    }`);
  return project;
}

/** Runs a program as an ES module and as CommonJS; each has its own word for loading. */
function checkProgram(what: string, project: string, program: (load: string) => string): void {
  for (const [extension, load] of [["mjs", "await import"], ["cjs", "require"]] as const) {
    workshop.write(project, `probe.${extension}`, program(load));
    workshop.check(`${what} (.${extension})`, () => {
      run(process.execPath, [`probe.${extension}`], project);
    });
  }
}

/** With all that it can work with: there, every example of the docs runs. */
function checkEverything(): string {
  const examples = readExamples();
  const project = workshop.newProject("everything", {
    "rxjs": "^7.8.0",
    ...packagesShownIn(examples),
    ...optionalPeers,
    "@types/node": "^20",
    "typescript": "~5.9.0",
    "typescript-latest": "npm:typescript@latest",
  });
  workshop.check("it installs with everything that it can work with", () => {
    run("npm", ["install"], project);
  });
  checkProgram(
    "an error of ./undici that ./effect fails with is one of the core",
    project,
    (load) => `
    const { get, TransportError } = ${load}("${packageName}");
    const { OutlookBatch } = ${load}("${packageName}/effect");
    const { undiciTransport } = ${load}("${packageName}/undici");
    const { Effect } = ${load}("effect");
    const baseUrl = "http://127.0.0.1:1/api/v2.0/";
    const layer = OutlookBatch.layer({ baseUrl, retry: false, transport: undiciTransport() });
    const sent = Effect.provide(OutlookBatch.send(get("messages")), layer);
    Effect.runPromise(Effect.flip(sent)).then((error) => {
      if (!(error instanceof TransportError)) throw error;
    });`,
  );
  for (const { place, code, output } of examples) {
    const file = `${place.replaceAll(/[^A-Za-z0-9]/g, "_")}.mjs`;
    workshop.write(project, file, toJavaScript(code));
    workshop.check(`the example at ${place} runs`, () => {
      const printed = run(process.execPath, [file], project).trimEnd();
      const texts = [printed, ...printed.split("\n")];
      // a promise may be longer than what is printed, as it may explain it
      const missing = output.filter((promise) => !texts.some((text) => promise.startsWith(text)));
      if (missing.length > 0) throw new Error(`promised ${missing}, printed ${printed}`);
    });
  }
  return project;
}

function checkTypes(core: string, everything: string): void {
  const compile = (compiler: string, flags: readonly string[], project: string): void => {
    const tsc = join(everything, "node_modules", compiler, "bin", "tsc");
    const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022"];
    run(process.execPath, [tsc, ...strict, ...flags], project);
  };

  workshop.write(core, "use.mts", `export * from "${packageName}";`);
  workshop.check("its types need nothing but rxjs, and every declaration of them holds", () => {
    const flags = ["--module", "nodenext", "--types", "rxjs", "--lib", "es2022,dom"];
    compile("typescript-latest", [...flags, "use.mts"], core);
  });

  const imports = entries.map((name, at) => `import * as entry${at} from "${name}";`).join("\n");
  const use = `${imports}
    import { batchOutlook, createOutlookBatcher, get, type OperationResult } from "${packageName}";
    import { from, type Observable } from "rxjs";
    const text = get<string>("messages");
    const count = get<number>("messages/$count");
    const results: Observable<OperationResult<string | number>> =
      from([text, count]).pipe(batchOutlook());
    const batcher: AsyncDisposable = createOutlookBatcher({ maxBatchSize: 5 });
    // @ts-expect-error a size is a number
    batchOutlook({ maxBatchSize: "5" });
    const modules: readonly object[] = [${entries.map((_, at) => `entry${at}`).join(", ")}];
    export { batcher, modules, results };`;
  for (const extension of ["ts", "mts", "cts"]) {
    workshop.write(everything, `use.${extension}`, use);
  }
  for (const compiler of ["typescript", "typescript-latest"]) {
    const manifest = join(everything, "node_modules", compiler, "package.json");
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
    const common = ["--skipLibCheck", "--types", "node"];
    for (const resolution of ["node16", "nodenext"]) {
      workshop.check(`its types hold in TypeScript ${version} with ${resolution}`, () => {
        compile(
          compiler,
          [...common, "--module", resolution, "use.mts", "use.cts"],
          everything,
        );
      });
    }
    workshop.check(`its types hold in TypeScript ${version} with bundler`, () => {
      const flags = ["--module", "esnext", "--moduleResolution", "bundler", "use.ts"];
      compile(compiler, [...common, ...flags], everything);
    });
  }
}
