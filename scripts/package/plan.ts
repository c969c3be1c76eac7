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
  /** The versions that it may have. */
  readonly version: string;
  /** The version that the package is built with. */
  readonly builtWith: string;
}

/** A plan. */
export interface NpmPlan {
  readonly outDir: string;
  readonly entryPoints: readonly EntryPoint[];
  /** Modules that keep a file of their own when the rest is bundled, as they are loaded late or left out. */
  readonly ownFiles: readonly string[];
  /** Modules that another one stands in for. */
  readonly redirects: Readonly<Record<string, string>>;
  readonly peers: readonly Peer[];
  /** Names of packages in the source, the modules of a workspace that stand for them here, and their names for users. */
  readonly standIns: Readonly<Record<string, { readonly module: string; readonly name: string }>>;
  /** Files that go along as they are. */
  readonly extraFiles: readonly string[];
  /** Text that goes in front of files of the package. */
  readonly prefaces: readonly { readonly path: string; readonly text: string }[];
  /** What package.json says. */
  readonly manifest: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly version: string;
  };
}

const REPOSITORY = "https://github.com/rxbatch/rxbatch";

/** Users choose the version of what they share with the library. An app has one effect: an entry says which one it needs. */
const PEERS: Readonly<Record<string, { readonly version: string; readonly optional: boolean }>> = {
  "rxjs": { version: "^7.8.0", optional: false },
  "effect": { version: "^3.9.2 || ^4.1.0", optional: true },
  "@effect/schema": { version: "^0.75.5", optional: true },
};

/** What the source calls otherwise than users do: npm installs two versions of a package in one tree by no other way. */
const OTHER_NAMES: Readonly<Record<string, string>> = { "effect3": "effect" };

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
    const name = OTHER_NAMES[alias] ?? alias;
    const peer = PEERS[name];
    return peer === undefined ? [] : [{
      specifier,
      name,
      version: peer.version,
      builtWith: versionOf(name, specifier, config),
    }];
  });
  const dependencies = imported.filter(([name]) =>
    PEERS[name] === undefined && standIns[name] === undefined
  );
  const optional = peers.filter(({ name }) => PEERS[name]?.optional === true);
  return {
    outDir: "./npm",
    entryPoints,
    ownFiles: ["./src/transport/undici.ts"],
    redirects: { "./src/transport/default.ts": "./src/transport/default_node.ts" },
    peers,
    standIns,
    extraFiles: ["README.md", "LICENSE", "CHANGELOG.md"],
    // AsyncDisposable is in no lib that is on by default, and JSR takes no source with such a line
    prefaces: entryPoints.flatMap(({ name }) =>
      (["esm", "script"] as const).map((format) => ({
        path: outputOf(name, format, config, "d.ts"),
        text: '/// <reference lib="esnext.disposable" />\n',
      }))
    ),
    manifest: {
      name: config.name,
      version: config.version,
      description: "Batches REST calls (Outlook, Graph, OData $batch) for RxJS and Effect programs",
      keywords: ["rxjs", "batch", "outlook", "microsoft-graph", "odata", "$batch", "effect"],
      license: config.license,
      homepage: `${REPOSITORY}#readme`,
      repository: { type: "git", url: `git+${REPOSITORY}.git` },
      bugs: { url: `${REPOSITORY}/issues` },
      engines: { node: ">=20.18.1" },
      // each of the two folders says its own
      type: "commonjs",
      sideEffects: false,
      main: outputOf(".", "script", config, "js"),
      module: outputOf(".", "esm", config, "js"),
      types: outputOf(".", "script", config, "d.ts"),
      exports: {
        ...Object.fromEntries(entryPoints.map(({ name }) => [name, {
          import: {
            types: outputOf(name, "esm", config, "d.ts"),
            default: outputOf(name, "esm", config, "js"),
          },
          require: {
            types: outputOf(name, "script", config, "d.ts"),
            default: outputOf(name, "script", config, "js"),
          },
        }])),
        "./package.json": "./package.json",
      },
      // bundles for browsers use fetch: they need neither undici nor what it needs of Node
      browser: {
        "./esm/chunks/undici.js": false,
        "./script/chunks/undici.js": false,
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

/** `./mod.ts` becomes `./esm/mod.js`. */
function outputOf(
  entry: string,
  format: "esm" | "script",
  { exports }: DenoConfig,
  extension: "js" | "d.ts",
): string {
  return `./${format}/${exports[entry]?.slice(2).replace(/\.ts$/, "")}.${extension}`;
}

/** The version that a package is developed with; of one that a module stands for, the scope of that module tells it. */
function versionOf(name: string, specifier: string, { scopes = {} }: DenoConfig): string {
  const [, scope = {}] = Object.entries(scopes).find(([path]) => specifier.startsWith(path)) ?? [];
  return versionIn((scope[name] ?? scope[`${name}/`] ?? specifier).replace(/\/$/, ""));
}

/** `npm:undici@^7.30.2` becomes `^7.30.2`. */
function versionIn(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf("@") + 1);
}
