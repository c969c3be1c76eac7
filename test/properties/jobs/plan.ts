import fc from "fast-check";
import type { Fault } from "../../../src/testing.ts";

/** One operation of a random job. */
export interface PlannedStep {
  readonly person: number;
  readonly isWrite: boolean;
  /** How many places before it stands what it waits for. */
  readonly back: readonly number[];
  /** From how many of these it is built; none of them: it is no derived one. */
  readonly parents: number;
  /** One parent by itself, where there is one. */
  readonly takesOne: boolean;
  readonly build: "good" | "throwing" | "promise" | "ordered";
  readonly key: string | undefined;
  readonly retry: false | undefined;
  /** When it is submitted, counted from the one before. */
  readonly afterMs: number;
  /** How often; never: what waits for it is refused. */
  readonly submissions: number;
  /** When its subscriber leaves, counted from its submission. */
  readonly leavesAfterMs: number | undefined;
  /** It leaves as soon as it sees what another one that it waits for was answered. */
  readonly leavesWithAnswer: boolean;
}

/** A random job, and the world that it runs in. */
export interface JobPlan {
  readonly steps: readonly PlannedStep[];
  readonly door: "send" | "operator";
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly options: {
    readonly maxBatchSize: number;
    readonly maxWaitMs: number;
    readonly concurrency: number;
    readonly concurrencyPerContext: number;
    readonly abortUnsafe: boolean;
    readonly retry: false | {
      readonly maxRetries: number;
      readonly baseDelayMs: number;
      readonly maxTotalMs: number;
    };
  };
  readonly end: { readonly kind: "none" | "close" | "signal" | "leave"; readonly atMs: number };
}

const seldom = <T>(value: T, freq: number): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constant(value), { nil: undefined, freq });

const step: fc.Arbitrary<PlannedStep> = fc.record({
  person: fc.constantFrom(0, 0, 1, 2),
  isWrite: fc.constantFrom(true, true, false),
  back: fc.oneof(
    fc.constant([1]),
    fc.constant([1]),
    fc.constant([]),
    fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
  ),
  parents: fc.constantFrom(0, 1, 1, 2, 3),
  takesOne: fc.boolean(),
  build: fc.constantFrom(
    ...Array.from({ length: 30 }, () => "good" as const),
    ...["throwing", "promise", "ordered"] as const,
  ),
  key: fc.option(fc.constantFrom("x", "y"), { nil: undefined, freq: 3 }),
  retry: seldom(false, 6).map((drawn) => drawn === undefined ? undefined : false),
  afterMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 60 })),
  submissions: fc.constantFrom(...Array.from({ length: 30 }, () => 1), 2, 2, 0),
  leavesAfterMs: fc.option(fc.nat({ max: 300 }), { nil: undefined, freq: 6 }),
  leavesWithAnswer: seldom(true, 6).map((drawn) => drawn === true),
});

const faults: fc.Arbitrary<Fault[]> = fc.subarray<Fault>([
  { name: "status", status: 429, retryAfter: 1, probability: 0.1 },
  { name: "status", status: 429, on: "part", retryAfter: 0.2, probability: 0.15 },
  { name: "status", status: 503, on: "part", probability: 0.1 },
  { name: "status", status: 503, on: "part", carriedOut: true, probability: 0.1 },
  { name: "status", status: 500, carriedOut: true, probability: 0.15 },
  { name: "status", status: 404, on: "part", probability: 0.15 },
  { name: "status", status: 413, probability: 0.15 },
  { name: "status", status: 401, probability: 0.15 },
  { name: "latency", ms: Infinity, probability: 0.15 },
  { name: "latency", ms: Infinity, carriedOut: true, probability: 0.15 },
  { name: "latency", ms: [0, 300], on: "part", probability: 0.3 },
  { name: "reset", probability: 0.15 },
  { name: "reset", at: "after", probability: 0.15 },
  { name: "refuse", probability: 0.15 },
  { name: "lost", probability: 0.15 },
  { name: "cut", probability: 0.15 },
  { name: "stop", probability: 0.1 },
  // A part left out behind an error could not be told from a server that stopped there (rule 14): no "fewer".
  { name: "duplicate", probability: 0.15 },
  { name: "foreign", probability: 0.15 },
], { maxLength: 6 });

/** Random jobs, small ones first. */
export const jobs: fc.Arbitrary<JobPlan> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 20, size: "max" }),
  door: fc.constantFrom("send", "send", "operator"),
  faults: fc.oneof(fc.constant([]), faults, faults),
  seed: fc.nat(),
  options: fc.record({
    maxBatchSize: fc.constantFrom(1, 2, 5, 20),
    maxWaitMs: fc.constantFrom(0, 10),
    concurrency: fc.integer({ min: 1, max: 4 }),
    concurrencyPerContext: fc.constantFrom(1, 1, 2),
    abortUnsafe: fc.boolean(),
    retry: fc.oneof(
      fc.constant(false as const),
      fc.record({
        maxRetries: fc.nat({ max: 3 }),
        baseDelayMs: fc.constantFrom(0, 100),
        maxTotalMs: fc.constantFrom(500, 120_000),
      }),
    ),
  }),
  end: fc.record({
    kind: fc.constantFrom("none", "none", "none", "close", "signal", "leave"),
    atMs: fc.nat({ max: 1000 }),
  }),
});
