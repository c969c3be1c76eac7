import process from "node:process";
import { run, type Workshop } from "../package/workshop.ts";

/** Runs a program as an ES module and as CommonJS; each has its own word for loading. */
export function checkProgram(
  workshop: Workshop,
  what: string,
  project: string,
  program: (load: string) => string,
): void {
  for (const [extension, load] of [["mjs", "await import"], ["cjs", "require"]] as const) {
    workshop.write(project, `probe.${extension}`, program(load));
    workshop.check(`${what} (.${extension})`, () => {
      run(process.execPath, [`probe.${extension}`], project);
    });
  }
}
