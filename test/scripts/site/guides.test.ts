import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { filesUnder, textOf } from "../../support/sources.ts";

describe("docs/README.md", () => {
  it("lists every guide once", () => {
    const guides = filesUnder("docs", ".md").map((path) => basename(path))
      .filter((name) => name !== "README.md");
    const listed = [...textOf("docs/README.md").matchAll(/\]\((\w+\.md)\)/g)].map(([, name]) =>
      name
    );
    expect(listed.sort()).toEqual(guides.sort());
  });

  it("lists guides whose first line is their heading", () => {
    const headless = filesUnder("docs", ".md").filter((path) => !/^# \S/.test(textOf(path)));
    expect(headless).toEqual([]);
  });
});
