import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { differencesOf } from "../../../scripts/package/compare.ts";

const folders: string[] = [];

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "rxbatch-compare-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("two builds of one package", () => {
  const plain = { "package.json": '{ "name": "a" }', "esm/mod.d.ts": "export type A = 'a';\n" };

  it("are the same to their users when only comments, blanks and quotes differ", () => {
    const dnt = {
      ...plain,
      "esm/mod.d.ts": '/** A. */\nexport  type A = "a";\n//# sourceMappingURL=mod.d.ts.map\n',
      "esm/package.json": "{}",
      "node_modules/rxjs/package.json": "{}",
    };
    expect(differencesOf(folderOf(dnt), folderOf(plain))).toEqual([]);
  });

  it("differ by files, by package.json and by types", () => {
    const dnt = {
      "package.json": '{ "name": "b" }',
      "esm/mod.d.ts": "export type A = 'b';\n",
      "esm/_dnt.shims.d.ts": "",
    };
    const [one, other] = [folderOf(dnt), folderOf({ ...plain, "script/mod.d.ts": "" })];
    expect(differencesOf(one, other)).toEqual([
      `esm/_dnt.shims.d.ts is in ${one} alone`,
      "esm/mod.d.ts differs",
      "package.json differs",
      `script/mod.d.ts is in ${other} alone`,
    ]);
  });
});
