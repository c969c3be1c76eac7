/**
 * Runs the built package, over a real socket, on every runtime that it is meant for: `npm run build` comes first.
 *
 * `npm run test:runtimes -- Bun` runs it on those alone whose name begins so.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readExamples } from "../test/support/examples.ts";
import process from "node:process";
import { runtimes as all } from "./package/runtimes.ts";
import {
  optionalPeers,
  packagesShownIn,
  plan,
  run,
  toJavaScript,
  Workshop,
} from "./package/workshop.ts";

/** A batch over loopback by the default transport, in a process that must end by itself. */
const smoke = `
  import { createRequire } from "node:module";
  import { createOutlookBatcher, get } from "${plan.manifest.name}";
  import { fakeOutlook } from "${plan.manifest.name}/testing";
  import { forkJoin, lastValueFrom } from "rxjs";

  const outlook = fakeOutlook();
  const server = await outlook.listen();
  const batcher = createOutlookBatcher({ baseUrl: server.baseUrl, token: outlook.token });
  const answers = await lastValueFrom(
    forkJoin(["messages", "events", "contacts"].map((url) => batcher.send(get(url)))),
  );
  const statuses = answers.map(({ status }) => status).join();
  if (statuses !== "200,200,200") throw new Error("statuses: " + statuses);
  if (outlook.posts !== 1) throw new Error("posts: " + outlook.posts);
  await batcher.close();
  await server.close();
  const { cache } = createRequire(import.meta.url);
  const isLoaded = Object.keys(cache).some((path) => path.includes("node_modules/undici/"));
  console.log(isLoaded ? "undici" : "fetch");
`;

/** The same by a dispatcher of the program's own undici. */
const byDispatcher = (version: number): string => `
  import { createOutlookBatcher, get } from "${plan.manifest.name}";
  import { fakeOutlook } from "${plan.manifest.name}/testing";
  import { undiciTransport } from "${plan.manifest.name}/undici";
  import { lastValueFrom } from "rxjs";
  import { Agent } from "undici${version}";

  const outlook = fakeOutlook();
  const server = await outlook.listen();
  const { baseUrl } = server;
  const transport = undiciTransport(new Agent());
  const batcher = createOutlookBatcher({ baseUrl, token: outlook.token, transport });
  const { status } = await lastValueFrom(batcher.send(get("messages")));
  await batcher.close();
  await server.close();
  console.log(status, outlook.posts);
`;

const runtimes = all.filter(({ name }) => name.startsWith(process.argv[2] ?? ""));
const workshop = new Workshop();
try {
  // undici is made for Node alone
  const shown = readExamples().filter(({ code }) => !code.includes("undici"));
  const examples = shown.filter(({ effect }) => effect !== 4);
  // an app has one effect
  const modern = shown.filter(({ effect }) => effect === 4);
  const project = workshop.newProject("runtimes", {
    rxjs: "^7.8.0",
    undici7: "npm:undici@^7.0.0",
    undici8: "npm:undici@^8.0.0",
    ...packagesShownIn(examples),
    ...optionalPeers(3),
    ...Object.fromEntries(runtimes.map(({ from }, at) => [`runtime-${at}`, from])),
  });
  workshop.check("the runtimes can be installed", () => {
    run("npm", ["install", "--ignore-scripts"], project);
  });
  const effect4 = workshop.newProject("effect4", {
    rxjs: "^7.8.0",
    ...packagesShownIn(modern),
    ...optionalPeers(4),
  });
  workshop.check("effect 4 can be installed", () => {
    run("npm", ["install", "--ignore-scripts"], effect4);
  });
  modern.forEach(({ code }, at) => workshop.write(effect4, `example${at}.mjs`, toJavaScript(code)));
  workshop.write(project, "smoke.mjs", smoke);
  for (const version of [7, 8]) {
    workshop.write(project, `undici${version}.mjs`, byDispatcher(version));
  }
  examples.forEach(({ code }, at) =>
    workshop.write(project, `example${at}.mjs`, toJavaScript(code))
  );
  runtimes.forEach(({ name, program, flags, transport, undici }, at) => {
    const path = join(project, "node_modules", `runtime-${at}`, program);
    const version = existsSync(path) ? run(path, ["--version"], project).split("\n")[0] : "missing";
    workshop.check(`${name} (${version}) sends a batch by ${transport} and ends`, () => {
      const printed = run(path, [...flags, "smoke.mjs"], project).trim();
      if (printed !== transport) throw new Error(`it took ${printed}`);
    });
    for (const major of undici) {
      workshop.check(`${name} (${version}) sends a batch by an Agent of undici ${major}`, () => {
        const printed = run(path, [...flags, `undici${major}.mjs`], project).trim();
        if (printed !== "200 1") throw new Error(`it answered ${printed}`);
      });
    }
    workshop.check(`${name} (${version}) runs the examples of the docs`, () => {
      examples.forEach((_, each) => run(path, [...flags, `example${each}.mjs`], project));
    });
    workshop.check(`${name} (${version}) runs the examples of effect 4`, () => {
      modern.forEach((_, each) => run(path, [...flags, `example${each}.mjs`], effect4));
    });
  });
} finally {
  workshop.close("runtimes");
}
