import process from "node:process";
import { effectOf, entries, packageName, run, type Workshop } from "../package/workshop.ts";
import { checkProgram } from "./program.ts";

/** With rxjs and nothing else: whatever needs effect or OpenTelemetry cannot be loaded here. */
export function checkCore(workshop: Workshop): string {
  const project = workshop.newProject("core", { rxjs: "^7.8.0" });
  workshop.check("it installs with rxjs alone", () => run("npm", ["install"], project));
  const others = entries.slice(1)
    .filter((name) => effectOf(name) === undefined && !name.endsWith("/otel"));
  checkProgram(workshop, "the core loads few files and no undici", project, (load) => `
    const { Session } = ${load}("node:inspector");
    const files = [];
    const session = new Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => files.push(params.url));
    session.post("Debugger.enable");
    ${load}(${JSON.stringify(packageName)});
    const own = files.filter((file) => file.includes("node_modules/${packageName}/"));
    if (own.length === 0 || own.length > 12) throw new Error("the core loads " + own);
    // Node has an undici of its own, which is no file
    const undici = files.find((file) => /^file:.*\\/undici[./]/.test(file));
    if (undici !== undefined) throw new Error("the core loads " + undici);`);
  checkProgram(
    workshop,
    "every entry can be loaded, and what it exports keeps its name",
    project,
    (load) => `
    const core = ${load}(${JSON.stringify(packageName)});
    if (typeof core.batchOutlook !== "function") throw new Error("batchOutlook is missing");
    for (const [name, { name: own }] of Object.entries(core)) {
      // what stands behind BatchError is abstract
      if (own !== name && name !== "BatchError") throw new Error(name + " calls itself " + own);
    }
    for (const name of ${JSON.stringify(others)}) {
      const names = Object.keys(${load}(name));
      if (names.length === 0) throw new Error(name + " exports nothing");
    }`,
  );
  return project;
}

/** The ES module and CommonJS in one process are two copies, which take each other's operations and errors for their own. */
export function checkCopies(workshop: Workshop, core: string): void {
  workshop.write(
    core,
    "copies.mjs",
    `
    import { createRequire } from "node:module";
    import * as one from "${packageName}";
    const two = createRequire(import.meta.url)("${packageName}");
    const ids = [one.get("a"), two.get("b")].map(({ id }) => id);
    const transport = () => Promise.reject(new two.TransportError("Cannot go on", { sent: false }));
    one.createOutlookBatcher({ transport, retry: false }).send(two.get("messages")).subscribe({
      error: (error) => console.log(
        one.get !== two.get, ids[1] - ids[0], error instanceof two.TransportError, error.sent,
      ),
    });`,
  );
  workshop.check("the ES module and CommonJS in one process know each other", () => {
    const printed = run(process.execPath, ["copies.mjs"], core).trim();
    if (printed !== "true 1 true false") throw new Error(`it printed ${printed}`);
  });
}
