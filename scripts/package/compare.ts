import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What one builder may add or write otherwise: dnt keeps a cache of its own beside the package. */
const MAY_DIFFER = [
  /^node_modules\//,
  /^package-lock\.json$/,
  /^\.npmignore$/,
  /^(?:esm|script)\/package\.json$/,
];

/**
 * Where two builds of one package differ for its users: files that one has alone, another package.json, other types.
 *
 * @param one a folder
 * @param other another
 * @returns a line for each difference
 */
export function differencesOf(one: string, other: string): readonly string[] {
  const [ours, theirs] = [filesOf(one), filesOf(other)];
  const alone = (files: ReadonlySet<string>, beside: ReadonlySet<string>, folder: string) =>
    [...files].filter((path) => !beside.has(path)).map((path) => `${path} is in ${folder} alone`);
  const shared = [...ours].filter((path) => theirs.has(path));
  const others = shared
    .filter((path) => path.endsWith(".d.ts") || path === "package.json")
    .filter((path) => contentOf(join(one, path)) !== contentOf(join(other, path)))
    .map((path) => `${path} differs`);
  return [...alone(ours, theirs, one), ...alone(theirs, ours, other), ...others].sort();
}

function filesOf(folder: string): ReadonlySet<string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"));
  return new Set(
    paths.filter((path) =>
      statSync(join(folder, path)).isFile() && !MAY_DIFFER.some((pattern) => pattern.test(path))
    ),
  );
}

/** Blanks, comments and the kind of quotes are the builder's business. */
function contentOf(path: string): string {
  return readFileSync(path, "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/\/?.*$/gm, "")
    .replaceAll("'", '"')
    .replaceAll(/\s+/g, " ")
    .trim();
}
