import { join } from "node:path";
import process from "node:process";
import { type BuildOptions, buildSync } from "esbuild";
import { packageName, run, type Workshop } from "../package/workshop.ts";

/** Sends one batch to a server that tells what it came by, and says what the events told. */
const program = `
  import { createServer } from "node:http";
  import { createOutlookBatcher, get } from "${packageName}";

  const server = createServer((request, response) => {
    // what a page's fetch says, Node's says too
    console.log("sec-fetch-mode" in request.headers ? "by fetch" : "by undici");
    response.writeHead(404).end();
    server.close();
  });
  server.listen(0, "127.0.0.1", () => {
    const baseUrl = \`http://127.0.0.1:\${server.address().port}/api/v2.0/\`;
    const batcher = createOutlookBatcher({ baseUrl, retry: false });
    batcher.events.subscribe((event) => {
      if (event.type === "transport") console.log(\`instead of \${event.wanted}: \${event.cause}\`);
    });
    batcher.send(get("messages")).subscribe({ error: () => batcher.close() });
  });
`;

const requireInEsm = 'import { createRequire } from "node:module"; ' +
  "const require = createRequire(import.meta.url);";

/** How programs for Node are bundled, and what they send by. */
const bundles: readonly (BuildOptions & { readonly name: string; readonly prints: RegExp })[] = [
  { name: "CommonJS", format: "cjs", prints: /^by undici$/ },
  {
    name: "an ES module, in which undici cannot require what it needs",
    format: "esm",
    prints: /^instead of undici: Error: Dynamic require of .+\nby fetch$/,
  },
  {
    name: "an ES module, with undici left out of it",
    format: "esm",
    external: ["undici"],
    prints: /^by undici$/,
  },
  {
    name: "an ES module, with a require of its own",
    format: "esm",
    banner: { js: requireInEsm },
    prints: /^by undici$/,
  },
];

/** What a bundled program for Node sends by: undici, or fetch and an event that says why. */
export function checkNodeBundles(workshop: Workshop, core: string): void {
  workshop.write(core, "program.mjs", program);
  for (const { name, prints, ...options } of bundles) {
    workshop.check(`bundled for Node as ${name}, it says what it sends by`, () => {
      const outfile = join(core, `program_bundled.${options.format === "cjs" ? "cjs" : "mjs"}`);
      buildSync({
        ...options,
        entryPoints: [join(core, "program.mjs")],
        outfile,
        bundle: true,
        platform: "node",
      });
      const printed = run(process.execPath, [outfile], core).trim();
      if (!prints.test(printed)) throw new Error(`it printed ${printed}`);
    });
  }
}
