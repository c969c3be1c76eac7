/**
 * What the npm package is made of: every decision, and nothing that runs.
 *
 * Two builders carry it out: `build_npm.ts` with dnt, for publishing, and `build.ts` with plain TypeScript, where JSR cannot
 * be reached. Both leave the JavaScript to `bundle.ts` in the end.
 */

/** What the plan takes from deno.json, which alone says names, versions and entries. */
export interface DenoConfig {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** One name that users import, and the module behind it. */
export interface EntryPoint {
  /** `.`, `./undici`. */
  readonly name: string;
  /** `./mod.ts`. */
  readonly path: string;
}

/** A package that the user installs beside this one. */
export interface Peer {
  /** What the import map says: `npm:rxjs@^7.8.2`, or the module of a workspace that stands for the package. */
  readonly specifier: string;
  readonly name: string;
  /** What of it, when it is not the whole: `http` of `effect/http`. */
  readonly subPath: string | undefined;
  /** The versions that it may have. */
  readonly version: string;
  /** The version that the package is built with. */
  readonly builtWith: string;
}

/** A module that the platform chooses, by the conditions of `imports` in the package.json beside the code. */
export interface ChosenByPlatform {
  /** What is imported, whatever is chosen: `#default-transport`. */
  readonly specifier: string;
  /** The module that the sources import in its place: `./src/transport/default.ts`. */
  readonly replaces: string;
  /** What is chosen by the first condition that holds. */
  readonly modules: Readonly<Record<string, string>>;
}

/** A plan. */
export interface NpmPlan {
  readonly outDir: string;
  readonly entryPoints: readonly EntryPoint[];
  /** Modules that keep a file of their own when the rest is bundled, as they are loaded late or chosen by platform. */
  readonly ownFiles: readonly string[];
  readonly chosenByPlatform: ChosenByPlatform;
  readonly peers: readonly Peer[];
  /** Names of packages in the source, the modules of a workspace that stand for them here, and their names for users. */
  readonly standIns: Readonly<Record<string, { readonly module: string; readonly name: string }>>;
  /** Files that go along as they are. */
  readonly extraFiles: readonly string[];
  /** What dnt may add to the code, by its names for it. */
  readonly polyfills: Readonly<Record<string, boolean>>;
  /** Text that goes in front of files of the package. */
  readonly prefaces: readonly { readonly path: string; readonly text: string }[];
  /** What package.json says. */
  readonly manifest: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly version: string;
  };
}

/** Where the sources are. */
export const REPOSITORY = "https://github.com/rxbatch/rxbatch";

/** Users choose the version of what they share with the library. An app has one effect: an entry says which one it needs. */
const PEERS: Readonly<Record<string, { readonly version: string; readonly optional: boolean }>> = {
  "rxjs": { version: "^7.8.0", optional: false },
  "effect": { version: "^3.9.2 || ^4.1.0", optional: true },
  "@effect/schema": { version: "^0.75.5", optional: true },
  "@opentelemetry/api": { version: "^1.9.0", optional: true },
  "@electric-sql/pglite": { version: "^0.5.0", optional: true },
};

/** What the source calls otherwise than users do: npm installs two versions of a package in one tree by no other way. */
const OTHER_NAMES: Readonly<Record<string, string>> = { "effect3": "effect" };
const FETCH_BY_DEFAULT = "./src/transport/default.ts";
const UNDICI_BY_DEFAULT = "./src/transport/default_node.ts";
const FETCH_PLATFORMS = ["workerd", "edge-light", "worker", "browser", "deno", "bun"];

/**
 * Every runtime that the package is for has these, and dnt's files for them declare global types in each user's program.
 * `importMeta` is not among them: it cannot be refused beside CommonJS, and is not needed.
 */
const POLYFILLS = {
  arrayFindLast: false,
  arrayFromAsync: false,
  errorCause: false,
  objectHasOwn: false,
  promiseWithResolvers: false,
  stringReplaceAll: false,
};

/**
 * Plans the package.
 *
 * @param config deno.json
 * @returns what to build
 */
export function planNpm(config: DenoConfig): NpmPlan {
  const entryPoints = Object.entries(config.exports).map(([name, path]) => ({ name, path }));
  const imported = Object.entries(config.imports).filter(([name]) => !name.endsWith("/"));
  const standIns = Object.fromEntries(
    imported.filter(([, specifier]) => specifier.startsWith("./"))
      .map(([name, module]) => [name, { module, name: OTHER_NAMES[name] ?? name }]),
  );
  const peers = imported.flatMap(([alias, specifier]) => {
    const [name, subPath] = packageOf(OTHER_NAMES[alias] ?? alias);
    const peer = PEERS[name];
    return peer === undefined ? [] : [{
      specifier,
      name,
      subPath,
      version: peer.version,
      builtWith: versionOf(name, specifier, config),
    }];
  });
  const dependencies = imported.filter(([name]) =>
    PEERS[packageOf(name)[0]] === undefined && standIns[name] === undefined
  );
  const optional = peers.filter(({ name }) => PEERS[name]?.optional === true);
  return {
    outDir: "./npm",
    entryPoints,
    ownFiles: [FETCH_BY_DEFAULT, UNDICI_BY_DEFAULT, "./src/transport/undici.ts"],
    chosenByPlatform: {
      specifier: "#default-transport",
      replaces: FETCH_BY_DEFAULT,
      // they call themselves Node as well, so they come before it
      modules: {
        ...Object.fromEntries(FETCH_PLATFORMS.map((condition) => [condition, FETCH_BY_DEFAULT])),
        node: UNDICI_BY_DEFAULT,
        default: FETCH_BY_DEFAULT,
      },
    },
    peers,
    standIns,
    polyfills: POLYFILLS,
    extraFiles: ["README.md", "LICENSE", "CHANGELOG.md"],
    // AsyncDisposable is in no lib that is on by default, and JSR takes no source with such a line
    prefaces: entryPoints.flatMap(({ name }) =>
      (["esm", "script"] as const).map((format) => ({
        path: entryOutput(name, format, config, "d.ts"),
        text: '/// <reference lib="esnext.disposable" />\n',
      }))
    ),
    manifest: {
      name: config.name,
      version: config.version,
      description: "Batches REST calls (Outlook, Graph, OData $batch) for RxJS and Effect programs",
      keywords: [
        "batch",
        "$batch",
        "batching",
        "outlook",
        "microsoft-graph",
        "odata",
        "sharepoint",
        "dataverse",
        "sap",
        "rxjs",
        "observable",
        "effect",
        "deno",
        "node",
      ],
      author: "rxbatch contributors",
      license: config.license,
      homepage: `${REPOSITORY}#readme`,
      repository: { type: "git", url: `git+${REPOSITORY}.git` },
      bugs: { url: `${REPOSITORY}/issues` },
      engines: { node: ">=20.18.1" },
      files: ["esm", "script", "CHANGELOG.md"],
      // each of the two folders says its own
      type: "commonjs",
      sideEffects: false,
      main: entryOutput(".", "script", config, "js"),
      module: entryOutput(".", "esm", config, "js"),
      types: entryOutput(".", "script", config, "d.ts"),
      exports: {
        ...Object.fromEntries(entryPoints.map(({ name }) => [name, {
          import: {
            types: entryOutput(name, "esm", config, "d.ts"),
            default: entryOutput(name, "esm", config, "js"),
          },
          require: {
            types: entryOutput(name, "script", config, "d.ts"),
            default: entryOutput(name, "script", config, "js"),
          },
        }])),
        "./package.json": "./package.json",
      },
      // resolution as in Node 10 knows no "exports"
      typesVersions: {
        "*": Object.fromEntries(
          entryPoints.filter(({ name }) => name !== ".")
            .map(({ name }) => [name.slice(2), [entryOutput(name, "script", config, "d.ts")]]),
        ),
      },
      dependencies: Object.fromEntries(
        dependencies.map(([name, specifier]) => [name, versionIn(specifier)]),
      ),
      peerDependencies: Object.fromEntries(peers.map(({ name, version }) => [name, version])),
      ...(optional.length === 0 ? {} : {
        peerDependenciesMeta: Object.fromEntries(
          optional.map(({ name }) => [name, { optional: true }]),
        ),
      }),
    },
  };
}

/** `.` becomes `./esm/mod.js`. */
function entryOutput(
  entry: string,
  format: "esm" | "script",
  { exports }: DenoConfig,
  extension: "js" | "d.ts",
): string {
  return `./${format}/${outputOf(exports[entry] ?? "", extension)}`;
}

/** `./mod.ts` becomes `mod.js`. */
export function outputOf(module: string, extension: "js" | "d.ts" = "js"): string {
  return `${module.slice(2).replace(/\.ts$/, "")}.${extension}`;
}

/** The version that a package is developed with; of one that a module stands for, the scope of that module tells it. */
function versionOf(name: string, specifier: string, { scopes = {} }: DenoConfig): string {
  const [, scope = {}] = Object.entries(scopes).find(([path]) => specifier.startsWith(path)) ?? [];
  return versionIn((scope[name] ?? scope[`${name}/`] ?? specifier).replace(/\/$/, ""));
}

/** `effect/http` is `http` of `effect`. */
function packageOf(alias: string): readonly [name: string, subPath: string | undefined] {
  const [, name = alias, subPath] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.+))?$/.exec(alias) ?? [];
  return [name, subPath];
}

/** `npm:undici@^7.30.2` becomes `^7.30.2`. */
function versionIn(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf("@") + 1).replace(/\/.*$/, "");
}
