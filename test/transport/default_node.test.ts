import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { firstValueFrom, from } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import { requestTo, serve } from "./contract.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const isDeno = "Deno" in globalThis;

/** Runs a module in a process of its own, which must end by itself. */
function run(source: string): Promise<{ code: number | null; output: string }> {
  const flags = isDeno ? ["eval", "--quiet"] : ["--import", "tsx", "--input-type=module", "-e"];
  const child = spawn(process.execPath, [...flags, source], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Uint8Array) => output += chunk);
  child.stderr.on("data", (chunk: Uint8Array) => output += chunk);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output: output.trim() }));
  });
}

const send = (url: string): string => `
  import { firstValueFrom, from, toArray } from "rxjs";
  import { defaultTransport } from "./src/transport/default_node.ts";
  const request = {
    method: "POST", url: ${JSON.stringify(url)}, headers: {}, body: new Uint8Array(3),
    signal: new AbortController().signal,
  };
  const response = await firstValueFrom(from(defaultTransport(() => {})(request)));
  await firstValueFrom(from(response.body).pipe(toArray()));
  const answeredAt = performance.now();
  process.on("exit", () => console.log(response.status, performance.now() - answeredAt < 1500));
`;

describe("the default transport of the npm package on Node", () => {
  it("lets a process end at once, though its sockets are kept alive (rule 1)", async () => {
    // the server promises to keep the connection for longer than the test may take
    const { url, server } = await serve((_request, response) => response.end("x"));
    server.keepAliveTimeout = 60_000;
    const { code, output } = await run(`import process from "node:process"; ${send(url)}`);
    expect(output).toBe("200 true");
    expect(code).toBe(0);
  });

  it("loads undici with the first batch and not before, and on Node alone", async () => {
    const { url } = await serve((_request, response) => response.end("x"));
    const { code, output } = await run(`
      import { createRequire } from "node:module";
      import { firstValueFrom, from } from "rxjs";
      import { defaultTransport } from "./src/transport/default_node.ts";
      const cache = createRequire(${
      JSON.stringify(new URL("../../mod.ts", import.meta.url).href)
    }).cache ?? {};
      const loaded = () => Object.keys(cache).some((name) => name.includes("node_modules/undici"));
      const transport = defaultTransport(() => {});
      const before = loaded();
      const request = {
        method: "POST", url: ${JSON.stringify(url)}, headers: {}, body: new Uint8Array(3),
        signal: new AbortController().signal,
      };
      const { body } = await firstValueFrom(from(transport(request)));
      await firstValueFrom(from(body));
      console.log(before, loaded());
    `);
    expect(output).toBe(isDeno ? "false false" : "false true");
    expect(code).toBe(0);
  });

  it("falls back to fetch where undici cannot be loaded, and tells each pipeline once", async () => {
    vi.resetModules();
    vi.doMock("../../src/transport/undici.ts", () => {
      throw new Error("Dynamic require of node:assert is not supported");
    });
    const { defaultTransport } = await import("../../src/transport/default_node.ts");
    const { url } = await serve((_request, response) => response.end("x"));
    const told: unknown[] = [];
    for (const pipeline of ["first", "second"]) {
      const transport = defaultTransport(({ used, wanted, cause }) =>
        told.push([pipeline, used, wanted, cause instanceof Error])
      );
      for (let posts = 0; posts < 2; posts++) {
        const { status, body } = await firstValueFrom(from(transport(requestTo(url))));
        await firstValueFrom(from(body));
        expect(status).toBe(200);
      }
    }
    vi.doUnmock("../../src/transport/undici.ts");
    const onNode = [["first", "fetch", "undici", true], ["second", "fetch", "undici", true]];
    expect(told).toEqual(isDeno ? [] : onNode);
  });
});
