import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NpmPlan, REPOSITORY } from "./plan.ts";

/** Puts the files that go along as they are into the package; the README's links lead to the tag of the version. */
export function copyExtras(plan: NpmPlan): void {
  for (const path of plan.extraFiles.filter((file) => existsSync(file))) {
    const target = join(plan.outDir, path);
    if (path === "README.md") {
      writeFileSync(target, withWholeLinks(readFileSync(path, "utf8"), plan.manifest.version));
    } else {
      copyFileSync(path, target);
    }
  }
}

/**
 * A page whose links to files of the repository hold wherever it is read.
 *
 * @param markdown the page, at the top of the repository
 * @param version what the files are of
 */
export function withWholeLinks(markdown: string, version: string): string {
  const link = /(!?)(\[[^\]]*\])\(((?![a-z]+:|#)[^)\s]+)\)/g;
  return markdown.replaceAll(link, (_, image: string, text: string, path: string) => {
    const kind = image === "" ? "blob" : "raw";
    return `${image}${text}(${REPOSITORY}/${kind}/v${version}/${path})`;
  });
}

/** The files of the repository that a published page leads to. */
export function filesLinkedFrom(markdown: string, version: string): readonly string[] {
  const links = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  const ours = new RegExp(`^${REPOSITORY}/(?:blob|raw)/v${version.replaceAll(".", "\\.")}/([^#]+)`);
  return links.flatMap((target) => {
    if (!/^(?:[a-z]+:|#)/.test(target)) throw new Error(`${target} leads nowhere once published`);
    const [, path] = ours.exec(target) ?? [];
    return path === undefined ? [] : [path];
  });
}
