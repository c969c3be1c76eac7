/** Runs the built package, over a real socket, on every runtime that it is meant for: `npm run build` comes first. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { readExamples } from "../test/support/examples.ts";
import {
  optionalPeers,
  packagesShownIn,
  plan,
  run,
  toJavaScript,
  Workshop,
} from "./package/workshop.ts";

const platform = `${process.platform}-${process.arch}`;
const bunPlatform = platform.replace("arm64", "aarch64");

interface Runtime {
  readonly name: string;
  /** The package that holds the program. */
  readonly from: string;
  readonly program: string;
  readonly flags: readonly string[];
  /** The transport that it takes by default. */
  readonly transport: "undici" | "fetch";
}

const node = (version: string): Runtime => ({
  name: `Node ${version}`,
  from: `npm:node-${platform}@${version}`,
  program: "bin/node",
  flags: [],
  transport: "undici",
});

const runtimes: readonly Runtime[] = [
  ...["20.18.1", "20", "22", "24", "26"].map(node),
  {
    name: "Bun",
    from: `npm:@oven/bun-${bunPlatform}@latest`,
    program: "bin/bun",
    flags: [],
    transport: "fetch",
  },
  {
    name: "Deno",
    from: `npm:@deno/${platform}${process.platform === "linux" ? "-glibc" : ""}@latest`,
    program: "deno",
    flags: ["run", "-A", "--node-modules-dir=manual"],
    transport: "fetch",
  },
];

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

const workshop = new Workshop();
try {
  // undici is made for Node alone
  const examples = readExamples()
    .filter(({ code, effect }) => effect !== 4 && !code.includes("undici"));
  const project = workshop.newProject("runtimes", {
    rxjs: "^7.8.0",
    ...packagesShownIn(examples),
    ...optionalPeers(3),
    ...Object.fromEntries(runtimes.map(({ from }, at) => [`runtime-${at}`, from])),
  });
  workshop.check("the runtimes can be installed", () => {
    run("npm", ["install", "--ignore-scripts"], project);
  });
  workshop.write(project, "smoke.mjs", smoke);
  examples.forEach(({ code }, at) =>
    workshop.write(project, `example${at}.mjs`, toJavaScript(code))
  );
  runtimes.forEach(({ name, program, flags, transport }, at) => {
    const path = join(project, "node_modules", `runtime-${at}`, program);
    const version = existsSync(path) ? run(path, ["--version"], project).split("\n")[0] : "missing";
    workshop.check(`${name} (${version}) sends a batch by ${transport} and ends`, () => {
      const printed = run(path, [...flags, "smoke.mjs"], project).trim();
      if (printed !== transport) throw new Error(`it took ${printed}`);
    });
    workshop.check(`${name} (${version}) runs the examples of the docs`, () => {
      examples.forEach((_, each) => run(path, [...flags, `example${each}.mjs`], project));
    });
  });
} finally {
  workshop.close("runtimes");
}
