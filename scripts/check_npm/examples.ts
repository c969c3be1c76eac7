import process from "node:process";
import { readExamples } from "../../test/support/examples.ts";
import {
  effectOf,
  type EffectVersion,
  entries,
  optionalPeers,
  packageName,
  packagesShownIn,
  run,
  toJavaScript,
  type Workshop,
} from "../package/workshop.ts";
import { checkProgram } from "./program.ts";

/** With all that it can work with beside one effect: there, the examples of the docs run that need no other. */
export function checkExamples(workshop: Workshop, effect: EffectVersion): string {
  const examples = readExamples().filter((example) => (example.effect ?? 3) === effect);
  const service = entries.find((name) => /\/effect3?$/.test(name) && effectOf(name) === effect);
  const project = workshop.newProject(`everything${effect}`, {
    "rxjs": "^7.8.0",
    ...packagesShownIn(examples),
    ...optionalPeers(effect),
    "@types/node": "^20",
    "typescript": "~5.9.0",
    "typescript-oldest": "npm:typescript@~5.4.0",
    "typescript-latest": "npm:typescript@latest",
  });
  workshop.check(
    `it installs with everything that it can work with beside effect ${effect}`,
    () => {
      run("npm", ["install"], project);
    },
  );
  checkProgram(
    workshop,
    `an error of ./undici that ${service} fails with is one of the core`,
    project,
    (load) => `
    const { get, TransportError } = ${load}("${packageName}");
    const { OutlookBatch } = ${load}("${service}");
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
