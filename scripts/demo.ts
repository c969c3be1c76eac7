/**
 * The main job, on a fake Outlook that listens on this machine: read, file and flag every message of three mailboxes,
 * write and send 50 drafts in order, with some requests failing on purpose. Then the same job without batches, and a line
 * that holds our results against the server's own book.
 *
 *   npm run demo [-- --seed 7 --trace trace.json --picture timeline.svg]        deno task demo
 */
import { batchOutlook } from "@rxbatch/rxbatch";
import { fakeOutlook, type FakeService, type Fault } from "@rxbatch/rxbatch/testing";
import Table from "cli-table3";
import { parseArgs } from "node:util";
import { MailJob } from "./demo/mail_job.ts";
import { oneByOne } from "./demo/one_by_one.ts";
import { drawPictures } from "./demo/pictures.ts";
import { prove, tell } from "./demo/proof.ts";
import { type Run, runShown } from "./demo/run.ts";
import { DRAFTS, FAULTS, LATENCY_MS, listening, MAILBOXES, RETRY, SEEDED } from "./demo/scene.ts";
import { both, Trace } from "./demo/trace.ts";

const CONNECTIONS = 4;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    trace: { type: "string" },
    picture: { type: "string" },
  },
});
const seed = Number(values.seed);
const trace = values.trace === undefined ? undefined : new Trace();

const batched = await listening(outlookWith(FAULTS), async (outlook, { baseUrl }) => {
  const job = new MailJob(MAILBOXES, DRAFTS, { inOneGo: true });
  const options = { baseUrl, token: outlook.token, retry: RETRY };
  const done = await runShown("batched   ", job.start(), (shown) => {
    const events = trace === undefined ? shown : both(shown, trace.events);
    return batchOutlook({ ...options, events });
  });
  return { run: done, posts: outlook.posts, proof: prove(done, job.chains, outlook) };
});
const single = await listening(outlookWith([]), (outlook, { baseUrl }) => {
  const job = new MailJob(MAILBOXES, DRAFTS, { inOneGo: false });
  return runShown("one by one", job.start(), () => oneByOne(baseUrl, outlook.token, CONNECTIONS));
});

show(batched.run, batched.posts, single);
tell(batched.proof);
if (trace !== undefined) await trace.writeTo(values.trace!);
if (values.picture !== undefined) await drawPictures(values.picture, seed, CONNECTIONS);

function outlookWith(faults: readonly Fault[]): FakeService {
  return fakeOutlook({ seed, faults, latencyMs: LATENCY_MS, mailboxes: SEEDED });
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
