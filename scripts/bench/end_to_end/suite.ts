import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Runtime } from "../child.ts";
import { measureInTurns, type Measurement } from "../interleaved.ts";
import { markdownTable, shown } from "../table.ts";
import { IN_FLIGHT } from "./client.ts";
import { CLIENTS } from "./clients.ts";

interface Case {
  readonly operations: number;
  readonly mailboxes: number;
  readonly latencyMs: number;
}

const CASES: readonly Case[] = [
  { operations: 2000, mailboxes: 1, latencyMs: 0 },
  { operations: 2000, mailboxes: 1000, latencyMs: 0 },
  { operations: 2000, mailboxes: 1, latencyMs: 5 },
  { operations: 2000, mailboxes: 1, latencyMs: 50 },
  { operations: 2000, mailboxes: 1000, latencyMs: 5 },
  { operations: 2000, mailboxes: 1000, latencyMs: 50 },
  { operations: 100_000, mailboxes: 1, latencyMs: 0 },
  { operations: 100_000, mailboxes: 1000, latencyMs: 0 },
  { operations: 100_000, mailboxes: 1, latencyMs: 5 },
  { operations: 100_000, mailboxes: 1, latencyMs: 50 },
];

/** What takes minutes and shows nothing new: one by one through a latency, and vendors on 100,000. */
function isTooSlow(candidate: string, { operations, latencyMs }: Case): boolean {
  if (operations < 1e5) return false;
  if (latencyMs === 50) return candidate !== "rxbatch on undici" && candidate !== "floor";
  const isOneByOne = candidate.startsWith("single");
  return isOneByOne && latencyMs > 0 || candidate === "PnPjs";
}

/** Everything on loopback, against a server in a process of its own. */
export async function measureEndToEnd(
  runtime: Runtime,
  { rounds, isQuick }: { readonly rounds: number; readonly isQuick: boolean },
): Promise<Measurement[]> {
  const script = fileURLToPath(new URL("server.ts", import.meta.url));
  const server = spawn(process.execPath, ["--import", "tsx", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = await once(server.stdout, "data");
    const origin = `http://127.0.0.1:${String(port).trim()}`;
    const all: Measurement[] = [];
    for (const one of isQuick ? CASES.slice(0, 2) : CASES) {
      const title = titleOf(one);
      console.error(`end to end, ${runtime}: ${title}`);
      const candidates = Object.keys(CLIENTS).filter((candidate) =>
        !isTooSlow(candidate, one) && !(runtime === "deno" && candidate === "PnPjs")
      );
      all.push(
        ...await measureInTurns({ suite: "end to end", runtime, title }, candidates, {
          script: "end_to_end/run.ts",
          rounds: one.latencyMs > 0 || one.operations > 1e4 ? 1 : rounds,
          args: (candidate) => [
            candidate,
            origin,
            ...[one.operations, one.mailboxes, one.latencyMs].map(String),
            isQuick ? "300" : "1500",
          ],
        }),
      );
    }
    return all;
  } finally {
    server.kill();
  }
}

function titleOf({ operations, mailboxes, latencyMs }: Case): string {
  const lanes = mailboxes === 1 ? "one mailbox" : "1,000 mailboxes";
  const limitMs = mailboxes === 1
    ? Math.ceil(operations / 20) / IN_FLIGHT * latencyMs
    : mailboxes * Math.ceil(operations / mailboxes / 20) / IN_FLIGHT * latencyMs;
  const limit = latencyMs === 0 ? "" : `, limit ${limitMs.toLocaleString("en-US")} ms`;
  return `${operations.toLocaleString("en-US")} operations, ${lanes}, ${latencyMs} ms${limit}`;
}

/** One table each case, with the ratio to the floor in brackets. */
export function endToEndTables(measurements: readonly Measurement[]): string {
  const titles = [...new Set(measurements.map(({ title }) => title))];
  return titles.map((title) => {
    const group = measurements.filter((one) => one.title === title);
    const floor = group.find(({ candidate }) => candidate === "floor")?.numbers;
    const ratio = (numbers: Measurement["numbers"], name: "wallMs" | "cpuMs") => {
      const value = numbers?.[name];
      const least = floor?.[name];
      if (value === undefined || least === undefined) return shown(value);
      return `${shown(value)} (${(value / least).toFixed(2)}×)`;
    };
    const operations = Number(title.split(" ")[0]!.replaceAll(",", ""));
    const rows = group.map(({ candidate, numbers }) => [
      candidate,
      ratio(numbers, "wallMs"),
      ratio(numbers, "cpuMs"),
      shown(numbers?.["peakMb"]),
      numbers === undefined ? "–" : numbers["posts"]!.toLocaleString("en-US"),
      shown(operations / (numbers?.["posts"] ?? NaN)),
    ]);
    const head = ["", "wall ms", "CPU ms", "peak MB", "requests", "operations a request"];
    return `**${title}**\n\n${markdownTable(head, rows)}`;
  }).join("\n\n");
}
