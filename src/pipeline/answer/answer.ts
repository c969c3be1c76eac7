import type { Part, Wire } from "../../wire/wire.ts";
import { type Entry, pastOf } from "../entry.ts";
import { Acceptance, type AcceptanceStages, type GroupAnswer } from "./acceptance.ts";
import { Deferral } from "./deferral.ts";
import { errorOf } from "./part_error.ts";
import { responseOf } from "./told.ts";
import { answersIn } from "./match/place.ts";
import type { Halves } from "./refused/halves.ts";
import { outcomeFor, outcomeOfPart } from "./again/outcome.ts";
import type { Batch } from "../send/batch.ts";
import type { Pauses } from "./again/pauses.ts";
import type { Attempt, ErrorOf, Refusal, Retry } from "./again/retry.ts";
import type { Renewal } from "./refused/renewal.ts";

/** What answers are judged with. */
interface AnswerStages extends AcceptanceStages {
  readonly wire: Wire;
  readonly pauses: Pauses;
  readonly retry: Retry;
  readonly renewal: Renewal;
  readonly halves: Halves;
}

/** What a part means for its operation: an answer, an error, or another attempt. */
export class Answers {
  readonly #stages: AnswerStages;
  readonly #acceptance: Acceptance;
  /** What waits for the end of its answer. */
  declare readonly deferral: Deferral;

  constructor(stages: AnswerStages) {
    this.#stages = stages;
    this.deferral = new Deferral(
      stages,
      (batch, { entry, error }, attempt) => this.#tryAgain(batch, entry, attempt, error),
    );
    this.#acceptance = new Acceptance(stages);
  }

  part(batch: Batch, entry: Entry, part: Part): void {
    this.#stages.halves.answered(entry);
    const built = entry.built!;
    if (built.method === undefined) return this.#group(batch, entry, { group: built, place: part });
    if (built.okStatuses?.includes(part.status)) return this.#accepted(batch, entry, part);
    const outcome = outcomeOfPart(part.status, this.#stages.settings.retry.refusedStatuses);
    if (outcome === "answered") {
      entry.flight = undefined;
      batch.hasSettled = true;
      return this.#acceptance.part(entry, part);
    }
    const error = errorOf(part, batch);
    if (outcome === "dependency failed") return this.deferral.add(batch, { entry, part, error });
    entry.flight = undefined;
    this.#goAgainOrFail(batch, entry, part, error);
  }

  /** Any failure in a group is that of all (design rule 31). */
  #group(batch: Batch, entry: Entry, { group, place }: GroupAnswer): void {
    const { culpritOf, fatesOf } = this.#stages.groups!;
    const culprit = culpritOf(group, place);
    if (culprit === undefined) {
      entry.flight = undefined;
      batch.hasSettled = true;
      return this.#acceptance.group(entry, { group, place });
    }
    const outcome = outcomeOfPart(culprit.status, this.#stages.settings.retry.refusedStatuses);
    const rollsBack = this.#stages.wire.rollsBack === true;
    // An attempt that may have run has not been undone by the error of another.
    const certain = rollsBack && outcome !== "unknown" && !entry.mayHaveRun;
    const fates = fatesOf(group, place, { culprit, attempts: entry.attempts, certain });
    const isHalfDone = !rollsBack && answersIn(place).some(({ status }) => status < 400);
    const error = errorOf(culprit, batch, fates);
    if (outcome === "dependency failed" && !isHalfDone) {
      return this.deferral.add(batch, { entry, part: culprit, error });
    }
    entry.flight = undefined;
    this.#goAgainOrFail(batch, entry, culprit, error, isHalfDone);
  }

  /** `isHalfDone`: of a group that is not undone, some have run, whatever is said of the others. */
  #goAgainOrFail(
    batch: Batch,
    entry: Entry,
    part: Part,
    error: ErrorOf,
    isHalfDone = false,
  ): void {
    const { pauses, settle, settings } = this.#stages;
    const outcome = outcomeOfPart(part.status, settings.retry.refusedStatuses);
    const waitMs = pauses.obey(entry, batch.laneOf(entry), part.headers, batch.date);
    const judged = outcomeFor(entry.built!, part.status, outcome);
    const isRefused = judged === "throttled" || judged === "not executed";
    const attempt = {
      outcome: isHalfDone && isRefused ? "unknown" as const : judged,
      isHalfDone,
      status: part.status,
      headers: part.headers,
      retryAfterMs: waitMs,
      pauses: outcome === "throttled" || waitMs !== undefined ? "service" as const : undefined,
    };
    const refusal = this.#tryAgain(batch, entry, attempt, error);
    if (refusal === undefined) return;
    batch.hasSettled = true;
    settle.failed(entry, error(entry, refusal));
  }

  /** An error that the caller counts as an answer; what the server asks for with it holds all the same. */
  #accepted(batch: Batch, entry: Entry, part: Part): void {
    entry.flight = undefined;
    batch.hasSettled = true;
    this.#stages.pauses.obey(entry, batch.laneOf(entry), part.headers, batch.date);
    this.#stages.settle.answered(entry, responseOf(entry, part, undefined));
  }

  #tryAgain(batch: Batch, entry: Entry, attempt: Attempt, error: ErrorOf): Refusal | undefined {
    const lane = batch.laneOf(entry);
    const { renewal, retry } = this.#stages;
    const head = { status: attempt.status ?? 0, headers: attempt.headers ?? {} };
    const wanted = attempt.isHalfDone === true ? undefined : renewal.wants(head);
    if (wanted === undefined) {
      if (attempt.outcome === "unknown") pastOf(entry).mayHaveRun = true;
      return retry.tryAgain(entry, lane, attempt, error);
    }
    const renewed = renewal.attempt(wanted, { batch, entry, head, isWhole: false }, attempt);
    // What is refused for now, by a 429 or by the caller's word, goes again without fresh ones.
    const next = renewed ?? (attempt.outcome === "throttled" ? attempt : undefined);
    return next === undefined ? "policy" : retry.tryAgain(entry, lane, next, error);
  }
}
