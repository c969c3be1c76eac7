import { build } from "esbuild";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../support/sources.ts";

const run = promisify(execFile);
const runtimeArguments = "Deno" in globalThis ? ["run", "-A", "--no-lock"] : [];

describe("the entry ./effect", () => {
  let folder = "";

  beforeAll(() => {
    // where packages are found by their names
    folder = mkdtempSync(join(root, "node_modules", ".rxbatch-effect-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** Loads the entry in a process of its own, linked as a runtime links it: a name that effect lacks would show. */
  async function load(effect: "effect" | "effect4"): Promise<string> {
    const outfile = join(folder, `${effect}.mjs`);
    await build({
      stdin: {
        contents: `
          try {
            const { OutlookBatch } = await import("./src/effect.ts");
            console.log(OutlookBatch.key);
          } catch (error) {
            console.log(error.message);
          }`,
        resolveDir: root,
      },
      outfile,
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      target: "es2022",
      plugins: [{
        name: "effect by another name",
        setup({ onResolve }) {
          onResolve({ filter: /^effect$/ }, () => ({ path: effect, external: true }));
        },
      }],
    });
    const { stdout } = await run(process.execPath, [...runtimeArguments, outfile]);
    return stdout.trim();
  }

  it("loads beside effect 3", async () => {
    expect(await load("effect")).toBe("@rxbatch/rxbatch/OutlookBatch");
  });

  it("says in one sentence what it needs beside effect 4", async () => {
    expect(await load("effect4")).toBe(
      "Cannot load @rxbatch/rxbatch/effect as it needs effect 3, from 3.9.2 on: current value is another version of effect",
    );
  });
});

describe("what an entry loads", () => {
  async function packagesOf(entry: string): Promise<string[]> {
    const { metafile } = await build({
      entryPoints: [join(root, entry)],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      // not even what could be shaken off is to be reached
      treeShaking: false,
    });
    const names = Object.keys(metafile.inputs).map((path) =>
      /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
    );
    return [...new Set(names)].filter((name) => name !== undefined).sort();
  }

  it("mod.ts: neither effect nor @effect/schema", async () => {
    expect(await packagesOf("mod.ts")).toEqual(["rxjs"]);
  });

  it("./schema: no undici", async () => {
    const packages = await packagesOf("src/schema.ts");
    expect(packages).toContain("@effect/schema");
    expect(packages).toContain("effect");
    expect(packages).not.toContain("undici");
  });

  it("./effect: no @effect/schema", async () => {
    const packages = await packagesOf("src/effect.ts");
    expect(packages).toContain("effect");
    expect(packages).not.toContain("@effect/schema");
    expect(packages).not.toContain("undici");
  });
});
