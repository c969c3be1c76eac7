import process from "node:process";
import { median } from "../statistics.ts";
import type { Case } from "./cases.ts";
import type { Client, Request } from "./client.ts";
import { CLIENTS } from "./clients.ts";

/** One client against one server, in a process of its own: prints time, CPU, memory and POSTs of one run. */
const [client, origin, text, budget] = process.argv.slice(2) as [string, string, string, string];
const { operations, mailboxes, latencyMs, answerBytes, isCold } = JSON.parse(text) as Case;
const BUDGET_MS = Number(budget ?? 2000);

const control = async (path: string) => (await fetch(`${origin}/control/${path}`)).text();

function requestsOf(length: number): readonly Request[] {
  return Array.from({ length }, (_, at) => ({
    url: `messages/${at}`,
    context: mailboxes === 1 ? undefined : `users('user${at % mailboxes}@contoso.com')`,
  }));
}

async function warmUp(run: Client): Promise<void> {
  const requests = requestsOf(2000);
  await control("latency/0");
  const start = performance.now();
  while (performance.now() - start < BUDGET_MS) await run(requests);
}

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly posts: number;
}

async function sample(
  run: Client,
  requests: readonly Request[],
): Promise<Sample> {
  await control("posts");
  const before = process.cpuUsage();
  const start = performance.now();
  const answered = await run(requests);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  if (answered !== operations) throw new Error(`${answered} of ${operations} were answered`);
  return { wallMs, cpuMs: (user + system) / 1e3, posts: Number(await control("posts")) };
}

const run = await CLIENTS[client]!(origin);
await control(`bytes/${answerBytes}`);
if (isCold !== true) await warmUp(run);
await control(`latency/${latencyMs}`);
const requests = requestsOf(operations);
const samples: Sample[] = [];
let spentMs = 0;
while (samples.length === 0 || isCold !== true && spentMs < BUDGET_MS) {
  samples.push(await sample(run, requests));
  spentMs += samples.at(-1)!.wallMs;
}
console.log(JSON.stringify({
  wallMs: median(samples.map(({ wallMs }) => wallMs)),
  cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
  posts: median(samples.map(({ posts }) => posts)),
  peakMb: process.resourceUsage().maxRSS / 1024,
  latencyMs,
}));
process.exit(0);
