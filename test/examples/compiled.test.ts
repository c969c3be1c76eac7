import { execFile } from "node:child_process";
import { describe, expect, it } from "vitest";
import { root } from "../support/sources.ts";

/** What the compiler says; nothing: it has no objection. */
function compiled(project: string): Promise<string> {
  return new Promise((resolve) =>
    execFile(
      "node",
      ["node_modules/typescript/bin/tsc", "-p", project],
      { cwd: root },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    )
  );
}

describe("examples with a tsconfig of their own", () => {
  it.each(["angular", "nest"])("compile: %s", async (name) => {
    expect(await compiled(`examples/${name}`)).toBe("");
  }, 120_000);
});
