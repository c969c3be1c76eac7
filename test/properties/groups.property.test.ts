import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AnyOperation,
  atomic,
  type BatchError,
  createODataBatcher,
  del,
  fetchTransport,
  get,
  type Operation,
  post,
  put,
} from "../../mod.ts";
import { fakeOData, type FakeODataService, type Fault } from "../../src/testing.ts";
import { fuzz } from "../support/fuzz.ts";
import { VirtualTime } from "../support/virtual_time.ts";

/** One of a random program: a group of these members, one that goes by itself, or a read. */
interface Planned {
  readonly members: readonly ("create" | "replace" | "fail")[];
  /** A member that is the only one makes a group of one. */
  readonly isGroup: boolean;
  /** How many places before it stands what it waits for; `undefined`: it waits for nothing. */
  readonly waitsFor: number | undefined;
  readonly key: number | undefined;
  readonly retry: false | undefined;
  /** What may run twice, and goes by itself, is submitted a second time. */
  readonly isTwice: boolean;
  /** When it is submitted, counted from the one before. */
  readonly afterMs: number;
  /** When its subscriber leaves, counted from its submission. */
  readonly leavesAfterMs: number | undefined;
}

const planned: fc.Arbitrary<Planned> = fc.record({
  members: fc.array(fc.constantFrom("create", "create", "replace", "replace", "fail"), {
    maxLength: 4,
  }),
  isGroup: fc.boolean(),
  waitsFor: fc.option(fc.nat({ max: 4 }), { nil: undefined, freq: 2 }),
  key: fc.option(fc.nat({ max: 1 }), { nil: undefined, freq: 2 }),
  retry: fc.option(fc.constant(false as const), { nil: undefined, freq: 5 }),
  isTwice: fc.boolean(),
  afterMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 6 })),
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
  { name: "shuffle" },
];

const plans = fc.record({
  operations: fc.array(planned, { minLength: 1, maxLength: 12 }),
  faults: fc.subarray([...FAULTS.keys()]),
  probability: fc.constantFrom(0, 0.1, 0.3),
  failedGroup: fc.constantFrom("part", "nested"),
  isTokenLate: fc.boolean(),
  seed: fc.nat(),
  options: fc.record({
    format: fc.constantFrom("multipart", "json"),
    continueOnError: fc.boolean(),
    maxBatchSize: fc.constantFrom(2, 4, 7, 100),
    changeSetsPerBatch: fc.constantFrom(undefined, 1, 2),
    maxWaitMs: fc.constantFrom(0, 3),
    concurrency: fc.integer({ min: 1, max: 3 }),
    concurrencyPerContext: fc.integer({ min: 1, max: 3 }),
  }),
});

type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

/** One submission, and what became of it. */
interface Submission {
  readonly planned: Planned;
  readonly operation: AnyOperation;
  /** What it waits for. */
  readonly need: Submission | undefined;
  readonly key: number | undefined;
  /** By which its members are known in the ledger, and in what they write. */
  readonly tags: readonly string[];
  readonly members: Planned["members"];
  hasLeft: boolean;
  isAnswered: boolean;
  error: BatchError | undefined;
}

function submissionsOf({ operations }: Plan): Submission[] {
  const all: Submission[] = [];
  const latest: Submission[] = [];
  for (const [place, planned] of operations.entries()) {
    const { members, isGroup, waitsFor, key, retry, isTwice } = planned;
    const need = waitsFor === undefined ? undefined : latest[place - 1 - waitsFor];
    const order = {
      dependsOn: need === undefined ? [] : [need.operation],
      orderingKey: key === undefined ? undefined : `k${key}`,
    };
    const tags = (members.length === 0 ? ["read"] : members).map((_, at) => `${place}-${at}`);
    const isPlain = members.length === 1 && !isGroup;
    const made = members.map((kind, at): Operation => {
      const init = {
        retry,
        headers: { "client-request-id": tags[at]! },
        ...(isPlain ? order : {}),
      };
      if (kind === "create") return post("Orders", { tag: tags[at] }, init);
      if (kind === "fail") return del("Orders(999)", init);
      return put(`Things(${place * 4 + at + 1})`, { tag: tags[at] }, init);
    });
    const read = () =>
      get("Orders?$top=1", { ...order, headers: { "client-request-id": tags[0]! } });
    const operation = isPlain ? made[0]! : made.length === 0 ? read() : atomic(made, order);
    const mayRepeat = members.length === 0 || (isPlain && members[0] === "replace");
    for (let left = isTwice && mayRepeat ? 2 : 1; left > 0; left--) {
      const fate = { hasLeft: false, isAnswered: false, error: undefined };
      latest[place] = { planned, operation, need, key, tags, members, ...fate };
      all.push(latest[place]);
    }
  }
  return all;
}

async function run(plan: Plan): Promise<void> {
  const { failedGroup, seed, probability, isTokenLate, options } = plan;
  const { changeSetsPerBatch } = options;
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
    token: (_, { signal }) =>
      isTokenLate ? time.wait(2, signal).then(() => odata.token) : odata.token,
    transport: fetchTransport(odata.fetch),
    retry: { maxRetries: 3, baseDelayMs: 0 },
    scheduler: time.scheduler,
    ...options,
  });
  const submissions = submissionsOf(plan);
  let atMs = 0;
  for (const submission of submissions) {
    const { afterMs, leavesAfterMs } = submission.planned;
    atMs += afterMs;
    time.at(atMs, () => {
      const subscription = batcher.send(submission.operation).subscribe({
        next: () => submission.isAnswered = true,
        error: (error: BatchError) => submission.error = error,
      });
      if (leavesAfterMs === undefined) return;
      time.at(time.now() + leavesAfterMs, () => {
        submission.hasLeft = !submission.isAnswered && submission.error === undefined;
        subscription.unsubscribe();
      });
    });
  }
  let closed: Promise<void> | undefined;
  time.at(atMs, () => closed = batcher.close());
  await time.run();
  await closed;
  const created = odata.items("Orders").map(({ tag }) => tag);
  const written = [...created, ...odata.items("Things").map(({ tag }) => tag)];
  for (const submission of submissions) {
    check(submission, { written, ledger: odata.ledger });
    checkNeed(submission, odata.ledger);
  }
  checkTurns(submissions, created);
}

/** What waits for another runs after it has succeeded, or not at all. */
function checkNeed({ need, tags }: Submission, ledger: FakeODataService["ledger"]): void {
  if (need === undefined) return;
  const hasRun = tags.flatMap((tag) => ledger.of(tag)).some(({ carriedOut }) => carriedOut);
  const hasNeeded = need.tags.every((tag) =>
    ledger.of(tag).some(({ carriedOut, status }) => carriedOut && status! < 400)
  );
  if (hasRun) expect(hasNeeded, `${tags} ran after ${need.tags}`).toBe(true);
}

/** Those of a key ran one after another, as they were submitted; so did what waits for another. */
function checkTurns(submissions: readonly Submission[], created: readonly unknown[]): void {
  const first = ({ tags }: Submission) => created.findIndex((tag) => tags.includes(tag as string));
  for (const [place, later] of submissions.entries()) {
    if (first(later) < 0) continue;
    for (const earlier of submissions.slice(0, place)) {
      const isBefore = later.need === earlier ||
        (later.key !== undefined && later.key === earlier.key);
      if (!isBefore) continue;
      expect(first(earlier), `${earlier.tags} before ${later.tags}`).toBeLessThan(first(later));
    }
  }
}

function check(
  { planned, tags, members, hasLeft, isAnswered, error }: Submission,
  { written, ledger }: {
    readonly written: readonly unknown[];
    readonly ledger: FakeODataService["ledger"];
  },
): void {
  expect(Number(isAnswered) + Number(error !== undefined) + Number(hasLeft)).toBe(1);
  // What the service cannot read is ours to answer for: one id twice, say.
  if (error?._tag === "BatchHttpError") expect(error.code).not.toBe("BadBatch");
  if (members.length === 0) return;
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
  // Of what was submitted twice, the other one may have run.
  if (isCertain && !planned.isTwice) expect(isDone, `${name} ${error._tag}`).toBe(false);
}

describe("rule 31: whatever the program, the server and the network do", () => {
  it("nothing of a group is sent without the rest, half done, or done twice", async () => {
    await fc.assert(fc.asyncProperty(plans, run), fuzz(200));
  }, 3_600_000);
});
