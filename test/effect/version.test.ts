import { build } from "esbuild";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBesideEffect } from "../support/beside_effect.ts";
import { root } from "../support/sources.ts";

const program = `
  try {
    const { OutlookBatch } = await import("./src/effect.ts");
    console.log(OutlookBatch.key);
  } catch (error) {
    console.log(error.message);
  }`;

describe("the entry ./effect", () => {
  it("loads beside effect 4", async () => {
    expect(await runBesideEffect(4, program)).toBe("@rxbatch/rxbatch/OutlookBatch");
  });

  it("says in one sentence what it needs beside effect 3", async () => {
    expect(await runBesideEffect(3, program)).toBe(
      "Cannot load @rxbatch/rxbatch/effect as it needs effect 4, from 4.1 on (./effect3 is for effect 3): current value is another version of effect",
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

  it("./effect: no @effect/schema", async () => {
    const packages = await packagesOf("src/effect.ts");
    expect(packages).toContain("effect");
    expect(packages).not.toContain("@effect/schema");
    expect(packages).not.toContain("undici");
  });
});
