/**
 * The main job, on a fake Outlook that listens on this machine: read, file and flag every message of three mailboxes,
 * write and send 50 drafts in order, with some requests failing on purpose. Then the same job without batches, and a line
 * that holds our results against the server's own book.
 *
 *   npm run demo [-- --seed 7]        deno task demo
 */
import { batchOutlook } from "@rxbatch/rxbatch";
import { fakeOutlook, type FakeService, type Fault } from "@rxbatch/rxbatch/testing";
import Table from "cli-table3";
import process from "node:process";
import { parseArgs } from "node:util";
import { MailJob } from "./demo/mail_job.ts";
import { oneByOne } from "./demo/one_by_one.ts";
import { type Proof, prove } from "./demo/proof.ts";
import { type Run, run } from "./demo/run.ts";
import { Progress } from "./demo/show.ts";

const MAILBOXES = ["danas@contoso.com", "rufus@contoso.com", "vera@contoso.com"];
const MESSAGES = 320;
const DRAFTS = 50;
const CONNECTIONS = 4;
/** What a mailbox server takes to answer, whether to one request or to a batch. */
const LATENCY_MS = [4, 12] as const;
/** Throttled parts, parts that the gateway gave up on, and whole batches refused. */
const FAULTS: readonly Fault[] = [
  { name: "status", status: 429, on: "part", probability: 0.01, times: 15, retryAfter: 0.05 },
  { name: "status", status: 503, on: "part", probability: 0.01, times: 15 },
  { name: "status", status: 429, probability: 0.02, times: 3, retryAfter: 0.1 },
];

const { values } = parseArgs({ options: { seed: { type: "string", default: "1" } } });
const seed = Number(values.seed);

const batched = await withOutlook(FAULTS, async (outlook, baseUrl) => {
  const job = new MailJob(MAILBOXES, DRAFTS, { inOneGo: true });
  const progress = new Progress("batched   ");
  const done = await run(
    job.start(),
    batchOutlook({ baseUrl, token: outlook.token, retry: { baseDelayMs: 50, maxRetries: 8 } }),
    progress.update,
  );
  progress.stop();
  return { run: done, posts: outlook.posts, proof: prove(done, job.chains, outlook) };
});
const single = await withOutlook([], async (outlook, baseUrl) => {
  const job = new MailJob(MAILBOXES, DRAFTS, { inOneGo: false });
  const progress = new Progress("one by one");
  const operator = oneByOne(baseUrl, outlook.token, CONNECTIONS);
  const done = await run(job.start(), operator, progress.update);
  progress.stop();
  return done;
});

show(batched.run, batched.posts, single);
tell(batched.proof);

async function withOutlook<T>(
  faults: readonly Fault[],
  work: (outlook: FakeService, baseUrl: string) => Promise<T>,
): Promise<T> {
  const outlook = fakeOutlook({
    seed,
    faults,
    latencyMs: LATENCY_MS,
    mailboxes: Object.fromEntries(MAILBOXES.map((address) => [address, { messages: MESSAGES }])),
  });
  const server = await outlook.listen();
  try {
    return await work(outlook, server.baseUrl);
  } finally {
    await server.close();
  }
}

function show(run: Run, posts: number, single: Run): void {
  const failures = new Map<string, number>();
  for (const result of run.results) {
    if (result.ok) continue;
    const { error } = result;
    const kind = error._tag === "ResponseError" ? `${error._tag} ${error.status}` : error._tag;
    failures.set(kind, (failures.get(kind) ?? 0) + 1);
  }
  const table = new Table({ style: { border: [] } });
  table.push(
    ["operations", run.submitted],
    ["batch POSTs", posts],
    ["operations per POST", (run.submitted / posts).toFixed(1)],
    ["failures, on purpose", [...failures].map(([kind, n]) => `${n} × ${kind}`).join("\n")],
    ["time", `${(run.durationMs / 1000).toFixed(2)} s`],
    [
      `one by one, ${CONNECTIONS} connections`,
      `${(single.durationMs / 1000).toFixed(2)} s for ${single.submitted} operations (${
        (single.durationMs / run.durationMs).toFixed(1)
      } times as long)`,
    ],
  );
  console.log(table.toString());
}

function tell({ lost, doubled, outOfOrder }: Proof): void {
  const isTrue = lost === 0 && doubled === 0 && outOfOrder === 0;
  console.log(
    `proof, from the server's own count: ${lost} lost, ${doubled} doubled, ${outOfOrder} out of order: ${
      isTrue ? "nothing was lost, doubled or out of order" : "FALSE"
    }`,
  );
  if (!isTrue) process.exitCode = 1;
}
