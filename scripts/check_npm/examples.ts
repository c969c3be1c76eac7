import process from "node:process";
import { readExamples } from "../../test/support/examples.ts";
import {
  optionalPeers,
  packageName,
  packagesShownIn,
  run,
  toJavaScript,
  type Workshop,
} from "../package/workshop.ts";
import { checkProgram } from "./program.ts";

/** With all that it can work with: there, every example of the docs runs. */
export function checkExamples(workshop: Workshop): string {
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
    workshop,
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
