import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Program } from "../support/program.ts";

const SLOW_MS = 120_000;

describe("the example sync_mailboxes, as a process", () => {
  it(
    "lets pages under way come in at SIGINT, and goes on behind the last one kept",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "rxbatch-sync-"));
      try {
        const journal = join(folder, "pages.jsonl");
        const linesOf = () => readFileSync(journal, "utf8").trimEnd().split("\n");

        await using first = new Program("examples/sync_mailboxes.ts", {
          args: [journal],
        });
        await first.printed(/\d+ pages, \d+ a second/);
        first.interrupt();
        expect(await first.ended(), first.output).toBe(0);
        const stopped = Number(
          (await first.printed(/stopped: (\d+) messages, 0 twice/))[1],
        );
        expect(stopped).toBeGreaterThan(0);
        expect(stopped).toBeLessThan(2000);
        expect(linesOf()).toHaveLength(stopped / 10);

        await using second = new Program("examples/sync_mailboxes.ts", {
          args: [journal],
        });
        expect(await second.ended(), second.output).toBe(0);
        await second.printed(
          new RegExp(`^${stopped / 10} pages were kept before`),
        );
        await second.printed(/done: 2000 messages, 0 twice/);
        // Nothing was read again: a line each page.
        expect(linesOf()).toHaveLength(200);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    SLOW_MS,
  );
});

describe("the example web_server", () => {
  it(
    "gives each person his own mail out of one batcher, and ends when it is told to",
    async () => {
      await using server = new Program("examples/web_server.ts");
      const [url] = await server.printed(/http:\S+/);
      const countsOf = async (session: string) => {
        const response = await fetch(url!, {
          headers: { cookie: `session=${session}` },
        });
        return response.status === 200 ? await response.json() : response.status;
      };
      const sessions = [
        "annas-session",
        "ottos-session",
        "annas-session",
        "nobodys",
      ];
      expect(await Promise.all(sessions.map(countsOf))).toEqual([
        { messages: 3, folders: 4 },
        { messages: 5, folders: 4 },
        { messages: 3, folders: 4 },
        401,
      ]);
      server.interrupt();
      expect(await server.ended(), server.output).toBe(0);
      expect(Number((await server.printed(/(\d+) batches/))[1]))
        .toBeLessThanOrEqual(3);
    },
    SLOW_MS,
  );
});

describe("the example azure_identity", () => {
  it(
    "asks a credential of @azure/identity once for a whole batch",
    async () => {
      await using program = new Program("examples/azure_identity.ts");
      expect(await program.ended(), program.output).toBe(0);
      expect(program.output).toBe("20 answers, 1 batch, 1 token\n");
    },
    SLOW_MS,
  );
});

describe("the example nest", () => {
  it(
    "is injected, shared by all who ask, and closed with the application",
    async () => {
      await using program = new Program("examples/nest/main.ts", {
        tsconfig: "examples/nest/tsconfig.json",
      });
      expect(await program.ended(), program.output).toBe(0);
      expect(program.output).toBe("21 subjects, 1 batch\n");
    },
    SLOW_MS,
  );
});
