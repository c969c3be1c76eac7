import fc from "fast-check";

/** One operation of a random program. */
export interface Planned {
  readonly method: "GET" | "POST";
  readonly lane: number;
  /** `undefined`: one that the wire does not know. */
  readonly service: number | undefined;
  /** It is a read that others like it may share. */
  readonly isTwin: boolean;
  readonly key: number | undefined;
  /** How many places before it stands what it depends on. */
  readonly waitsFor: number | undefined;
  /** When it is submitted, counted from the one before. */
  readonly afterMs: number;
  readonly leavesAfterMs: number | undefined;
}

const planned: fc.Arbitrary<Planned> = fc.record({
  method: fc.constantFrom("GET", "GET", "GET", "POST"),
  lane: fc.nat({ max: 2 }),
  service: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 6 }),
  isTwin: fc.constantFrom(true, true, false),
  key: fc.constantFrom(undefined, undefined, undefined, undefined, 0, 1),
  waitsFor: fc.constantFrom(undefined, undefined, undefined, undefined, 0, 0, 1, 3),
  afterMs: fc.constantFrom(0, 0, 0, 0, 0, 1, 7, 60),
  leavesAfterMs: fc.constantFrom(...Array<undefined>(18).fill(undefined), 0, 1, 2, 5, 30, 150),
});

/** A random program, the server that it meets, and how it ends. */
export interface Plan {
  readonly operations: readonly Planned[];
  readonly lanes: number;
  readonly services: number;
  readonly mixes: boolean;
  readonly shareReads: boolean;
  readonly maxBatchSize: number;
  readonly concurrency: number;
  readonly concurrencyPerContext: number;
  readonly maxWaitMs: number;
  readonly pace: { readonly operations: number; readonly perMs: number } | undefined;
  readonly retry: {
    readonly maxRetries: number;
    readonly baseDelayMs: number;
    readonly maxTotalMs: number;
  };
  readonly tokenMs: number | undefined;
  readonly beforeSendMs: number | undefined;
  /** What a listener of events does meanwhile. */
  readonly listener: "none" | "flushes" | "leaves" | "submits";
  readonly faults: number;
  readonly ends: "closes" | "flushes" | "aborts";
  readonly endsAtMs: number;
  readonly seed: number;
}

export const plans: fc.Arbitrary<Plan> = fc.record({
  operations: fc.oneof(
    fc.array(planned, { minLength: 1, maxLength: 8 }),
    fc.array(planned, { minLength: 20, maxLength: 40, size: "max" }),
  ),
  lanes: fc.constantFrom(1, 1, 2, 3),
  services: fc.constantFrom(1, 2, 2, 3),
  mixes: fc.boolean(),
  shareReads: fc.boolean(),
  maxBatchSize: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 })),
  concurrency: fc.integer({ min: 1, max: 4 }),
  concurrencyPerContext: fc.integer({ min: 1, max: 2 }),
  maxWaitMs: fc.constantFrom(0, 10),
  pace: fc.option(
    fc.record({ operations: fc.integer({ min: 1, max: 8 }), perMs: fc.constantFrom(20, 200) }),
    { nil: undefined, freq: 2 },
  ),
  retry: fc.record({
    maxRetries: fc.constantFrom(0, 1, 3, 3),
    baseDelayMs: fc.constantFrom(0, 20),
    maxTotalMs: fc.constantFrom(90, 1_000, 120_000),
  }),
  tokenMs: fc.constantFrom(undefined, 0, 5, 40),
  beforeSendMs: fc.constantFrom(undefined, undefined, 0, 5, 40),
  listener: fc.constantFrom<Plan["listener"][]>("none", "flushes", "leaves", "submits"),
  faults: fc.constantFrom(0.05, 0.3, 0.7),
  ends: fc.constantFrom<Plan["ends"][]>("closes", "closes", "flushes", "aborts"),
  endsAtMs: fc.constantFrom(0, 3, 30, 100, 400),
  seed: fc.nat(),
});
