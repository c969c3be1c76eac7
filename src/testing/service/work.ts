import type { BatchOperation } from "../http/batch.ts";
import { type FaultScene, isLate, struckBy } from "../fault/answer.ts";
import { type Answer, jsonAnswer, Refusal, refusalAnswer } from "../http/http.ts";
import type { OpenEntry } from "../ledger.ts";
import type { BatchDesk } from "./desk.ts";
import { alone, type Unit, type UnitAnswer } from "./units.ts";

/** Carries out the units of one batch, and notes what became of each operation. */
export class Work {
  readonly #desk: BatchDesk;
  readonly #scene: FaultScene;
  /** What operations have made, by their ids. */
  readonly #made = new Map<string, string>();

  constructor(desk: BatchDesk, scene: FaultScene) {
    this.#desk = desk;
    this.#scene = scene;
  }

  async carryOut(unit: Unit): Promise<UnitAnswer> {
    return unit.isGroup ? await this.#group(unit) : alone(await this.#single(unit.places[0]!));
  }

  /** Of what cannot run, as one that it depends on has failed. */
  skip({ places, isGroup }: Unit): UnitAnswer {
    const answers = places.map((place) => this.#noted(place, dependencyFailed()));
    return { status: 424, answers, failure: isGroup ? answers[0] : undefined };
  }

  async #single(place: number): Promise<Answer> {
    const instead = await this.#struckBefore(place);
    if (instead !== undefined) return this.#noted(place, instead);
    const answer = await this.#worked(place);
    return this.#noted(place, await this.#struckAfter(place) ?? answer);
  }

  /** All of it in one go, so that nothing of another batch comes between. */
  async #group({ places }: Unit): Promise<UnitAnswer> {
    const { dialect, workMs, clock, left: { signal } } = this.#desk;
    const instead: (Answer | undefined)[] = [];
    for (const place of places) instead.push(await this.#struckBefore(place));
    if (workMs > 0) await clock.wait(workMs * places.length, signal);
    const undo = dialect.begin?.();
    const answers: Answer[] = [];
    for (const [at, place] of places.entries()) {
      const answer = instead[at] ?? this.#attempt(place);
      answers.push(answer);
      if (answer.status >= 400 && undo !== undefined) {
        undo();
        return this.#rolledBack(places, at, answer);
      }
    }
    const told: Answer[] = [];
    for (const [at, place] of places.entries()) {
      told.push(this.#noted(place, await this.#struckAfter(place) ?? answers[at]!));
    }
    const failure = undo === undefined ? undefined : told.find(({ status }) => status >= 400);
    return { status: Math.max(...told.map(({ status }) => status)), answers: told, failure };
  }

  /** The others of its group failed with it. */
  #rolledBack(places: readonly number[], culprit: number, failure: Answer): UnitAnswer {
    const answers = places.map((place, at) => {
      this.#entry(place).carriedOut = false;
      return this.#noted(place, at === culprit ? failure : dependencyFailed());
    });
    return { status: failure.status, answers, failure };
  }

  async #struckBefore(place: number): Promise<Answer | undefined> {
    const faults = this.#faults(place).filter((fault) => !isLate(fault));
    return faults.length === 0 ? undefined : await struckBy(faults, this.#scene);
  }

  async #struckAfter(place: number): Promise<Answer | undefined> {
    const faults = this.#faults(place).filter(isLate);
    return faults.length === 0 ? undefined : await struckBy(faults, this.#scene);
  }

  #faults(place: number) {
    return this.#desk.strikes.parts[place] ?? [];
  }

  /** The mailbox is busy with it for a while, or too busy for it. */
  async #worked(place: number): Promise<Answer> {
    const { batch, dialect, load, workMs, clock, left: { signal } } = this.#desk;
    const { mailbox } = this.#entry(place);
    const busy = dialect.loadOf?.(batch.operations[place]!, mailbox) ?? mailbox;
    const leave = load.enter(busy);
    if (leave === undefined) return tooBusy();
    try {
      if (workMs > 0) await clock.wait(workMs, signal);
      return this.#attempt(place);
    } finally {
      leave();
    }
  }

  #attempt(place: number): Answer {
    const { dialect, house } = this.#desk;
    const given = this.#desk.batch.operations[place] as BatchOperation;
    this.#entry(place).carriedOut = true;
    try {
      const operation = dialect.refer?.(given, this.#made) ?? given;
      const answer = dialect.carryOut(operation, house);
      const { Location: made } = answer.headers;
      if (made !== undefined && given.id !== undefined) this.#made.set(given.id, made);
      return answer;
    } catch (error) {
      if (error instanceof Refusal) return (dialect.refuse ?? refusalAnswer)(error);
      throw error;
    }
  }

  #noted(place: number, answer: Answer): Answer {
    this.#entry(place).status = answer.status;
    return answer;
  }

  #entry(place: number): OpenEntry {
    return this.#desk.entries[place] as OpenEntry;
  }
}

function dependencyFailed(): Answer {
  const error = { code: "FailedDependency", message: "What it depends on has failed." };
  return jsonAnswer(424, { error });
}

/** Protocol C2, C3: of one operation alone, and the wait may be a fraction. */
function tooBusy(): Answer {
  const error = {
    code: "ApplicationThrottled",
    message: "Application is over its MailboxConcurrency limit.",
  };
  return jsonAnswer(429, { error }, { "Retry-After": "0.25" });
}
