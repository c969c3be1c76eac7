import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createGraphBatcher,
  fetchTransport,
  get,
  type GraphOptions,
  type Operation,
  post,
} from "../../mod.ts";
import { fakeGraph, type Fault } from "../../src/testing.ts";
import { fuzz } from "../support/fuzz.ts";

const PEOPLE = ["anna@contoso.com", "ben@contoso.com", "carl@contoso.com"];

interface Plan {
  readonly person: number;
  readonly isWrite: boolean;
  /** How far back stands what it depends on. */
  readonly back: readonly number[];
  readonly key: string | undefined;
  readonly isLeft: boolean;
}

const plans: fc.Arbitrary<readonly Plan[]> = fc.array(
  fc.record({
    person: fc.constantFrom(0, 0, 0, 0, 1, 2),
    isWrite: fc.boolean(),
    // Chains mostly: that is what a native wire treats in its own way.
    back: fc.oneof(
      fc.constant([]),
      fc.constant([1]),
      fc.constant([1]),
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    ),
    key: fc.option(fc.constantFrom("x", "y"), { nil: undefined, freq: 6 }),
    isLeft: fc.integer({ min: 0, max: 11 }).map((drawn) => drawn === 0),
  }),
  { maxLength: 60 },
);

const faults: fc.Arbitrary<readonly Fault[]> = fc.subarray<Fault>([
  { name: "status", status: 429, retryAfter: 0.002, probability: 0.2 },
  { name: "status", status: 429, on: "part", retryAfter: 0.002, probability: 0.15 },
  { name: "status", status: 503, on: "part", probability: 0.1 },
  { name: "status", status: 500, on: "part", probability: 0.1 },
  { name: "status", status: 413, probability: 0.1 },
  { name: "reset", probability: 0.1 },
  { name: "fewer", probability: 0.1 },
  { name: "duplicate", probability: 0.1 },
  { name: "lost", probability: 0.1 },
]);

const settings: fc.Arbitrary<GraphOptions> = fc.record({
  mixContexts: fc.boolean(),
  concurrencyPerContext: fc.constantFrom(1, 1, 4),
  concurrency: fc.integer({ min: 1, max: 5 }),
  maxBatchSize: fc.constantFrom(2, 5, 20),
});

function operationsOf(list: readonly Plan[]): Operation[] {
  const operations: Operation[] = [];
  for (const [at, { person, isWrite, back, key }] of list.entries()) {
    const dependsOn = [...new Set(back)].flatMap((far) => operations[at - far] ?? []);
    const init = {
      dependsOn,
      headers: { "client-request-id": String(at) },
      ...(key === undefined ? {} : { orderingKey: key }),
    };
    const url = `/users/${PEOPLE[person]}/messages`;
    operations.push(
      isWrite ? post(url, { subject: String(at) }, init) : get(`${url}?$top=1`, init),
    );
  }
  return operations;
}

describe("batchGraph(), whatever happens", () => {
  it("settles once, keeps the order, and repeats no write", async () => {
    await fc.assert(
      fc.asyncProperty(plans, faults, settings, fc.nat(1000), async (list, wrong, chosen, seed) => {
        const graph = fakeGraph({
          seed,
          faults: wrong,
          mailboxes: Object.fromEntries(PEOPLE.map((address) => [address, { messages: 2 }])),
        });
        const batcher = createGraphBatcher({
          token: graph.token,
          transport: fetchTransport(graph.fetch),
          maxWaitMs: 0,
          retry: { baseDelayMs: 1, maxDelayMs: 2, maxRetries: 2 },
          ...chosen,
        });
        const operations = operationsOf(list);
        const settled = operations.map(() => 0);
        const subscriptions = operations.map((operation, at) =>
          batcher.send(operation).subscribe({
            next: () => settled[at]!++,
            error: () => settled[at]!++,
          })
        );
        for (const [at, subscription] of subscriptions.entries()) {
          if (list[at]!.isLeft) subscription.unsubscribe();
        }
        await batcher.close();

        const { ledger } = graph;
        const done = ledger.entries.filter(({ carriedOut }) => carriedOut);
        const firstOf = (key: number) => done.findIndex((entry) => entry.key === String(key));
        for (const [at, operation] of operations.entries()) {
          if (!list[at]!.isLeft) expect(settled[at]).toBe(1);
          if (operation.method === "POST") {
            expect(ledger.carriedOut(String(at))).toBeLessThanOrEqual(1);
          }
          for (const need of operation.dependsOn) {
            const before = operations.indexOf(need as Operation);
            if (firstOf(at) === -1) continue;
            // Its answer may be lost, but at the server it succeeded before.
            expect(firstOf(before)).toBeGreaterThanOrEqual(0);
            expect(firstOf(before)).toBeLessThan(firstOf(at));
            expect(done[firstOf(before)]!.status).toBeLessThan(400);
          }
        }
        // Graph refused no batch for its shape.
        expect(ledger.batches.filter(({ status }) => status === 400)).toEqual([]);
        for (const person of PEOPLE) {
          // So many chains weigh as much as one other batch (protocol C3).
          expect(graph.maxConcurrencyOf(person)).toBeLessThanOrEqual(
            4 * chosen.concurrencyPerContext!,
          );
        }
      }),
      fuzz(60),
    );
  });
});
