/** Bundles the built package for a browser and lets Chromium send a batch with it: `npm run build` comes first. */
import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { fakeOutlook } from "../src/testing.ts";
import { plan, run, Workshop } from "./package/workshop.ts";

/** What the page does; what it finds out becomes its title. */
const page = `
  import { createOutlookBatcher, get } from "${plan.manifest.name}";
  import { forkJoin } from "rxjs";

  const [, token] = location.hash.split("#");
  const batcher = createOutlookBatcher({ baseUrl: location.origin + "/api/v2.0/", token });
  forkJoin(["messages", "events", "contacts"].map((url) => batcher.send(get(url)))).subscribe({
    next: (answers) => document.title = "statuses: " + answers.map(({ status }) => status).join(),
    error: (error) => document.title = "failed: " + error.message,
  });
`;

const outlook = fakeOutlook();

/** One origin serves the page and what it asks for, so that no other rule of browsers comes in. */
async function serve(bundle: string, request: IncomingMessage, target: ServerResponse) {
  if (!request.url?.startsWith("/api/")) {
    target.setHeader("Content-Type", "text/html; charset=utf-8");
    target.end(`<!doctype html><title>waiting</title><script type="module">${bundle}</script>`);
    return;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const { method = "GET", headers } = request;
  const response = await outlook.handler(
    new Request(`http://${headers.host}${request.url}`, {
      method,
      headers: headers as Record<string, string>,
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    }),
  );
  target.writeHead(response.status, Object.fromEntries(response.headers));
  target.end(new Uint8Array(await response.arrayBuffer()));
}

async function bundled(entry: string, external: string[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    external,
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

const workshop = new Workshop();
try {
  const project = workshop.newProject("browser", { rxjs: "^7.8.0" });
  run("npm", ["install"], project);
  workshop.write("browser", "page.js", page);
  const bundle = await bundled(join(project, "page.js"));
  const alone = await bundled(join(project, "page.js"), ["rxjs"]);
  console.log(`batchOutlook without rxjs: ${gzipSync(alone).length} bytes minified and compressed`);
  workshop.check("its bundle for browsers holds nothing of Node's", () => {
    const found = bundle.match(/node:|undici\/|(?<![\w.])Buffer\./g) ?? [];
    if (found.length > 0) throw new Error(`found ${found}`);
  });

  const server = createServer((request, response) => void serve(bundle, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { stdout } = await promisify(execFile)(process.env["CHROMIUM"] ?? "chromium", [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--virtual-time-budget=10000",
    "--dump-dom",
    `http://127.0.0.1:${port}/#${outlook.token}`,
  ]);
  server.close();
  server.closeAllConnections();
  workshop.check("Chromium sends a batch with it", () => {
    const [, title] = /<title>(.*?)<\/title>/.exec(stdout) ?? [];
    if (title !== "statuses: 200,200,200") throw new Error(`the page says ${title}`);
    if (outlook.posts !== 1) throw new Error(`it sent ${outlook.posts} batches`);
  });
} finally {
  workshop.close("browser");
}
