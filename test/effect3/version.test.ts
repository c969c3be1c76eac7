import { build } from "esbuild";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBesideEffect } from "../support/beside_effect.ts";
import { root } from "../support/sources.ts";

const program = `
  try {
    const { OutlookBatch } = await import("./src/effect3.ts");
    console.log(OutlookBatch.key);
  } catch (error) {
    console.log(error.message);
  }`;

describe("the entry ./effect3", () => {
  it("loads beside effect 3", async () => {
    expect(await runBesideEffect(3, program)).toBe("@rxbatch/rxbatch/OutlookBatch");
  });

  it("says in one sentence what it needs beside effect 4", async () => {
    expect(await runBesideEffect(4, program)).toBe(
      "Cannot load @rxbatch/rxbatch/effect3 as it needs effect 3, from 3.9.2 on: current value is another version of effect",
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

  it("./effect3: no @effect/schema", async () => {
    const packages = await packagesOf("src/effect3.ts");
    expect(packages).toContain("effect");
    expect(packages).not.toContain("@effect/schema");
    expect(packages).not.toContain("undici");
  });
});
