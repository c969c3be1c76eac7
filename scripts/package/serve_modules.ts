import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A host of modules, as a user has one. */
export interface ModuleServer {
  /** For example `http://127.0.0.1:49152/`. */
  readonly url: string;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** Serves `mod.ts` and what is under `src/` on a loopback port, and nothing else. */
export async function serveModules(): Promise<ModuleServer> {
  const server = createServer(async ({ method, url = "" }, response) => {
    // no dot but the last, so that no path leads out of src/
    const isModule = method === "GET" && /^\/(mod|src\/[\w/]+)\.ts$/.test(url);
    const text = isModule ? await readFile(`.${url}`).catch(() => undefined) : undefined;
    if (text) response.setHeader("Content-Type", "application/typescript");
    response.writeHead(text ? 200 : 404).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
