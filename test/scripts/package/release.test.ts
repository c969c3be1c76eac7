import { describe, expect, it } from "vitest";
import { problemsOf } from "../../../scripts/package/release.ts";

const changelog = `# Changelog

## Unreleased

## 1.2.3 (2026-12-01)

- Something.
`;

describe("a tag may be published", () => {
  it("when deno.json and the changelog have its version", () => {
    expect(problemsOf({ tag: "v1.2.3", version: "1.2.3", changelog })).toEqual([]);
  });

  it("not when deno.json has another version", () => {
    const release = { tag: "v1.2.4", version: "1.2.3", changelog };
    expect(problemsOf(release)).toEqual(["the tag is v1.2.4, and deno.json says 1.2.3"]);
  });

  it("not when the changelog has no heading for it, nor one that only begins alike", () => {
    const release = { tag: "v1.2", version: "1.2", changelog };
    expect(problemsOf(release)).toEqual(['CHANGELOG.md has no heading "## 1.2"']);
  });

  it("not while something is unreleased, with a heading behind it or none", () => {
    const left = "CHANGELOG.md has lines under Unreleased";
    const withLines = changelog.replace("## Unreleased\n", "## Unreleased\n\n- More.\n");
    expect(problemsOf({ tag: "v1.2.3", version: "1.2.3", changelog: withLines })).toEqual([left]);
    const last = "## 1.2.3\n\n## Unreleased\n\n- More.\n";
    expect(problemsOf({ tag: "v1.2.3", version: "1.2.3", changelog: last })).toEqual([left]);
  });
});
