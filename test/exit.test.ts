import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { root } from "./support/sources.ts";

it("rule 1: a program with idle batchers ends by itself", async () => {
  const program = `${root}/test/support/idle_program.ts`;
  const isDeno = process.versions["deno"] !== undefined;
  const flags = isDeno ? ["run", "-A"] : ["--import", "tsx"];
  // A timer or a listener that was left would hold it until the test is over.
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program], {
    cwd: root,
  });
  expect(stdout).toBe("nothing left to do\n");
});
