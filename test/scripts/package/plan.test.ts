import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type DenoConfig, planNpm } from "../../../scripts/package/plan.ts";
import { root, textOf } from "../../support/sources.ts";

const config = JSON.parse(textOf("deno.json")) as DenoConfig;
const development = JSON.parse(textOf("package.json")) as {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

describe("the plan of the npm package", () => {
  const plan = planNpm({
    name: "@rxbatch/rxbatch",
    version: "1.2.3",
    license: "MIT",
    exports: { ".": "./mod.ts", "./undici": "./src/undici.ts" },
    imports: { rxjs: "npm:rxjs@^7.8.2", undici: "npm:undici@^7.30.2" },
  });

  it("has an entry for each one of deno.json", () => {
    expect(plan.entryPoints).toEqual([
      { name: ".", path: "./mod.ts" },
      { name: "./undici", path: "./src/undici.ts" },
    ]);
  });

  it("puts types first and keeps ES modules and CommonJS apart", () => {
    expect(plan.manifest["exports"]).toEqual({
      ".": {
        import: { types: "./esm/mod.d.ts", default: "./esm/mod.js" },
        require: { types: "./script/mod.d.ts", default: "./script/mod.js" },
      },
      "./undici": {
        import: {
          types: "./esm/src/undici.d.ts",
          default: "./esm/src/undici.js",
        },
        require: {
          types: "./script/src/undici.d.ts",
          default: "./script/src/undici.js",
        },
      },
      "./package.json": "./package.json",
    });
  });

  it("leads compilers that know no exports to the types of each entry", () => {
    expect(plan.manifest["typesVersions"]).toEqual({
      "*": { undici: ["./script/src/undici.d.ts"] },
    });
  });

  it("is built by dnt of one exact version, without polyfills that declare globals", () => {
    expect(textOf("scripts/build_npm.ts")).toMatch(/"jsr:@deno\/dnt@\d+\.\d+\.\d+"/);
    expect(Object.values(plan.polyfills)).not.toContain(true);
  });

  it("shares rxjs with its user and brings undici along", () => {
    expect(plan.manifest).toMatchObject({
      name: "@rxbatch/rxbatch",
      version: "1.2.3",
      dependencies: { undici: "^7.30.2" },
      peerDependencies: { rxjs: "^7.8.0" },
    });
    expect(plan.manifest).not.toHaveProperty("peerDependenciesMeta");
  });

  it("leaves effect to those who use it, in version 3 or 4", () => {
    const { manifest, peers, standIns } = planNpm({
      name: "x",
      version: "1.0.0",
      license: "MIT",
      exports: { ".": "./mod.ts", "./effect": "./src/effect.ts" },
      imports: {
        "rxjs": "npm:rxjs@^7.8.2",
        "effect": "npm:effect@^4.1.0",
        "effect/": "npm:/effect@^4.1.0/",
        "effect3": "./workspace/effect.ts",
        "@effect/schema": "./workspace/schema.ts",
      },
      scopes: {
        "./workspace/": {
          "effect": "npm:effect@^3.19.0",
          "@effect/schema/": "npm:/@effect/schema@^0.75.5/",
        },
      },
    });
    expect(peers.map(({ specifier, name, builtWith }) => [specifier, name, builtWith])).toEqual([
      ["npm:rxjs@^7.8.2", "rxjs", "^7.8.2"],
      ["npm:effect@^4.1.0", "effect", "^4.1.0"],
      ["./workspace/effect.ts", "effect", "^3.19.0"],
      ["./workspace/schema.ts", "@effect/schema", "^0.75.5"],
    ]);
    expect(standIns).toEqual({
      "effect3": { module: "./workspace/effect.ts", name: "effect" },
      "@effect/schema": { module: "./workspace/schema.ts", name: "@effect/schema" },
    });
    expect(manifest).toMatchObject({
      dependencies: {},
      peerDependencies: {
        "rxjs": "^7.8.0",
        "effect": "^3.9.2 || ^4.1.0",
        "@effect/schema": "^0.75.5",
      },
      peerDependenciesMeta: {
        "effect": { optional: true },
        "@effect/schema": { optional: true },
      },
    });
  });

  it("brings the types that its declarations need", () => {
    expect(plan.prefaces).toContainEqual({
      path: "./esm/mod.d.ts",
      text: '/// <reference lib="esnext.disposable" />\n',
    });
    expect(plan.prefaces).toHaveLength(4);
  });

  it("takes undici by default on Node", () => {
    const { replaces, modules } = plan.chosenByPlatform;
    expect(replaces).toBe("./src/transport/default.ts");
    // the first condition that holds counts, and Deno, Bun and workers say that they are Node as well
    expect(Object.keys(modules).slice(-2)).toEqual(["node", "default"]);
    const onNode = Object.entries(modules).filter(([, module]) => module !== replaces);
    expect(onNode).toEqual([["node", "./src/transport/default_node.ts"]]);
    for (const path of plan.ownFiles) expect(existsSync(join(root, path)), path).toBe(true);
  });

  it("says what deno.json says", () => {
    const { manifest, entryPoints } = planNpm(config);
    expect(manifest.name).toBe(config.name);
    expect(manifest.version).toBe(config.version);
    for (const { path } of entryPoints) expect(existsSync(join(root, path)), path).toBe(true);
  });

  it("is developed with the versions that it is published with", () => {
    const { manifest } = planNpm(config);
    expect(manifest["engines"]).toEqual(development.engines);
    const installed = { ...development.devDependencies, ...development.dependencies };
    for (const [name, specifier] of Object.entries(config.imports)) {
      if (name.endsWith("/") || specifier.startsWith("./")) continue;
      const [, of = "", rest = ""] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.+))?$/.exec(name) ?? [];
      const subPath = rest === "" ? [] : [rest];
      expect(specifier).toBe(`npm:${[`${of}@${installed[of]}`, ...subPath].join("/")}`);
    }
    for (const [folder, packages] of Object.entries(config.scopes ?? {})) {
      const workspace = JSON.parse(textOf(`${folder}package.json`)) as typeof development;
      for (const [name, specifier] of Object.entries(packages)) {
        const version = workspace.devDependencies[name.replace(/\/$/, "")];
        expect(specifier).toBe(
          name.endsWith("/") ? `npm:/${name.slice(0, -1)}@${version}/` : `npm:${name}@${version}`,
        );
      }
    }
  });
});
