/**
 * The job of `npm run demo` on a fake Graph: read, file and flag every message of three mailboxes, write and send 50
 * drafts in order, with some requests failing on purpose. Then the reads alone, beside the same reads in batches of
 * Microsoft's own client: without failures, and with the same ones, which that client leaves to its users.
 *
 *   npm run demo:graph [-- --seed 7]        deno task demo:graph
 */
import { batchGraph, get } from "@rxbatch/rxbatch";
import { fakeGraph, type FakeServer, type FakeService, type Fault } from "@rxbatch/rxbatch/testing";
import Table from "cli-table3";
import process from "node:process";
import { parseArgs } from "node:util";
import { graphDialect } from "./demo/dialect.ts";
import { type ClientRun, readByClient } from "./demo/graph_client.ts";
import { MailJob } from "./demo/mail_job.ts";
import { prove } from "./demo/proof.ts";
import { run } from "./demo/run.ts";
import { Progress } from "./demo/show.ts";

const MAILBOXES = ["danas@contoso.com", "rufus@contoso.com", "vera@contoso.com"];
const MESSAGES = 320;
const DRAFTS = 50;
/** What a batch takes on its way, and a mailbox for each operation: four of a batch at a time. */
const [LATENCY_MS, WORK_MS] = [[4, 12], 1] as const;
/** Throttled parts, parts that the gateway gave up on, and whole batches refused. */
const FAULTS: readonly Fault[] = [
  { name: "status", status: 429, on: "part", probability: 0.01, times: 15, retryAfter: 0.05 },
  { name: "status", status: 503, on: "part", probability: 0.01, times: 15 },
  { name: "status", status: 429, probability: 0.02, times: 3, retryAfter: 0.1 },
];
const RETRY = { baseDelayMs: 50, maxRetries: 8 };

/** The same reads, ours and theirs. */
interface Comparison {
  readonly ours: ClientRun;
  readonly theirs: ClientRun;
}

const { values } = parseArgs({ options: { seed: { type: "string", default: "1" } } });
const seed = Number(values.seed);

const job = await withGraph(FAULTS, async (graph, { baseUrl }) => {
  const mail = new MailJob(MAILBOXES, DRAFTS, { inOneGo: true, dialect: graphDialect });
  const progress = new Progress("the job");
  const done = await run(
    mail.start(),
    batchGraph({ baseUrl, token: graph.token, retry: RETRY }),
    progress.update,
  );
  progress.stop();
  return { ...done, posts: graph.posts, proof: prove(done, mail.chains, graph) };
});
// Neither pays for being loaded and compiled.
await compareReads([]);
const atEase = await compareReads([]);
const troubled = await compareReads(FAULTS);

const table = new Table({ style: { border: [] } });
table.push(
  ["operations", job.submitted],
  ["batch POSTs", job.posts],
  ["operations per POST", (job.submitted / job.posts).toFixed(1)],
  ["failures, on purpose", job.results.filter(({ ok }) => !ok).length],
  ["time", seconds(job.durationMs)],
  ["the reads alone, beside\nmicrosoft-graph-client", told(atEase)],
  ["the same, with failures", told(troubled)],
);
console.log(table.toString());
const { lost, doubled, outOfOrder } = job.proof;
const isTrue = lost === 0 && doubled === 0 && outOfOrder === 0;
console.log(
  `proof, from the server's own count: ${lost} lost, ${doubled} doubled, ${outOfOrder} out of order: ${
    isTrue ? "nothing was lost, doubled or out of order" : "FALSE"
  }`,
);
if (!isTrue) process.exitCode = 1;

async function compareReads(faults: readonly Fault[]): Promise<Comparison> {
  const ours = await withGraph(faults, async (graph, { baseUrl }) => {
    const reads = urlsIn(graph).flat().map((url) => ({ operation: get(url) }));
    const operator = batchGraph({ baseUrl, token: graph.token, retry: RETRY });
    const { results, durationMs } = await run(reads, operator, () => {});
    return { failed: results.filter(({ ok }) => !ok).length, durationMs };
  });
  const theirs = await withGraph(
    faults,
    (graph, { url }) => readByClient(url, graph.token, urlsIn(graph)),
  );
  return { ours, theirs };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function told({ ours, theirs }: Comparison): string {
  const line = ({ failed, durationMs }: ClientRun) => `${seconds(durationMs)}, ${failed} failed`;
  const ratio = (ours.durationMs / theirs.durationMs).toFixed(2);
  return `${line(ours)}; theirs ${line(theirs)} (ratio ${ratio})`;
}

async function withGraph<T>(
  faults: readonly Fault[],
  work: (graph: FakeService, server: FakeServer) => Promise<T>,
): Promise<T> {
  const graph = fakeGraph({
    seed,
    faults,
    latencyMs: LATENCY_MS,
    workMs: WORK_MS,
    mailboxes: Object.fromEntries(MAILBOXES.map((address) => [address, { messages: MESSAGES }])),
  });
  const server = await graph.listen();
  try {
    return await work(graph, server);
  } finally {
    await server.close();
  }
}

/** Every message of each mailbox, below the version. */
function urlsIn(graph: FakeService): string[][] {
  return MAILBOXES.map((address) =>
    graph.items(address, "messages").map(({ id }) => `/users/${address}/messages/${id}`)
  );
}
