import { Schema } from "@effect/schema";
import { asyncScheduler, EMPTY } from "rxjs";
import { describe, expect, it } from "vitest";
import { batchGraph, batchOutlook } from "../../mod.ts";
import { GraphOptionsSchema, OutlookOptionsSchema } from "../../src/schema.ts";

const isOutlook = Schema.is(OutlookOptionsSchema);
const isGraph = Schema.is(GraphOptionsSchema);

function accepts(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

/** Values on both sides of every bound. */
const values = [undefined, -1, 0, 1, 1.5, 20, 21, 10_000, 10_001, 2 ** 31, 2 ** 60, Infinity, "1"];
const numbers = [
  "maxBatchSize",
  "maxWaitMs",
  "maxBatchBytes",
  "concurrency",
  "concurrencyPerContext",
  "timeoutMs",
  "maxResponseBytes",
  "maxPartHeaderBytes",
  "maxParts",
  "maxNestingDepth",
  "maxQueued",
];
const waits = ["maxRetries", "baseDelayMs", "maxDelayMs", "maxTotalMs"];

describe("the schemas of the options", () => {
  const samples: Record<string, unknown>[] = [
    {},
    ...numbers.flatMap((name) => values.map((value) => ({ [name]: value }))),
    ...waits.flatMap((name) => values.map((value) => ({ retry: { [name]: value } }))),
    ...[399, 400, 599, 600].map((status) => ({ retry: { refusedStatuses: [status] } })),
    ...[false, true, "no"].map((value) => ({ abortUnsafe: value })),
    ...[false, true, {}].map((value) => ({ retry: value })),
    ...["secret", "two words", "", "line\n", 7, () => "secret"].map((token) => ({ token })),
    ...[() => EMPTY, "fetch"].map((transport) => ({ transport })),
    ...[asyncScheduler, {}].map((scheduler) => ({ scheduler })),
    ...[new AbortController().signal, {}].map((signal) => ({ signal })),
    ...[{ next() {} }, "log"].map((events) => ({ events })),
    ...[{ Prefer: "x" }, { Prefer: 7 }].map((headers) => ({ headers })),
    // Slips: whoever dropped these would drop what they promise.
    ...[{ concurency: 8 }, { retry: { maxRetrys: 5 } }],
    { pace: { operations: 1, perMs: 1, permilli: 1 } },
    { mixContexts: true },
    { continueOnError: true },
  ];

  it("take what batchOutlook takes, and nothing else", () => {
    for (const sample of samples) {
      const options = sample as Parameters<typeof batchOutlook>[0];
      expect({ sample, ok: isOutlook(sample) })
        .toEqual({ sample, ok: accepts(() => batchOutlook(options)) });
    }
  });

  it("take what batchGraph takes, and nothing else", () => {
    for (const sample of samples) {
      const options = sample as Parameters<typeof batchGraph>[0];
      expect({ sample, ok: isGraph(sample) })
        .toEqual({ sample, ok: accepts(() => batchGraph(options)) });
    }
  });

  it("know what only one of the two has", () => {
    expect(isOutlook({ anchorMailbox: "rufus@contoso.com", continueOnError: false })).toBe(true);
    expect(isOutlook({ contentLength: true })).toBe(true);
    expect(isGraph({ contentLength: true })).toBe(false);
    expect(isGraph({ anchorMailbox: "rufus@contoso.com" })).toBe(false);
    expect(isGraph({ mixContexts: true, laneOf: () => "tenant" })).toBe(true);
    expect(isOutlook({ mixContexts: true })).toBe(false);
  });
});
