import { type BatchError, DependencyError, OperationError } from "../../operation/errors.ts";
import { parentCountOf } from "../../operation/after.ts";
import { keepSubmission, nameOf, submissionOf } from "../../operation/identity.ts";
import type { AnyOperation } from "../../operation/operation.ts";
import { type Entry, type Flight, type Home, isSameLane, type Submission, Ties } from "../entry.ts";

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
    return entry.built !== undefined && this.#waitsOnlyFor(
      entry,
      (need) => need.state === "queued" && isSameLane(need, entry),
    );
  }

  /** Does it wait for this one, and for nothing else but others in the same POST? */
  isNext(entry: Entry, last: Entry, flight: Flight): boolean {
    return entry.ties!.needs.includes(last) &&
      this.#waitsOnlyFor(entry, (need) => need.flight === flight);
  }

  /** Does one that waits for it wait in a lane? */
  isFollowed(entry: Entry): boolean {
    return entry.ties?.dependents.some((dependent) => dependent.state === "queued") ?? false;
  }

  /** One that is held and may join the lane behind it. */
  followerOf(entry: Entry): Entry | undefined {
    return entry.ties?.dependents.find((dependent) =>
      dependent.state === "held" && this.canFollow(dependent)
    );
  }

  /** The entry has settled: what depends on it goes, or fails. Its turn is another matter, see `endTurn`. */
  settled(entry: Entry): void {
    forget(entry);
    if (entry.ties === undefined) return;
    for (const dependent of entry.ties.dependents) {
      if (dependent.isSettled) continue;
      if (entry.state === "answered") this.#endWait(dependent);
      else this.#calls.fail(dependent, entry);
    }
  }

  /** The entry is out no more: the next of its ordering key may go. */
  endTurn(entry: Entry): void {
    const { ties } = entry;
    if (ties === undefined || !ties.hasTurn) return;
    ties.hasTurn = false;
    let next = ties.nextOfKey;
    ties.nextOfKey = undefined;
    while (next?.isSettled) {
      const passedOver: Ties = next.ties!;
      next = passedOver.nextOfKey;
      passedOver.nextOfKey = undefined;
    }
    if (next === undefined) {
      this.#lastOfKey.delete(entry.operation.orderingKey!);
    } else {
      next.ties!.hasTurn = true;
      this.#endWait(next);
    }
  }

  /** A turn of an ordering key counts in `waits` too, and no need stands for it. */
  #waitsOnlyFor(entry: Entry, isFine: (need: Entry) => boolean): boolean {
    let pending = 0;
    for (const need of entry.ties?.needs ?? []) {
      if (need.state === "answered") continue;
      if (!isFine(need)) return false;
      pending++;
    }
    return pending === entry.waits;
  }

  #need(entry: Entry): BatchError | undefined {
    const needs: Entry[] = [];
    const parents: Submission[] = [];
    const parentCount = parentCountOf(entry.operation);
    for (const operation of entry.operation.dependsOn) {
      const need = latest(operation, entry.home);
      if (need === undefined) return neverSubmitted(entry, operation);
      if (need.state === "failed" || need.state === "left") return dependencyError(entry, need);
      if (parents.length < parentCount) {
        if (need.state === "answered" && need.response === undefined) {
          return notKept(entry, operation);
        }
        parents.push(need);
      }
      // What is not settled is the entry itself, never what stands for it afterwards.
      if (need.state !== "answered") needs.push(need as Entry);
    }
    if (needs.length === 0 && parentCount === 0) return undefined;
    for (const need of needs) tiesOf(need).dependents.push(entry);
    const ties = tiesOf(entry);
    ties.parents = parents;
    ties.needs = needs;
    ties.waits = needs.length;
    return undefined;
  }

  #queueUp(entry: Entry, key: string): void {
    const last = this.#lastOfKey.get(key);
    this.#lastOfKey.set(key, entry);
    if (last === undefined) {
      tiesOf(entry).hasTurn = true;
    } else {
      tiesOf(last).nextOfKey = entry;
      tiesOf(entry).waits++;
    }
  }

  #endWait(entry: Entry): void {
    entry.ties!.waits--;
    if (entry.waits === 0 && entry.state === "held") this.#calls.release(entry);
  }
}

function neverSubmitted({ operation }: Entry, need: AnyOperation): OperationError {
  return new OperationError(
    `Cannot send ${
      nameOf(operation)
    } as each operation in dependsOn must have been submitted before: current value is ${
      nameOf(need)
    }`,
    { operation },
  );
}

function notKept({ operation }: Entry, parent: AnyOperation): OperationError {
  return new OperationError(
    `Cannot build ${nameOf(operation)} as ${
      nameOf(parent)
    } must get its answer after something is derived from it: current value is an answer that was not kept (make it earlier, or use the response)`,
    { operation },
  );
}

/** Why an entry is never sent. */
export function dependencyError(entry: Entry, need: Submission): DependencyError {
  const fate = need.error === undefined
    ? "that was left by its subscriber"
    : `that failed with ${need.error._tag}`;
  return new DependencyError(
    `Cannot send ${
      nameOf(entry.operation)
    } as each operation in dependsOn must succeed: current value is one ${fate}`,
    { operation: entry.operation, cause: need.error },
  );
}

function tiesOf(entry: Entry): Ties {
  return entry.ties ??= new Ties();
}

/** Makes this entry the operation's latest submission here, and forgets those to pipelines that are over. */
function keep(entry: Entry): void {
  const { operation, home } = entry;
  let other = submissionOf(operation) as Submission | undefined;
  keepSubmission(operation, entry);
  if (other === undefined || (other.home === home && other.elsewhere === undefined)) return;
  let last: Submission = entry;
  while (other !== undefined) {
    const next: Submission | undefined = other.elsewhere;
    if (other.home !== home && !other.home.isOver) last = last.elsewhere = ownOf(other);
    other = next;
  }
}

/** What stands for all answered submissions cannot be a link in the chain of one operation. */
function ownOf(submission: Submission): Submission {
  if (submission === submission.home.answered) return { ...submission };
  submission.elsewhere = undefined;
  return submission;
}

/**
 * An answered operation needs its entry no more: what is the same for all of them takes its place, or what is left when
 * its answer is kept.
 */
function forget(entry: Entry): void {
  const { operation, state, home, error, response } = entry;
  if (state !== "answered" || entry.elsewhere !== undefined) return;
  if (submissionOf(operation) !== entry) return;
  const submission: Submission = response === undefined
    ? home.answered
    : { home, state, error, response, elsewhere: undefined };
  keepSubmission(operation, submission);
}

function latest(operation: AnyOperation, home: Home): Submission | undefined {
  let submission = submissionOf(operation) as Submission | undefined;
  while (submission !== undefined && submission.home !== home) submission = submission.elsewhere;
  return submission;
}
