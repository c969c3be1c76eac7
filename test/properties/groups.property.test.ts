import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AnyOperation,
  atomic,
  type AtomicOperation,
  type BatchError,
  createODataBatcher,
  del,
  fetchTransport,
  get,
  type Operation,
  post,
  put,
} from "../../mod.ts";
import { fakeOData, type Fault } from "../../src/testing.ts";
import { fuzz } from "../support/fuzz.ts";
import { VirtualTime } from "../support/virtual_time.ts";

/** One of a random program: a group of these members, or a read that goes beside them. */
interface Planned {
  readonly members: readonly ("create" | "replace" | "fail")[];
  /** How many places before it stands what it waits for; `undefined`: it waits for nothing. */
  readonly waitsFor: number | undefined;
  readonly key: number | undefined;
  readonly retry: false | undefined;
  readonly leavesAfterMs: number | undefined;
}

const planned: fc.Arbitrary<Planned> = fc.record({
  members: fc.array(fc.constantFrom("create", "create", "replace", "replace", "fail"), {
    maxLength: 4,
  }),
  waitsFor: fc.option(fc.nat({ max: 4 }), { nil: undefined, freq: 2 }),
  key: fc.option(fc.nat({ max: 1 }), { nil: undefined, freq: 2 }),
  retry: fc.option(fc.constant(false as const), { nil: undefined, freq: 5 }),
  leavesAfterMs: fc.option(fc.nat({ max: 6 }), { nil: undefined, freq: 5 }),
});

const FAULTS: readonly Fault[] = [
  { name: "status", status: 429, on: "part", retryAfter: 0.001 },
  { name: "status", status: 503, on: "part" },
  { name: "status", status: 409, on: "part" },
  { name: "status", status: 429, retryAfter: 0.001 },
  { name: "status", status: 401 },
  { name: "status", status: 413 },
  { name: "status", status: 400 },
  { name: "status", status: 500, carriedOut: true },
  { name: "status", status: 504, carriedOut: true },
  { name: "html" },
  { name: "reset" },
  { name: "reset", at: "after" },
  { name: "lost" },
  { name: "refuse" },
  { name: "cut" },
  { name: "drip", bytes: 50 },
  { name: "foreign" },
  { name: "duplicate" },
  { name: "boundary" },
];

const plans = fc.record({
  operations: fc.array(planned, { minLength: 1, maxLength: 12 }),
  faults: fc.subarray([...FAULTS.keys()]),
  probability: fc.constantFrom(0, 0.1, 0.3),
  format: fc.constantFrom("multipart", "json"),
  failedGroup: fc.constantFrom("part", "nested"),
  continueOnError: fc.boolean(),
  maxBatchSize: fc.constantFrom(4, 7, 100),
  changeSetsPerBatch: fc.constantFrom(undefined, 1, 2),
  seed: fc.nat(),
});

type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

/** One submission, and what became of it. */
interface Submission {
  readonly operation: AnyOperation;
  readonly group: AtomicOperation | undefined;
  /** By which its members are known in the ledger, and in what they write. */
  readonly tags: readonly string[];
  readonly members: Planned["members"];
  hasLeft: boolean;
  isAnswered: boolean;
  error: BatchError | undefined;
}

function submissionsOf({ operations }: Plan): Submission[] {
  const all: Submission[] = [];
  for (const [place, { members, waitsFor, key, retry }] of operations.entries()) {
    const need = waitsFor === undefined ? undefined : all[place - 1 - waitsFor];
    const order = {
      dependsOn: need === undefined ? [] : [need.operation],
      orderingKey: key === undefined ? undefined : `k${key}`,
    };
    const tags = members.map((_, at) => `${place}-${at}`);
    const made = members.map((kind, at): Operation => {
      const init = { retry, headers: { "client-request-id": tags[at]! } };
      if (kind === "create") return post("Orders", { tag: tags[at] }, init);
      if (kind === "fail") return del("Orders(999)", init);
      return put(`Things(${place * 4 + at + 1})`, { tag: tags[at] }, init);
    });
    const group = made.length === 0 ? undefined : atomic(made, order);
    const operation = group ?? get("Orders?$top=1", order);
    const fate = { hasLeft: false, isAnswered: false, error: undefined };
    all.push({ operation, group, tags, members, ...fate });
  }
  return all;
}

async function run(plan: Plan): Promise<void> {
  const { failedGroup, seed, probability, format, continueOnError } = plan;
  const { maxBatchSize, changeSetsPerBatch } = plan;
  const time = new VirtualTime();
  const odata = fakeOData({
    clock: time,
    latencyMs: [0, 4],
    seed,
    failedGroup,
    changeSetsPerBatch,
    faults: plan.faults.map((at) => ({ ...FAULTS[at]!, probability })),
    entitySets: { Orders: { items: 0 }, Things: { items: 48 } },
  });
  const batcher = createODataBatcher({
    baseUrl: odata.baseUrl,
    token: () => odata.token,
    transport: fetchTransport(odata.fetch),
    retry: { maxRetries: 3, baseDelayMs: 0 },
    maxWaitMs: 0,
    scheduler: time.scheduler,
    ...{ format, continueOnError, maxBatchSize, changeSetsPerBatch },
  });
  const submissions = submissionsOf(plan);
  for (const [place, submission] of submissions.entries()) {
    const subscription = batcher.send(submission.operation).subscribe({
      next: () => submission.isAnswered = true,
      error: (error: BatchError) => submission.error = error,
    });
    const { leavesAfterMs } = plan.operations[place]!;
    if (leavesAfterMs === undefined) continue;
    time.at(leavesAfterMs, () => {
      submission.hasLeft = !submission.isAnswered && submission.error === undefined;
      subscription.unsubscribe();
    });
  }
  const closed = batcher.close();
  await time.run();
  await closed;
  const written = [...odata.items("Orders"), ...odata.items("Things")].map(({ tag }) => tag);
  for (const submission of submissions) check(submission, { written, ledger: odata.ledger });
}

function check(
  { group, tags, members, hasLeft, isAnswered, error }: Submission,
  { written, ledger }: {
    readonly written: readonly unknown[];
    readonly ledger: ReturnType<typeof fakeOData>["ledger"];
  },
): void {
  expect(Number(isAnswered) + Number(error !== undefined) + Number(hasLeft)).toBe(1);
  if (group === undefined) return;
  const name = tags.join();
  // Never a part of it: neither in a POST nor in the store.
  for (const { post: number } of tags.flatMap((tag) => ledger.of(tag))) {
    const sent = tags.filter((tag) => ledger.of(tag).some(({ post }) => post === number));
    expect(sent, `${name} in POST ${number}`).toEqual(tags);
  }
  const writing = tags.filter((_, at) => members[at] !== "fail");
  const counts = writing.map((tag) => written.filter((each) => each === tag).length);
  expect(new Set(counts).size, `${name} is half done: ${counts}`).toBeLessThanOrEqual(1);
  const isDone = counts[0] === 1;
  const isUnsafe = members.includes("create");
  if (isUnsafe) expect(counts[0]!, `${name} ran twice`).toBeLessThanOrEqual(1);
  if (members.includes("fail")) expect([isAnswered, isDone], name).toEqual([false, false]);
  if (isAnswered) expect(counts.every((count) => count === 1), `${name} was done`).toBe(true);
  const isCertain = error?._tag === "DependencyError" || error?._tag === "OperationError" ||
    (error?._tag === "NotExecutedError" && (error as { certain?: boolean }).certain === true) ||
    (error?._tag === "ResponseError" && isUnsafe);
  if (isCertain) expect(isDone, `${name} ${error._tag}`).toBe(false);
}

describe("rule 31: whatever the program, the server and the network do", () => {
  it("nothing of a group is sent without the rest, half done, or done twice", async () => {
    await fc.assert(fc.asyncProperty(plans, run), fuzz(200));
  }, 3_600_000);
});
