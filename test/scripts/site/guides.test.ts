import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import * as all from "../../../mod.ts";
import { filesUnder, textOf } from "../../support/sources.ts";

describe("the guides", () => {
  it("are all listed once in docs/README.md", () => {
    const guides = filesUnder("docs", ".md").map((path) => basename(path))
      .filter((name) => name !== "README.md");
    const listed = [...textOf("docs/README.md").matchAll(/\]\((\w+\.md)\)/g)].map(([, name]) =>
      name
    );
    expect(listed.sort()).toEqual(guides.sort());
  });

  it("have a row for each class of errors, and what to do about it", () => {
    const classes = Object.entries(all).filter(([, value]) =>
      typeof value === "function" && value !== all.BatchError &&
      value.prototype instanceof all.BatchError
    );
    const rows = [
      ...textOf("docs/errors.md").matchAll(/^\| `([A-Z]\w+)` +\| [^|]+\| ([^|]+)\|$/gm),
    ];
    expect(rows.map(([, name]) => name).sort()).toEqual(classes.map(([name]) => name).sort());
    expect(rows.every(([, , advice]) => advice!.trim().length > 10)).toBe(true);
  });

  it("begin with their heading", () => {
    const headless = filesUnder("docs", ".md").filter((path) => !/^# \S/.test(textOf(path)));
    expect(headless).toEqual([]);
  });
});
