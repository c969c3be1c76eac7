import { pastOf } from "../entry.ts";
import type { Batch, Deferred } from "../send/batch.ts";
import { outcomeFor } from "./again/outcome.ts";
import type { Pauses } from "./again/pauses.ts";
import type { Attempt, Refusal, Retry } from "./again/retry.ts";
import type { Settle } from "./settle.ts";

/** What a 424 is judged with. */
interface DeferralStages {
  readonly pauses: Pauses;
  readonly retry: Retry;
  readonly settle: Settle;
}

/** Sends it again, if that is allowed; why not, otherwise. */
type TryAgain = (batch: Batch, deferred: Deferred, attempt: Attempt) => Refusal | undefined;

/** A 424 says that it did not run, as something else has failed: what comes of that, the whole answer says (design rule 24). */
export class Deferral {
  readonly #stages: DeferralStages;
  readonly #tryAgain: TryAgain;

  constructor(stages: DeferralStages, tryAgain: TryAgain) {
    this.#stages = stages;
    this.#tryAgain = tryAgain;
  }

  /** Its parent may yet go again, or be answered: nobody knows before the whole answer is read. */
  add(batch: Batch, deferred: Deferred): void {
    const { entry, part } = deferred;
    const { pauses, retry } = this.#stages;
    pastOf(entry).isUnrun = true;
    pauses.obey(entry, batch.laneOf(entry), part.headers, batch.date);
    batch.deferred.push(deferred);
    retry.failInTurnIfNeedFell(entry);
  }

  /**
   * With a parent that goes again it goes again too. When all of them were answered here, it goes again without them, once.
   * Otherwise it is an answer like any other, which the caller may say did not run it.
   */
  end(batch: Batch, deferred: Deferred): void {
    const { entry, error, part: { status } } = deferred;
    const { retry, settle } = this.#stages;
    entry.flight = undefined;
    if (entry.isSettled || retry.failInTurnIfNeedFell(entry)) return;
    const past = pastOf(entry);
    past.isUnrun = false;
    const goesAlone = entry.waits === 0 && !past.hasGoneAlone &&
      entry.operation.dependsOn.length > 0;
    if (goesAlone) past.hasGoneAlone = true;
    const attempt: Attempt = entry.waits > 0 || goesAlone
      ? { outcome: "not executed", status, isFree: true }
      : { outcome: outcomeFor(entry.built!, status, "failed"), status };
    const refusal = this.#tryAgain(batch, deferred, attempt);
    if (refusal !== undefined) settle.failed(entry, error(entry, refusal));
  }
}
