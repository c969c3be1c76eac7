import { type BatchError, DependencyError, OperationError } from "../errors.ts";
import { keepSubmission, type Operation, submissionOf } from "../operation.ts";
import type { Entry, Flight, Home } from "./entry.ts";

/** What order calls. */
export interface OrderCalls {
  /** Nothing holds it back any more. */
  release(entry: Entry): void;
  /** One that it depends on has failed or was left. */
  fail(entry: Entry, need: Entry): void;
}

/**
 * Holds back what must wait for other operations (design rules 8 to 12).
 *
 * Nothing can wait for ever: an entry waits only for entries that were submitted before it (`dependsOn` means the latest
 * submission at that moment, a turn passes in the order of submission), so the oldest one in hand waits for none, and
 * each one that settles, however it settles, ends every wait for it.
 */
export class Order {
  readonly #calls: OrderCalls;
  /** The last in line of each ordering key that is in use. */
  readonly #lastOfKey = new Map<string, Entry>();

  constructor(calls: OrderCalls) {
    this.#calls = calls;
  }

  /** From now on this entry is what `dependsOn` its operation means here, whatever becomes of it. */
  record(entry: Entry): void {
    keep(entry);
  }

  /** Notes what the entry waits for; an error when it can never be sent. */
  hold(entry: Entry): BatchError | undefined {
    const { operation } = entry;
    if (operation.dependsOn.length > 0) {
      const error = this.#need(entry);
      if (error !== undefined) return error;
    }
    if (operation.orderingKey !== undefined) this.#queueUp(entry, operation.orderingKey);
    return undefined;
  }

  /** On a wire that honours `dependsOn` itself, an entry may join those that it waits for while they wait in its lane. */
  canFollow(entry: Entry): boolean {
    return this.#waitsOnlyFor(entry, (need) =>
      need.state === "queued" && need.context!.key === entry.context!.key);
  }

  /** May it travel in this POST: does it wait for nothing but others in it? */
  canTravel(entry: Entry, flight: Flight): boolean {
    return entry.waits === 0 ||
      this.#waitsOnlyFor(entry, (need) => need.flight === flight);
  }

  /** The entry has settled: what depends on it goes, or fails. Its turn is another matter, see `endTurn`. */
  settled(entry: Entry): void {
    const { dependents } = entry;
    if (dependents === undefined) return;
    for (const dependent of dependents) {
      if (dependent.isSettled) continue;
      if (entry.state === "answered") this.#endWait(dependent);
      else this.#calls.fail(dependent, entry);
    }
  }

  /** The entry is out no more: the next of its ordering key may go. */
  endTurn(entry: Entry): void {
    if (!entry.hasTurn) return;
    entry.hasTurn = false;
    let next = entry.nextOfKey;
    entry.nextOfKey = undefined;
    while (next?.isSettled) {
      const following: Entry | undefined = next.nextOfKey;
      next.nextOfKey = undefined;
      next = following;
    }
    if (next === undefined) {
      this.#lastOfKey.delete(entry.operation.orderingKey!);
    } else {
      next.hasTurn = true;
      this.#endWait(next);
    }
  }

  /** A turn of an ordering key counts in `waits` too, and no need stands for it. */
  #waitsOnlyFor(entry: Entry, isFine: (need: Entry) => boolean): boolean {
    let pending = 0;
    for (const need of entry.needs ?? []) {
      if (need.state === "answered") continue;
      if (!isFine(need)) return false;
      pending++;
    }
    return pending === entry.waits;
  }

  #need(entry: Entry): BatchError | undefined {
    const needs: Entry[] = [];
    for (const operation of entry.operation.dependsOn) {
      const need = latest(operation, entry.home);
      if (need === undefined) {
        return new OperationError(
          `Cannot send operation ${entry.operation.id} as each operation in dependsOn must have been submitted before: current value is operation ${operation.id}`,
          { operation: entry.operation },
        );
      }
      if (need.state === "failed" || need.state === "left") return dependencyError(entry, need);
      if (need.state !== "answered") needs.push(need);
    }
    for (const need of needs) (need.dependents ??= []).push(entry);
    entry.needs = needs;
    entry.waits = needs.length;
    return undefined;
  }

  #queueUp(entry: Entry, key: string): void {
    const last = this.#lastOfKey.get(key);
    this.#lastOfKey.set(key, entry);
    if (last === undefined) {
      entry.hasTurn = true;
    } else {
      last.nextOfKey = entry;
      entry.waits++;
    }
  }

  #endWait(entry: Entry): void {
    entry.waits--;
    if (entry.waits === 0 && entry.state === "held") this.#calls.release(entry);
  }
}

/** Why an entry is never sent. */
export function dependencyError(entry: Entry, need: Entry): DependencyError {
  const fate = need.error === undefined
    ? "which was left by its subscriber"
    : `which failed with ${need.error._tag}`;
  return new DependencyError(
    `Cannot send operation ${entry.operation.id} as each operation in dependsOn must succeed: current value is operation ${need.operation.id}, ${fate}`,
    { operation: entry.operation, cause: need.error },
  );
}

/** Makes this entry the operation's latest submission here, and forgets those to pipelines that are over. */
function keep(entry: Entry): void {
  let other = submissionOf(entry.operation) as Entry | undefined;
  let last = entry;
  while (other !== undefined) {
    const next: Entry | undefined = other.elsewhere;
    if (other.home !== entry.home && !other.home.isOver) {
      last.elsewhere = other;
      last = other;
    }
    other.elsewhere = undefined;
    other = next;
  }
  keepSubmission(entry.operation, entry);
}

function latest(operation: Operation, home: Home): Entry | undefined {
  let entry = submissionOf(operation) as Entry | undefined;
  while (entry !== undefined && entry.home !== home) entry = entry.elsewhere;
  return entry;
}
