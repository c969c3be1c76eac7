import { batchOutlook } from "@rxbatch/rxbatch";
import { fakeOutlook } from "@rxbatch/rxbatch/testing";
import { writeFile } from "node:fs/promises";
import { MailJob } from "./mail_job.ts";
import { oneByOne } from "./one_by_one.ts";
import { drawTimeline } from "./picture.ts";
import { run } from "./run.ts";
import { LATENCY_MS, listening, MAILBOXES, RETRY } from "./scene.ts";
import { Timeline } from "./timeline.ts";

/** Little enough for each POST to be seen. */
const MESSAGES = 12;
const DRAFTS = 6;

/**
 * Does a small part of the job twice, in batches with one of them throttled, and one by one, and draws both on one scale:
 * `timeline.svg` and `timeline_one_by_one.svg`.
 */
export async function drawPictures(path: string, seed: number, connections: number): Promise<void> {
  const batched = new Timeline();
  const mailboxes = Object.fromEntries(MAILBOXES.map((one) => [one, { messages: MESSAGES }]));
  const script = [[], [], [], { name: "status", status: 429, retryAfter: 0.04 } as const];
  const fake = { seed, mailboxes, latencyMs: LATENCY_MS };
  const job = (inOneGo: boolean) => new MailJob(MAILBOXES, DRAFTS, { inOneGo }).start();
  const ours = await listening(fakeOutlook({ ...fake, script }), (outlook, { baseUrl }) => {
    const options = { baseUrl, token: outlook.token, retry: RETRY, events: batched.events };
    return run(job(true), batchOutlook(options), () => {});
  });
  const single = new Timeline();
  const theirs = await listening(fakeOutlook(fake), (outlook, { baseUrl }) => {
    const operator = oneByOne(baseUrl, outlook.token, connections, () => single.request());
    return run(job(false), operator, () => {});
  });
  const endMs = Math.max(...[...batched.bars, ...single.bars].map((bar) => bar.endMs));
  const posts = batched.bars.filter(({ kind }) => kind === "post").length;
  const other = path.replace(/(\.svg)?$/, "_one_by_one.svg");
  const titles = [
    `batched: ${ours.submitted} operations in ${posts} POSTs, one of them throttled`,
    `one by one: ${theirs.submitted} requests on ${connections} connections`,
  ] as const;
  await writeFile(path, drawTimeline(titles[0], batched.bars, endMs));
  await writeFile(other, drawTimeline(titles[1], single.bars, endMs));
  console.log(`pictures of a small part of it are in ${path} and ${other}`);
}
