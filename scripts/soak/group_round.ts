import {
  type AnyOperation,
  atomic,
  type BatchError,
  createODataBatcher,
  get,
  type Operation,
  post,
  put,
  type Transport,
} from "@rxbatch/rxbatch";
import { fakeOData, type FakeODataService, type Fault } from "@rxbatch/rxbatch/testing";
import type { Draw } from "./workload.ts";

const ROUND_SIZE = 120;
const FAULTS: readonly Fault[] = [
  { name: "status", status: 429, on: "part", probability: 0.02, retryAfter: 0.02 },
  { name: "status", status: 503, on: "part", probability: 0.02 },
  { name: "status", status: 409, on: "part", probability: 0.02 },
  { name: "status", status: 401, probability: 0.02 },
  { name: "status", status: 413, probability: 0.02 },
  { name: "status", status: 500, probability: 0.02, carriedOut: true },
  { name: "html", probability: 0.02 },
  { name: "reset", probability: 0.03 },
  { name: "reset", at: "after", probability: 0.03 },
  { name: "lost", probability: 0.03 },
  { name: "cut", probability: 0.03 },
  { name: "drip", bytes: 300, probability: 0.02 },
  { name: "foreign", probability: 0.02 },
  { name: "gzip", probability: 0.02 },
];

/** A group, or a read beside it (of no members), and what its subscriber saw. */
interface GroupJob {
  readonly operation: AnyOperation;
  /** By which its members are known in the ledger, and in what they write. */
  readonly tags: readonly string[];
  readonly isUnsafe: boolean;
  readonly leavesAfterMs: number | undefined;
  ends: number;
  isAnswered: boolean;
  hasLeft: boolean;
  error: BatchError | undefined;
}

/** What a round of groups came to; `wrong` is empty when nothing of a group was half done by us. */
export interface GroupRound {
  readonly answered: number;
  readonly failed: number;
  readonly left: number;
  readonly posts: number;
  readonly wrong: readonly string[];
}

/** Random groups over real HTTP, held against the store and the ledger of an OData service that rolls back. */
export async function groupRound(draw: Draw, transport: Transport): Promise<GroupRound> {
  const odata = fakeOData({
    seed: draw(2 ** 31),
    faults: FAULTS,
    latencyMs: [0, 5],
    failedGroup: draw(2) === 0 ? "part" : "nested",
    entitySets: { Orders: { items: 0 }, Things: { items: ROUND_SIZE * 4 } },
  });
  const server = await odata.listen();
  const batcher = createODataBatcher({
    baseUrl: server.baseUrl,
    token: () => Promise.resolve(odata.token),
    transport,
    format: draw(2) === 0 ? "multipart" : "json",
    continueOnError: draw(2) === 0,
    maxBatchSize: 20,
    retry: { baseDelayMs: 20, maxRetries: 5 },
    timeoutMs: 5_000,
  });
  const jobs: GroupJob[] = [];
  for (let number = 0; number < ROUND_SIZE; number++) {
    const job = drawJob(number, jobs, draw);
    jobs.push(job);
    const subscription = batcher.send(job.operation).subscribe({
      next: () => job.isAnswered = true,
      error: (error: BatchError) => {
        job.error = error;
        job.ends++;
      },
      complete: () => job.ends++,
    });
    if (job.leavesAfterMs === undefined) continue;
    setTimeout(() => {
      job.hasLeft = job.ends === 0;
      subscription.unsubscribe();
    }, job.leavesAfterMs);
  }
  await batcher.close();
  await server.close();
  const written = new Map<unknown, number>();
  for (const { tag } of [...odata.items("Orders"), ...odata.items("Things")]) {
    written.set(tag, (written.get(tag) ?? 0) + 1);
  }
  return {
    answered: jobs.filter(({ isAnswered }) => isAnswered).length,
    failed: jobs.filter(({ error }) => error !== undefined).length,
    left: jobs.filter(({ hasLeft }) => hasLeft).length,
    posts: odata.posts,
    wrong: jobs.flatMap((job) => brokenGroup(job, written, odata)),
  };
}

function drawJob(number: number, before: readonly GroupJob[], draw: Draw): GroupJob {
  const need = draw(4) === 0 ? before[number - 1 - draw(20)] : undefined;
  const order = {
    dependsOn: need === undefined ? [] : [need.operation],
    orderingKey: draw(6) === 0 ? `key-${draw(5)}` : undefined,
  };
  const retry = draw(10) === 0 ? false as const : undefined;
  const tags = Array.from({ length: draw(5) }, (_, at) => `${number}-${at}`);
  const isCreation = tags.map(() => draw(2) === 0);
  const members = tags.map((tag, at): Operation => {
    const init = { retry, headers: { "client-request-id": tag } };
    return isCreation[at]
      ? post("Orders", { tag }, init)
      : put(`Things(${number * 4 + at + 1})`, { tag }, init);
  });
  return {
    operation: members.length === 0 ? get("Orders?$top=1", order) : atomic(members, order),
    tags,
    isUnsafe: isCreation.includes(true),
    leavesAfterMs: draw(20) === 0 ? draw(100) : undefined,
    ends: 0,
    isAnswered: false,
    hasLeft: false,
    error: undefined,
  };
}

function brokenGroup(
  { tags, isUnsafe, ends, isAnswered, hasLeft, error }: GroupJob,
  written: ReadonlyMap<unknown, number>,
  { ledger }: FakeODataService,
): string[] {
  const found: string[] = [];
  const name = `group ${tags.join()}`;
  if (ends !== 1 && !(hasLeft && ends === 0)) found.push(`${name} ended ${ends} times`);
  for (const { post: number } of tags.flatMap((tag) => ledger.of(tag))) {
    const isWhole = tags.every((tag) => ledger.of(tag).some((entry) => entry.post === number));
    if (!isWhole) found.push(`${name} was in POST ${number} in part`);
  }
  const counts = tags.map((tag) => written.get(tag) ?? 0);
  if (new Set(counts).size > 1) found.push(`${name} was half done`);
  if (counts.some((count) => count > 1)) found.push(`${name} was done twice`);
  if (isAnswered && counts.includes(0)) found.push(`${name} was answered, and not done`);
  const isDenied = error?._tag === "DependencyError" ||
    (error?._tag === "ResponseError" && isUnsafe);
  if (isDenied && counts.some((count) => count > 0)) found.push(`${name} was denied, and done`);
  return found;
}
