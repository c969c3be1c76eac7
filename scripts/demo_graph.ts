/**
 * The job of `npm run demo` on a fake Graph: read, file and flag every message of three mailboxes, write and send 50
 * drafts in order, with some requests failing on purpose. Then the reads alone, beside the same reads in batches of
 * Microsoft's own client: without failures, and with the same ones, which that client leaves to its users. Then that client
 * a call each, alone and through `batchingFetch()`: the same code, with another fetch below it.
 *
 *   npm run demo:graph [-- --seed 7]        deno task demo:graph
 */
import { batchGraph, batchingFetch, createGraphBatcher, get } from "@rxbatch/rxbatch";
import { fakeGraph, type FakeService, type Fault } from "@rxbatch/rxbatch/testing";
import Table from "cli-table3";
import { parseArgs } from "node:util";
import { graphDialect } from "./demo/dialect.ts";
import { type ClientRun, readByClient } from "./demo/graph_client.ts";
import { MailJob } from "./demo/mail_job.ts";
import { prove, tell } from "./demo/proof.ts";
import { readUnchanged } from "./demo/unchanged_client.ts";
import { run, runShown } from "./demo/run.ts";
import { DRAFTS, FAULTS, LATENCY_MS, listening, MAILBOXES, RETRY, SEEDED } from "./demo/scene.ts";

/** For each operation of a batch, in its mailbox: four of a batch at a time. */
const WORK_MS = 1;

/** The same reads, ours and theirs. */
interface Comparison {
  readonly ours: ClientRun;
  readonly theirs: ClientRun;
}

const { values } = parseArgs({ options: { seed: { type: "string", default: "1" } } });
const seed = Number(values.seed);

const job = await listening(graphWith(FAULTS), async (graph, { baseUrl }) => {
  const mail = new MailJob(MAILBOXES, DRAFTS, { inOneGo: true, dialect: graphDialect });
  const options = { baseUrl, token: graph.token, retry: RETRY };
  const done = await runShown(
    "the job",
    mail.start(),
    (events) => batchGraph({ ...options, events }),
  );
  return { ...done, posts: graph.posts, proof: prove(done, mail.chains, graph) };
});
// Neither pays for being loaded and compiled.
await compareReads([]);
const atEase = await compareReads([]);
const troubled = await compareReads(FAULTS);
const unchanged = await compareUnchanged();

const table = new Table({ style: { border: [] } });
table.push(
  ["operations", job.submitted],
  ["batch POSTs", job.posts],
  ["operations per POST", (job.submitted / job.posts).toFixed(1)],
  ["failures, on purpose", job.results.filter(({ ok }) => !ok).length],
  ["time", seconds(job.durationMs)],
  ["the reads alone, beside\nmicrosoft-graph-client", told(atEase)],
  ["the same, with failures", told(troubled)],
  ["that client unchanged,\na call each, alone", unchanged.alone],
  ["the same code,\nthrough batchingFetch()", unchanged.batched],
);
console.log(table.toString());
tell(job.proof);

async function compareReads(faults: readonly Fault[]): Promise<Comparison> {
  const ours = await listening(graphWith(faults), async (graph, { baseUrl }) => {
    const reads = urlsIn(graph).flat().map((url) => ({ operation: get(url) }));
    const operator = batchGraph({ baseUrl, token: graph.token, retry: RETRY });
    const { results, durationMs } = await run(reads, operator, () => {});
    return { failed: results.filter(({ ok }) => !ok).length, durationMs };
  });
  const theirs = await listening(
    graphWith(faults),
    (graph, { url }) => readByClient(url, graph.token, urlsIn(graph)),
  );
  return { ours, theirs };
}

/** Microsoft's client as any program uses it, with a plain fetch below it and with ours. */
async function compareUnchanged(): Promise<{ readonly alone: string; readonly batched: string }> {
  const line = ({ failed, durationMs }: ClientRun, count: number, what: string) =>
    `${seconds(durationMs)}, ${failed} failed, ${count} ${what}`;
  const alone = await listening(graphWith([]), async (graph, { baseUrl }) => {
    const headers = { Authorization: `Bearer ${graph.token}` };
    const urls = urlsIn(graph).flat();
    const ran = await readUnchanged(baseUrl, urls, (request) => fetch(request, { headers }));
    return line(ran, urls.length, "requests");
  });
  const batched = await listening(graphWith([]), async (graph, { baseUrl }) => {
    await using batcher = createGraphBatcher({ baseUrl, token: graph.token, retry: RETRY });
    const ran = await readUnchanged(baseUrl, urlsIn(graph).flat(), batchingFetch(batcher));
    return line(ran, graph.posts, "POSTs");
  });
  return { alone, batched };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function told({ ours, theirs }: Comparison): string {
  const line = ({ failed, durationMs }: ClientRun) => `${seconds(durationMs)}, ${failed} failed`;
  const ratio = (ours.durationMs / theirs.durationMs).toFixed(2);
  return `${line(ours)}; theirs ${line(theirs)} (ratio ${ratio})`;
}

function graphWith(faults: readonly Fault[]): FakeService {
  return fakeGraph({
    seed,
    faults,
    latencyMs: LATENCY_MS,
    workMs: WORK_MS,
    mailboxes: SEEDED,
  });
}

/** Every message of each mailbox, below the version. */
function urlsIn(graph: FakeService): string[][] {
  return MAILBOXES.map((address) =>
    graph.items(address, "messages").map(({ id }) => `/users/${address}/messages/${id}`)
  );
}
