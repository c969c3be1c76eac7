import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  effectOf,
  type EffectVersion,
  entries,
  packageName,
  run,
  type Workshop,
} from "../package/workshop.ts";

/** From the oldest that is promised to the newest. */
const COMPILERS = ["typescript-oldest", "typescript", "typescript-latest"];

/** The declarations of the core, where there is nothing beside it but rxjs. */
export function checkCoreTypes(workshop: Workshop, core: string, everything: string): void {
  workshop.write(core, "use.mts", `export * from "${packageName}";`);
  workshop.check("its types need nothing but rxjs, and every declaration of them holds", () => {
    const flags = ["--module", "nodenext", "--types", "rxjs", "--lib", "es2022,dom"];
    compile(compilerOf(everything, "typescript-latest"), [...flags, "use.mts"], core);
  });
  workshop.write(
    core,
    "node10.ts",
    `import { get } from "${packageName}";
    import { fakeOutlook } from "${packageName}/testing";
    import { undiciTransport } from "${packageName}/undici";
    export const id: number = get("messages").id;
    export { fakeOutlook, undiciTransport };`,
  );
  workshop.check("its types are found by resolution as in Node 10", () => {
    const flags = ["--module", "commonjs", "--moduleResolution", "node10", "--types", "rxjs"];
    compile(compilerOf(everything, "typescript"), [...flags, "--skipLibCheck", "node10.ts"], core);
  });
}

/** Every declaration of the entries that need no effect, checked itself and without a DOM, by all compilers that are promised. */
export function checkEveryDeclaration(workshop: Workshop, everything: string): void {
  const plain = entries.filter((name) => effectOf(name) === undefined);
  const names = plain.map((_, at) => `entry${at}`);
  const imports = plain.map((name, at) => `import * as ${names[at]} from "${name}";`).join("\n");
  workshop.write(
    everything,
    "declarations.mts",
    `${imports}
    import { after, atomic, createOutlookBatcher, get, post, uri } from "${packageName}";
    const batcher: AsyncDisposable = createOutlookBatcher();
    const draft = post<{ readonly Id: string }>("messages", {});
    const sent = after([draft, get("me")], ([{ body }]) => post(uri\`messages/\${body.Id}/send\`));
    const group = atomic([draft]);
    export { batcher, group, sent };
    export const modules: readonly object[] = [${names.join(", ")}];`,
  );
  for (const compiler of COMPILERS) {
    const name = `every declaration holds in TypeScript ${versionOf(everything, compiler)}, no DOM`;
    workshop.check(name, () => {
      const flags = [
        "--module",
        "nodenext",
        "--types",
        "node",
        "--lib",
        "es2022,esnext.disposable",
      ];
      compile(compilerOf(everything, compiler), [...flags, "declarations.mts"], everything);
    });
  }
}

/** Its declarations, by the compilers and the ways of resolving that its users have. */
export function checkTypes(workshop: Workshop, everything: string, effect: EffectVersion): void {
  const loadable = entries.filter((name) => (effectOf(name) ?? effect) === effect);
  const imports = loadable.map((name, at) => `import * as entry${at} from "${name}";`).join("\n");
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
    const modules: readonly object[] = [${loadable.map((_, at) => `entry${at}`).join(", ")}];
    export { batcher, modules, results };`;
  for (const extension of ["ts", "mts", "cts"]) {
    workshop.write(everything, `use.${extension}`, use);
  }
  for (const compiler of ["typescript", "typescript-latest"]) {
    const version = versionOf(everything, compiler);
    const common = ["--skipLibCheck", "--types", "node"];
    for (const resolution of ["node16", "nodenext"]) {
      workshop.check(
        `its types hold in TypeScript ${version} with ${resolution}, effect ${effect}`,
        () => {
          compile(
            compilerOf(everything, compiler),
            [...common, "--module", resolution, "use.mts", "use.cts"],
            everything,
          );
        },
      );
    }
    workshop.check(`its types hold in TypeScript ${version} with bundler, effect ${effect}`, () => {
      const flags = ["--module", "esnext", "--moduleResolution", "bundler", "use.ts"];
      compile(compilerOf(everything, compiler), [...common, ...flags], everything);
    });
  }
}

function versionOf(project: string, compiler: string): string {
  const manifest = join(project, "node_modules", compiler, "package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version;
}

function compilerOf(project: string, name: string): string {
  return join(project, "node_modules", name, "bin", "tsc");
}

function compile(compiler: string, flags: readonly string[], project: string): void {
  const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022"];
  run(process.execPath, [compiler, ...strict, ...flags], project);
}
