/**
 * Builds the npm package with dnt, for publishing: `deno task build:npm`.
 *
 * dnt lives on JSR and is named here alone, so that nothing else needs JSR. What it is told stands in package/plan.ts and is
 * tested there; `npm run build` carries the same plan out without it, and `npm run check:npm` takes the result of either.
 */
import { build, emptyDir } from "jsr:@deno/dnt@0.43.2";
import config from "../deno.json" with { type: "json" };
import { bundleNpm } from "./package/bundle.ts";
import { copyExtras } from "./package/extras.ts";
import { planNpm } from "./package/plan.ts";

const plan = planNpm(config);
const peers = plan.peers.map(({ specifier, name, subPath, version }) =>
  [specifier, { name, subPath, version, peerDependency: true }] as const
);

await emptyDir(plan.outDir);

await build({
  entryPoints: [...plan.entryPoints, ...plan.ownFiles.map((path) => ({ name: path, path }))],
  outDir: plan.outDir,
  importMap: "./deno.json",
  mappings: Object.fromEntries(peers),
  package: {
    ...plan.manifest,
    // npm leaves optional peers out, and their types are needed
    devDependencies: Object.fromEntries(plan.peers.map(({ name, builtWith }) => [name, builtWith])),
  },
  shims: {},
  polyfills: plan.polyfills,
  test: false,
  // done by `npm run check`, with the settings of tsconfig.json
  typeCheck: false,
  skipSourceOutput: true,
  compilerOptions: { target: "ES2022", lib: ["ESNext", "DOM", "DOM.Iterable"] },
});

for (const { path, text } of plan.prefaces) {
  const file = `${plan.outDir}/${path}`;
  await Deno.writeTextFile(file, text + await Deno.readTextFile(file));
}
copyExtras(plan);
await bundleNpm(plan);
// dnt's own has the files that the platform chooses among the entries
await Deno.writeTextFile(
  `${plan.outDir}/package.json`,
  `${JSON.stringify(plan.manifest, null, 2)}\n`,
);
