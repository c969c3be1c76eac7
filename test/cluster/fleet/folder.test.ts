import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Effect, Layer } from "effect";
import { afterEach, describe, expect, it, vi } from "vitest";
import { embedded } from "../../../src/cluster.ts";
import { fakeGraph, type FakeService } from "../../../src/testing.ts";
import { root } from "../../support/sources.ts";

const PROGRAM = fileURLToPath(new URL("folder_program.ts", import.meta.url));
/** A database is made, and two processes start. */
const TIMEOUT_MS = 90_000;

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Line = Readonly<Record<string, unknown>>;

/** The program, with what it has said so far. */
class Program {
  /** What became of mails, by subject. */
  readonly told = new Map<unknown, Line>();
  /** What it says of its mailbox. */
  state: Line = {};
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<number | null>;

  constructor(folder: string, { baseUrl, token }: { baseUrl: string; token: string }) {
    const flags = process.versions["deno"] === undefined ? ["--import", "tsx"] : ["run", "-A"];
    this.#child = spawn(process.execPath, [...flags, PROGRAM, folder, baseUrl, token], {
      cwd: root,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#ended = new Promise((resolve) => this.#child.once("exit", resolve));
    createInterface(this.#child.stdout).on("line", (text) => {
      const line = JSON.parse(text) as Line;
      if ("queued" in line) this.state = line;
      else this.told.set(line["subject"], line);
    });
    ends.push(async () => void await this.kill());
  }

  say(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Asks until so many wait. */
  async queued(count: number): Promise<void> {
    await so(() => {
      this.say("?");
      return this.state["queued"] === count;
    });
  }

  kill(): Promise<number | null> {
    this.#child.kill("SIGKILL");
    return this.#ended;
  }

  end(): Promise<number | null> {
    this.#child.stdin.end();
    return this.#ended;
  }
}

/** Another process has to get so far. */
function so(isSo: () => boolean): Promise<boolean> {
  return vi.waitUntil(isSo, { timeout: TIMEOUT_MS, interval: 50 });
}

async function listening(): Promise<{ service: FakeService; baseUrl: string; token: string }> {
  const service = fakeGraph();
  const { baseUrl, close } = await service.listen();
  ends.push(close);
  return { service, baseUrl, token: service.token };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rxbatch-folder-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("a fleet in a folder", () => {
  it("goes on where its process was killed, and doubles nothing", async () => {
    const folder = await newFolder();
    const { service, ...server } = await listening();
    const killed = new Program(folder, server);
    killed.say("answered");
    await so(() => killed.told.has("answered"));
    service.next({ name: "latency", ms: Infinity });
    killed.say("lost");
    await so(() => service.posts === 2);
    killed.say("waiting");
    await killed.queued(1);
    await killed.kill();

    const next = new Program(folder, server);
    await so(() => service.posts === 3); // nobody has asked for it again
    for (const subject of ["answered", "lost", "waiting"]) next.say(subject);
    await so(() => next.told.size === 3);
    expect(next.told.get("answered")).toEqual(killed.told.get("answered"));
    expect(next.told.get("lost")).toMatchObject({ error: "NotExecutedError", certain: false });
    expect(next.told.get("waiting")).toMatchObject({ id: expect.any(String) });
    expect([service.posts, service.ledger.received()]).toEqual([3, 3]);
    expect(await next.end()).toBe(0);
  }, TIMEOUT_MS);

  it("is one process's at a time, and that of the next when it ends", async () => {
    const folder = await newFolder();
    const open = Effect.scoped(Effect.as(Layer.build(embedded({ folder })), "opened"));
    const twice = Effect.scoped(
      Effect.andThen(Layer.build(embedded({ folder })), Effect.flip(open)),
    );
    const refused = await Effect.runPromise(twice);
    expect(refused).toMatchObject({ _tag: "FolderError" });
    expect(refused.message).toContain(`current value is process ${process.pid}, which runs`);
    expect(await Effect.runPromise(open)).toBe("opened");
  }, TIMEOUT_MS);
});
