/**
 * Takes the package that was built into npm/ as its users will: packed, installed, imported, type-checked and run.
 *
 *   npm run check:npm
 *   npm run check:npm -- --beside dist/plain    another build of it, which must be the same to its users
 */
import { parseArgs } from "node:util";
import { checkBundlers } from "./check_npm/bundlers.ts";
import { checkCopies, checkCore } from "./check_npm/core.ts";
import { checkExamples } from "./check_npm/examples.ts";
import { checkBeside, checkInstalls, checkManifest } from "./check_npm/manifest.ts";
import { checkNodeBundles } from "./check_npm/node_bundles.ts";
import { checkSizes } from "./check_npm/sizes.ts";
import { checkCoreTypes, checkEveryDeclaration, checkTypes } from "./check_npm/types.ts";
import { Workshop } from "./package/workshop.ts";

const { values } = parseArgs({ options: { beside: { type: "string" } } });
const workshop = new Workshop();
try {
  await checkManifest(workshop);
  if (values.beside !== undefined) checkBeside(workshop, values.beside);
  checkInstalls(workshop);
  const core = checkCore(workshop);
  await checkBundlers(workshop, core);
  await checkSizes(workshop, core);
  checkNodeBundles(workshop, core);
  checkCopies(workshop, core);
  const everything = checkExamples(workshop, 3);
  checkCoreTypes(workshop, core, everything);
  checkEveryDeclaration(workshop, everything);
  checkTypes(workshop, everything, 3);
  checkTypes(workshop, checkExamples(workshop, 4), 4);
} finally {
  workshop.close("npm package");
}
