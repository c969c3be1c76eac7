/** Takes the package that was built into npm/ as its users will: packed, installed, imported, type-checked and run. */
import { checkCore } from "./check_npm/core.ts";
import { checkExamples } from "./check_npm/examples.ts";
import { checkInstalls, checkManifest } from "./check_npm/manifest.ts";
import { checkTypes } from "./check_npm/types.ts";
import { Workshop } from "./package/workshop.ts";

const workshop = new Workshop();
try {
  await checkManifest(workshop);
  checkInstalls(workshop);
  const core = checkCore(workshop);
  const everything = checkExamples(workshop);
  checkTypes(workshop, core, everything);
} finally {
  workshop.close("npm package");
}
