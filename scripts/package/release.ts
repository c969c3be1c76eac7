/** What a release must say of itself before it is built. */
export interface Release {
  /** The tag that asks for it: `v1.2.3`. */
  readonly tag: string;
  /** The version of deno.json. */
  readonly version: string;
  /** The text of CHANGELOG.md. */
  readonly changelog: string;
}

/** What keeps a release from being published. */
export function problemsOf({ tag, version, changelog }: Release): readonly string[] {
  const headings = [...changelog.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
  const heading = headings.find((text) => text.split(" ")[0] === version);
  const [, unreleased = ""] = /^## Unreleased$(.*?)(?=^## |(?![^]))/ms.exec(changelog) ?? [];
  return [
    ...(tag === `v${version}` ? [] : [`the tag is ${tag}, and deno.json says ${version}`]),
    ...(heading === undefined ? [`CHANGELOG.md has no heading "## ${version}"`] : []),
    ...(unreleased.trim() === "" ? [] : ["CHANGELOG.md has lines under Unreleased"]),
  ];
}
