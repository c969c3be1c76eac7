import { existsSync } from "node:fs";
import { once } from "node:events";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE } from "../../../scripts/bench/built_package.ts";
import { runChild } from "../../../scripts/bench/child.ts";
import { CLIENTS } from "../../../scripts/bench/end_to_end/clients.ts";
import type { Numbers } from "../../../scripts/bench/suite.ts";
import type { Case } from "../../../scripts/bench/end_to_end/cases.ts";
import { CANDIDATES as FETCH_CANDIDATES } from "../../../scripts/bench/fetch_door/candidates.ts";
import { SHAPES, TIES } from "../../../scripts/bench/order/shapes.ts";
import { CANDIDATES } from "../../../scripts/bench/overhead/candidates.ts";

const ONE: Case = { operations: 50, mailboxes: 2, latencyMs: 1, answerBytes: 1000 };

describe("each candidate of the benchmarks runs", () => {
  // They measure the package as its users get it.
  beforeAll(async () => {
    if (existsSync(`${PACKAGE}/esm/mod.js`)) return;
    await promisify(execFile)("npm", ["run", "build"], { shell: true });
  }, 300_000);

  it.each(Object.keys(CANDIDATES))("batching alone: %s", async (candidate) => {
    const numbers = await runChild<Numbers>("node", "overhead/run.ts", [
      candidate,
      "steady",
      "250",
      "1",
    ]);
    expect(numbers?.["ns"]).toBeGreaterThan(0);
  });

  it.each(Object.keys(FETCH_CANDIDATES))("the fetch door: %s", async (candidate) => {
    const numbers = await runChild<Numbers>("node", "fetch_door/run.ts", [candidate, "50", "1"]);
    expect(numbers?.["cpuUs"]).toBeGreaterThan(0);
  });

  it.each(Object.keys(SHAPES))("waiting for others: %s", async (shape) => {
    for (const tie of TIES) {
      const numbers = await runChild<Numbers>("node", "order/run.ts", [tie, shape, "250", "1"]);
      expect(numbers?.["cpuNs"]).toBeGreaterThan(0);
    }
  });

  describe("end to end", () => {
    let server: ChildProcess;
    let origin: string;

    beforeAll(async () => {
      server = spawn(
        "node",
        ["--import", "tsx", "scripts/bench/end_to_end/server.ts"],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      const [port] = await once(server.stdout!, "data");
      origin = `http://127.0.0.1:${String(port).trim()}`;
    });
    afterAll(() => void server.kill());

    it.each(Object.keys(CLIENTS))("%s", async (client) => {
      const numbers = await runChild<Numbers>("node", "end_to_end/run.ts", [
        client,
        origin,
        JSON.stringify(ONE),
        "1",
      ]);
      expect(numbers?.["wallMs"]).toBeGreaterThan(0);
      expect(numbers?.["posts"]).toBe(client.startsWith("single") ? 50 : expectedPosts(client));
    });
  });
});

/** Two mailboxes of 25 make 2 batches each; JSON batches hold any mailbox. */
function expectedPosts(client: string): number {
  return client.includes("Graph") || client === "PnPjs" ? 3 : 4;
}
