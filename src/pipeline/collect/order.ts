import type { BatchError } from "../../operation/errors.ts";
import { parentCountOf } from "../../operation/after.ts";
import { keepSubmission, originalOf, submissionOf } from "../../operation/identity.ts";
import type { AnyOperation } from "../../operation/operation.ts";
import {
  type Entry,
  type Flight,
  isSameLane,
  type Mark,
  type Submission,
  type Ties,
  tiesOf,
} from "../entry.ts";
import { Turns } from "./turns.ts";
import { dependencyError, neverSubmitted, notKept } from "./unsent.ts";

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
  readonly #turns = new Turns();
  /** Latest submissions of operations that remember another pipeline. */
  #remembered: WeakMap<AnyOperation, Submission> | undefined = undefined;

  constructor(calls: OrderCalls) {
    this.#calls = calls;
  }

  /** From now on this entry is what `dependsOn` its operation means here, whatever becomes of it. */
  record(entry: Entry): void {
    const { operation, mark } = entry;
    const kept = submissionOf(operation) as Submission | undefined;
    if (kept === undefined || kept.mark === mark || kept.mark.isOver) {
      keepSubmission(operation, entry);
    } else {
      this.#remembered ??= new WeakMap();
      this.#remembered.set(originalOf(operation), entry);
    }
  }

  /** Notes what the entry waits for; an error when it can never be sent. */
  hold(entry: Entry): BatchError | undefined {
    const { operation } = entry;
    if (operation.dependsOn.length > 0) {
      const error = this.#need(entry);
      if (error !== undefined) return error;
    }
    if (operation.orderingKey !== undefined) this.#turns.queueUp(entry, operation.orderingKey);
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
    this.#forget(entry);
    if (entry.ties === undefined) return;
    for (const dependent of entry.ties.dependents) {
      if (entry.state === "answered") this.#endWait(dependent);
      // One that is out with it reads its own part.
      else if (!isOut(dependent)) this.#calls.fail(dependent, entry);
    }
  }

  /** One that it depends on and that has not succeeded, nor ever will. */
  fallenNeed(entry: Entry): Entry | undefined {
    if (entry.waits === 0) return undefined;
    return entry.ties!.needs.find(({ state }) => state === "failed" || state === "left");
  }

  /** The entry is out no more: the next of its ordering key may go. */
  endTurn(entry: Entry): void {
    const next = this.#turns.end(entry);
    if (next !== undefined) this.#endWait(next);
  }

  /** A turn of an ordering key counts in `waits` too, and no need stands for it. */
  #waitsOnlyFor(entry: Entry, isFine: (need: Entry) => boolean): boolean {
    let pending = 0;
    for (const need of entry.ties!.needs) {
      if (need.state === "answered") continue;
      if (!isFine(need)) return false;
      pending++;
    }
    return pending === entry.waits;
  }

  /**
   * An answered operation needs its entry no more: what is the same for all of them takes its place, or what is left when
   * its answer is kept.
   */
  #forget(entry: Entry): void {
    const { operation, state, mark, error, response } = entry;
    if (state !== "answered") return;
    const submission = response === undefined ? mark.answered : { mark, state, error, response };
    if (submissionOf(operation) === entry) keepSubmission(operation, submission);
    else if (this.#remembered?.get(originalOf(operation)) === entry) {
      this.#remembered.set(originalOf(operation), submission);
    }
  }

  #latest(operation: AnyOperation, mark: Mark): Submission | undefined {
    const kept = submissionOf(operation) as Submission | undefined;
    return kept?.mark === mark ? kept : this.#remembered?.get(originalOf(operation));
  }

  #need(entry: Entry): BatchError | undefined {
    const { operation, mark } = entry;
    const { dependsOn } = operation;
    const parentCount = parentCountOf(operation);
    // One list of just this size for all: mostly each is a parent, or none is, and nobody has been answered.
    const found = dependsOn.map((each) => this.#latest(each, mark));
    for (const [at, need] of found.entries()) {
      if (need === undefined) return neverSubmitted(entry, dependsOn[at]!);
      if (need.state === "failed" || need.state === "left") return dependencyError(entry, need);
      if (at < parentCount && need.state === "answered" && need.response === undefined) {
        return notKept(entry, dependsOn[at]!);
      }
    }
    const submissions = found as readonly Submission[];
    const needs = submissions.every(isOpen) ? submissions : submissions.filter(isOpen);
    if (needs.length === 0 && parentCount === 0) return undefined;
    for (const need of needs) addTo(tiesOf(need), entry);
    const ties = tiesOf(entry);
    if (parentCount > 0) {
      ties.parents = parentCount === found.length ? submissions : submissions.slice(0, parentCount);
    }
    ties.needs = needs;
    ties.waits = needs.length;
    return undefined;
  }

  #endWait(entry: Entry): void {
    entry.ties!.waits--;
    if (entry.waits === 0 && entry.state === "held") this.#calls.release(entry);
  }
}

/** It is in a POST, or its answer is being checked; one that a part has refused as what it depends on failed is not. */
function isOut({ state, past }: Entry): boolean {
  return state === "checking" || (state === "flying" && past?.isUnrun !== true);
}

/** What is not settled is the entry itself, never what stands for it afterwards. */
function isOpen(submission: Submission): submission is Entry {
  return submission.state !== "answered";
}

/** Mostly one: a list that begins with `push` has room for seventeen. */
function addTo(ties: Ties, dependent: Entry): void {
  if (ties.dependents.length === 0) ties.dependents = [dependent];
  else ties.dependents.push(dependent);
}
