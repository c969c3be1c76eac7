/** What a page ships of the package: the bench prints it, and the check of the package holds it. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";

/** By the names that a page imports of the core: octets of its bundle, minified and gzipped, without rxjs. */
export const STORED_SIZES = JSON.parse(
  readFileSync(new URL("sizes.json", import.meta.url), "utf8"),
) as Readonly<Record<string, number>>;

/** How many octets something has. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** Where a bundle is to run, and what it finds there. */
export interface Page {
  readonly platform: "browser" | "neutral";
  readonly external: readonly string[];
}

const OF_A_BROWSER: Page = { platform: "browser", external: ["rxjs"] };

/**
 * Bundles names of a module, as a page that uses them would.
 *
 * @param names as an export clause lists them, or `*`
 * @param from the module, or the package as `folder` finds it
 * @param folder where the page stands
 */
export async function sizeOf(
  names: string,
  from: string,
  folder: string,
  { platform, external }: Page = OF_A_BROWSER,
): Promise<Size> {
  const exported = names === "*" ? names : `{ ${names} }`;
  const { outputFiles } = await build({
    stdin: { contents: `export ${exported} from ${JSON.stringify(from)};`, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    platform,
    target: "es2022",
    external: [...external],
    plugins: [unusedToo(external)],
    logLevel: "error",
    write: false,
  });
  const { contents } = outputFiles[0]!;
  return { minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length };
}

/** Leaves out imports of these that nobody uses as well: a page that is bundled whole has none. */
function unusedToo(packages: readonly string[]): Plugin {
  return {
    name: "unused-too",
    setup({ onResolve }) {
      onResolve(
        { filter: /^[^.]/ },
        ({ path }) => packages.includes(path) ? { path, external: true, sideEffects: false } : null,
      );
    },
  };
}
