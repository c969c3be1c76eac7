import fc from "fast-check";

/** One operation of a random program. */
export interface PlannedOperation {
  readonly method: "GET" | "PUT" | "DELETE" | "POST" | "PATCH";
  readonly idempotent: boolean | undefined;
  readonly context: number;
  readonly account: string | undefined;
  readonly retry: false | { readonly statuses: readonly number[] } | undefined;
  /** A 404 counts as an answer, where its caller did not say that it is none. */
  readonly accepts: boolean;
  /** When it is submitted, counted from the one before. */
  readonly afterMs: number;
  /** How many places before it stands what it depends on. */
  readonly dependsOn: readonly number[];
  readonly key: number | undefined;
  /** When its subscriber leaves, counted from its submission. */
  readonly leavesAfterMs: number | undefined;
  /** How many places before it (or behind it, below 0) stands the one at whose end its subscriber leaves. */
  readonly leavesWith: number | undefined;
  readonly schema: "none" | "sync" | "throwing";
  readonly bytes: number;
}

/** A random program, and the world that it runs in. */
export interface Plan {
  readonly operations: readonly PlannedOperation[];
  readonly door: "send" | "operator";
  readonly order: "any" | "sequential" | "native";
  /** Contexts may share batches. */
  readonly mixes: boolean;
  readonly continueOnError: boolean;
  readonly maxBatchSize: number;
  readonly maxBatchBytes: number;
  readonly maxWaitMs: number;
  readonly concurrency: number;
  readonly concurrencyPerContext: number;
  readonly maxQueued: number;
  readonly abortUnsafe: boolean;
  readonly retry: {
    readonly maxRetries: number;
    readonly baseDelayMs: number;
    readonly maxTotalMs: number;
  } | false;
  readonly token: "none" | "sync" | "late" | "fickle";
  /** Which parts carry the id of their operation. */
  readonly ids: "all" | "some" | "none";
  /** The place of an operation that spoils every batch that it is in, and how the server says so. */
  readonly poison:
    | { readonly place: number; readonly kind: "400" | "500" | "malformed" }
    | undefined;
  /** How often anything goes wrong. */
  readonly faults: number;
  readonly seed: number;
  /** Something that happens to all of them at a time. */
  readonly end: {
    readonly kind: "none" | "close" | "signal" | "leave" | "flush";
    readonly atMs: number;
  };
}

const operation: fc.Arbitrary<PlannedOperation> = fc.record({
  method: fc.constantFrom("GET", "GET", "PUT", "DELETE", "POST", "POST", "PATCH"),
  idempotent: fc.option(fc.boolean(), { nil: undefined, freq: 5 }),
  context: fc.nat({ max: 2 }),
  account: fc.option(fc.constantFrom("a", "b"), { nil: undefined, freq: 2 }),
  retry: fc.option(fc.constantFrom(false as const, { statuses: [404] }), {
    nil: undefined,
    freq: 4,
  }),
  accepts: fc.boolean(),
  afterMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 60 })),
  dependsOn: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.nat({ max: 6 }), { maxLength: 3 }),
  ),
  key: fc.option(fc.nat({ max: 1 }), { nil: undefined, freq: 2 }),
  leavesAfterMs: fc.option(fc.nat({ max: 800 }), { nil: undefined, freq: 5 }),
  leavesWith: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    fc.integer({ min: -3, max: 3 }),
  ),
  schema: fc.constantFrom("none", "none", "none", "sync", "throwing"),
  bytes: fc.integer({ min: 4, max: 40 }),
});

/** Random programs, small ones first. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  operations: fc.array(operation, { minLength: 1, maxLength: 24, size: "max" }),
  door: fc.constantFrom("send", "send", "operator"),
  order: fc.constantFrom("any", "sequential", "native"),
  mixes: fc.boolean(),
  continueOnError: fc.boolean(),
  maxBatchSize: fc.constantFrom(1, 2, 3, 5, 20),
  maxBatchBytes: fc.constantFrom(30, 100, 4096),
  maxWaitMs: fc.constantFrom(0, 5, 20),
  concurrency: fc.integer({ min: 1, max: 4 }),
  concurrencyPerContext: fc.integer({ min: 1, max: 3 }),
  maxQueued: fc.constantFrom(Infinity, Infinity, 6),
  abortUnsafe: fc.boolean(),
  retry: fc.option(
    fc.record({
      maxRetries: fc.nat({ max: 3 }),
      baseDelayMs: fc.constantFrom(0, 50, 500),
      maxTotalMs: fc.constantFrom(500, 5000, 120_000),
    }),
    { nil: false as const, freq: 6 },
  ),
  token: fc.constantFrom("none", "none", "sync", "late", "fickle"),
  ids: fc.constantFrom("all", "all", "some", "none"),
  poison: fc.option(
    fc.record({
      place: fc.nat({ max: 23 }),
      kind: fc.constantFrom("400", "500", "malformed"),
    }),
    { nil: undefined, freq: 2 },
  ),
  faults: fc.constantFrom(0, 0.1, 0.3, 0.7),
  seed: fc.nat(),
  end: fc.record({
    kind: fc.constantFrom("none", "none", "close", "signal", "leave", "flush"),
    atMs: fc.nat({ max: 1500 }),
  }),
});
