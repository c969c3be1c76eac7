import type { BatchError, OperationResponse } from "@rxbatch/rxbatch";
import type { Ledger } from "@rxbatch/rxbatch/testing";
import type { Job } from "./workload.ts";

/** What a subscriber saw: every call of it, in order. */
export interface Seen {
  readonly answers: OperationResponse[];
  readonly errors: BatchError[];
  completions: number;
  hasLeft: boolean;
}

/** Everything that is wrong after a round, in words; empty when the promise was kept. */
export function broken(
  jobs: readonly Job[],
  seen: ReadonlyMap<Job, Seen>,
  ledger: Ledger,
): string[] {
  const places = placesOf(ledger);
  return jobs.flatMap((job) => [
    ...settledOnce(job, seen.get(job)!),
    ...ranOnce(job, ledger),
    ...sentOnce(job, ledger),
    ...ranInOrder(job, seen, places),
  ]).concat(keysInOrder(jobs, places));
}

function settledOnce(
  { key, fits }: Job,
  { answers, errors, completions, hasLeft }: Seen,
): string[] {
  const found: string[] = [];
  const endings = completions + errors.length;
  if (endings !== 1 && !(hasLeft && endings === 0)) found.push(`${key} ended ${endings} times`);
  if (answers.length !== completions) found.push(`${key} got ${answers.length} answers`);
  for (const { body } of answers) {
    if (!fits(body)) found.push(`${key} got the answer to another: ${JSON.stringify(body)}`);
  }
  return found;
}

function ranOnce({ key, operation }: Job, ledger: Ledger): string[] {
  const isUnsafe = operation.method === "POST" || operation.method === "PATCH";
  const times = ledger.carriedOut(key);
  return isUnsafe && times > 1 ? [`${key} was carried out ${times} times`] : [];
}

/** `retry: false`: never again once a byte of it may have left. */
function sentOnce({ key, operation }: Job, ledger: Ledger): string[] {
  const times = ledger.received(key);
  return operation.retry === false && times > 1 ? [`${key} was sent ${times} times`] : [];
}

/** Sent at all: then each that it depends on had succeeded before. */
function ranInOrder(
  { key, needs }: Job,
  seen: ReadonlyMap<Job, Seen>,
  places: ReadonlyMap<string, readonly number[]>,
): string[] {
  const first = places.get(key)?.[0];
  if (first === undefined) return [];
  return needs.flatMap((need) => {
    const before = places.get(need.key)?.[0] ?? Infinity;
    return seen.get(need)!.answers.length === 1 && before < first
      ? []
      : [`${key} ran although ${need.key} had not succeeded`];
  });
}

/** Of one ordering key, nothing runs after a later one has begun. */
function keysInOrder(
  jobs: readonly Job[],
  places: ReadonlyMap<string, readonly number[]>,
): string[] {
  const found: string[] = [];
  const last = new Map<string, number>();
  for (const { key, operation: { orderingKey } } of jobs) {
    const own = places.get(key);
    if (orderingKey === undefined || own === undefined) continue;
    if (own[0]! < (last.get(orderingKey) ?? -1)) found.push(`${key} ran out of turn`);
    last.set(orderingKey, own.at(-1)!);
  }
  return found;
}

/** When each key was received, as places in the ledger. */
function placesOf(ledger: Ledger): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, { key }] of ledger.entries.entries()) {
    const known = places.get(key);
    if (known === undefined) places.set(key, [place]);
    else known.push(place);
  }
  return places;
}
