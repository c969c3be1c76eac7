import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { packageName, type Workshop } from "../package/workshop.ts";

/** By what a page imports: octets of its bundle, minified and gzipped, without rxjs. */
const STORED = JSON.parse(
  readFileSync(new URL("sizes.json", import.meta.url), "utf8"),
) as Readonly<Record<string, number>>;

/** How far a size may grow until somebody has to look at it, and store the new one. */
const TOLERANCE = 1.05;

/** What the names of the core cost those who import them, and not the others. */
export async function checkSizes(workshop: Workshop, core: string): Promise<void> {
  for (const [names, stored] of Object.entries(STORED)) {
    const gzipped = await sizeOf(names, core);
    const most = Math.floor(stored * TOLERANCE);
    workshop.check(`a bundle of ${names} has ${gzipped} octets, at most ${most}`, () => {
      if (gzipped > most) throw new Error(`sizes.json says ${stored}`);
    });
  }
}

async function sizeOf(names: string, core: string): Promise<number> {
  const exported = names === "*" ? names : `{ ${names} }`;
  const { outputFiles } = await build({
    stdin: { contents: `export ${exported} from "${packageName}";`, resolveDir: core },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["rxjs"],
    logLevel: "error",
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}
