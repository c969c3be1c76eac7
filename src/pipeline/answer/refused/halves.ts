import type { BatchError } from "../../../operation/errors.ts";
import type { Lane } from "../../collect/lane.ts";
import type { Lanes } from "../../collect/lanes.ts";
import { type Entry, pastOf } from "../../entry.ts";
import type { Gate } from "../../gate.ts";
import type { Company } from "../../past.ts";
import type { Attempt, Refusal, Retry } from "../again/retry.ts";
import type { Settle } from "../settle.ts";

/** What halves are made with. */
export interface HalvesStages {
  readonly gate: Gate;
  readonly lanes: Lanes;
  readonly retry: Retry;
  readonly settle: Settle;
}

/** How a batch was refused as a whole. */
export interface BatchRefusal {
  /** What the refusal means once it is everybody's. */
  readonly attempt: Attempt;
  errorOf(entry: Entry, refusal: Refusal): BatchError;
}

/** Those of a half that was refused after two halvings: what the others are told decides about them. */
interface Resting {
  readonly entries: readonly Entry[];
  readonly depth: number;
  readonly refusal: BatchRefusal;
}

/** One batch that was refused as a whole, and all that goes again because of it. */
class Split {
  /** Something of it was answered: what spoils the rest can be found. */
  isAnswered = false;
  /** Those of it that are neither settled nor at rest. */
  open = 0;
  readonly resting = new Map<Entry, Resting>();
}

interface Half extends Company {
  readonly split: Split;
}

/** So often a batch is halved although nothing of it was answered. */
const MAX_BLIND_HALVINGS = 2;

/**
 * Finds the one operation that spoils a batch for all (design rule 17): a batch that was refused as a whole goes again in
 * halves, each alone. Half of a half is at rest after two halvings until another one is answered, and then goes on;
 * where none is, the refusal is everybody's.
 */
export class Halves {
  readonly #stages: HalvesStages;

  constructor(stages: HalvesStages) {
    this.#stages = stages;
  }

  /** Can these still be halved? */
  canCut(entries: readonly Entry[]): boolean {
    return entries.length > 1 && entries.every(({ past }) => past?.mayHalve !== false);
  }

  /** They come from one refused batch, and may go again: all who have not left, as may happen when another one is told. */
  refused(again: readonly Entry[], refusal: BatchRefusal): void {
    const entries = again.filter(({ isSettled }) => !isSettled);
    const company = entries[0]?.company as Half | undefined;
    const depth = company?.depth ?? 0;
    const split = company?.split ?? new Split();
    if (company === undefined) split.open = entries.length;
    if (depth < MAX_BLIND_HALVINGS || split.isAnswered) {
      this.#cut(split, { entries, depth, refusal });
    } else this.#rest(split, { entries, depth, refusal });
  }

  /** It got a part, whatever that says. */
  answered(entry: Entry): void {
    const split = (entry.company as Half | undefined)?.split;
    if (split === undefined || split.isAnswered) return;
    split.isAnswered = true;
    const groups = new Set(split.resting.values());
    const isResting = (each: Entry) => split.resting.delete(each);
    for (const { entries, depth, refusal } of groups) {
      const left = entries.filter(isResting);
      split.open += left.length;
      this.#stages.gate.waiting -= left.length;
      this.#cut(split, { entries: left, depth, refusal });
    }
  }

  /** It is settled, in whatever way. */
  settled(entry: Entry): void {
    const { company } = entry;
    if (company === undefined) return;
    const { split } = company as Half;
    pastOf(entry).company = undefined;
    if (!split.resting.delete(entry)) this.#close(split, 1);
  }

  #cut(split: Split, { entries, depth, refusal }: Resting): void {
    const { status } = refusal.attempt;
    const middle = Math.ceil(entries.length / 2);
    const first: Half = { split, depth: depth + 1 };
    const second: Half = { ...first };
    for (const [at, entry] of entries.entries()) {
      pastOf(entry).company = at < middle ? first : second;
    }
    // One that fails at once may make others leave.
    for (const entry of entries) {
      if (entry.isSettled) continue;
      this.#again(entry, { outcome: "not executed", isFree: true, status }, refusal);
    }
  }

  #rest(split: Split, resting: Resting): void {
    const { entries } = resting;
    for (const entry of entries) {
      entry.state = "held";
      split.resting.set(entry, resting);
    }
    this.#stages.gate.waiting += entries.length;
    this.#close(split, entries.length);
  }

  /** So many are open no more. With the last of them the refusal is that of all who rest. */
  #close(split: Split, count: number): void {
    split.open -= count;
    if (split.open > 0) return;
    const resting = [...split.resting];
    split.resting.clear();
    this.#stages.gate.waiting -= resting.length;
    for (const [entry, { refusal }] of resting) {
      const past = pastOf(entry);
      past.company = undefined;
      past.mayHalve = false;
      this.#again(entry, refusal.attempt, refusal);
    }
  }

  /** Whoever cannot go again fails in turn, as this may be called while another one is settled. */
  #again(entry: Entry, attempt: Attempt, { errorOf }: BatchRefusal): void {
    const { gate, retry, settle } = this.#stages;
    const refusal = retry.tryAgain(entry, this.#laneOf(entry), attempt, errorOf);
    if (refusal === undefined) return;
    if (entry.state !== "held") return settle.failed(entry, errorOf(entry, refusal));
    gate.waiting++;
    settle.failInTurn(entry, errorOf(entry, refusal));
  }

  #laneOf(entry: Entry): Lane {
    return this.#stages.lanes.of(entry);
  }
}
