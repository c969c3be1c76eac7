import { type Observable, Subject } from "rxjs";
import { expect } from "vitest";
import {
  type AnyOperation,
  type Batcher,
  type BatchError,
  type BatchEvent,
  type BatchOptions,
  fetchTransport,
  type OperationResponse,
} from "../../../mod.ts";
import type { FakeService } from "../../../src/testing.ts";
import { VirtualTime } from "../../support/virtual_time.ts";
import { needsOf, operationsOf } from "./job.ts";
import type { JobPlan } from "./plan.ts";
import { Submission } from "./submission.ts";
import { type JobWire, PEOPLE } from "./wires.ts";

/** Runs a random job in virtual time before a fake that goes wrong, and watches what must never happen. */
export class JobWorld {
  readonly #plan: JobPlan;
  readonly #wire: JobWire;
  readonly #time = new VirtualTime();
  readonly #controller = new AbortController();
  readonly #fake: FakeService;
  readonly #operations: readonly AnyOperation[];
  readonly #submissions: Submission[] = [];
  readonly #violations: unknown[] = [];
  /** Batches whose POST has not ended. */
  readonly #flying = new Set<number>();
  #built = 0;
  #isDeserted = false;

  constructor(plan: JobPlan, wire: JobWire) {
    this.#plan = plan;
    this.#wire = wire;
    this.#fake = wire.fake({
      seed: plan.seed,
      faults: plan.faults,
      latencyMs: [0, 50],
      clock: this.#time,
      mailboxes: Object.fromEntries(PEOPLE.map((address) => [address, { messages: 2 }])),
    });
    this.#operations = operationsOf(
      plan.steps,
      wire,
      (place, answers) => this.#watched(() => this.#build(place, answers)) ?? "",
    );
  }

  /** Runs it to its end, and checks what must be true then. */
  async run(): Promise<void> {
    const { door, end, steps } = this.#plan;
    const batcher = this.#wire.create(this.#fake, this.#options);
    batcher.events.subscribe((event) => this.#watched(() => this.#see(event)));
    const source$ = new Subject<AnyOperation>();
    const leaving: (() => void)[] = [];
    if (door === "operator") leaving.push(this.#operate(source$));
    let atMs = 0;
    for (const [place, step] of steps.entries()) {
      atMs += step.afterMs;
      const times = door === "operator" ? Math.min(step.submissions, 1) : step.submissions;
      for (let time = 0; time < times; time++) {
        this.#time.at(atMs + 70 * time, () => {
          const submission = this.#submit(place);
          if (door === "operator") return source$.next(submission.operation);
          this.#send(batcher, submission, leaving);
        });
      }
    }
    this.#time.at(atMs, () => source$.complete());
    this.#time.at(end.atMs, () => this.#end(batcher, leaving));
    await this.#time.run();
    await this.#check(batcher);
  }

  get #options(): BatchOptions {
    return {
      ...this.#plan.options,
      timeoutMs: 400,
      scheduler: this.#time.scheduler,
      signal: this.#controller.signal,
      transport: fetchTransport(this.#fake.fetch),
    };
  }

  #submit(place: number): Submission {
    const step = this.#plan.steps[place]!;
    const needs = needsOf(step, place).map((at) => this.#latest(this.#operations[at]!));
    const submission = new Submission(place, step, this.#operations[place]!, needs);
    this.#submissions.push(submission);
    return submission;
  }

  #latest(operation: AnyOperation): Submission | undefined {
    return this.#submissions.findLast((submission) => submission.operation === operation);
  }

  #send(batcher: Batcher, submission: Submission, leaving: (() => void)[]): void {
    const subscription = batcher.send(submission.operation).subscribe({
      next: (response) => {
        submission.response = response;
        this.#leaveWith(submission);
      },
      error: (error: BatchError) => {
        submission.error = error;
        submission.ends++;
      },
      complete: () => submission.ends++,
    });
    const leave = () => {
      // Written first: whoever waited for it may go at once.
      submission.hasLeft ||= submission.ends === 0;
      subscription.unsubscribe();
    };
    submission.leave = leave;
    leaving.push(leave);
    const { leavesAfterMs } = submission.step;
    if (leavesAfterMs !== undefined) this.#time.at(this.#time.now() + leavesAfterMs, leave);
  }

  #leaveWith(answered: Submission): void {
    for (const { step, needs, leave } of this.#submissions) {
      if (step.leavesWithAnswer && needs.includes(answered)) leave?.();
    }
  }

  #operate(source$: Observable<AnyOperation>): () => void {
    const events = { next: (event: BatchEvent) => this.#watched(() => this.#see(event)) };
    const subscription = source$.pipe(this.#wire.operator(this.#fake, { ...this.#options, events }))
      .subscribe((result) => {
        const submission = this.#latest(result.operation)!;
        submission.ends++;
        if (result.ok) submission.response = result.response;
        else submission.error = result.error;
      });
    return () => {
      for (const submission of this.#submissions) submission.hasLeft ||= submission.ends === 0;
      // Those that have not come yet will find nobody.
      this.#isDeserted = true;
      subscription.unsubscribe();
    };
  }

  #end(batcher: Batcher, leaving: readonly (() => void)[]): void {
    const { end } = this.#plan;
    if (end.kind === "close") void batcher.close();
    if (end.kind === "signal") this.#controller.abort();
    if (end.kind !== "leave") return;
    for (const leave of leaving) leave();
  }

  /** Inside the pipeline a thrown error would be one more fault: what is wrong comes to light at the end. */
  #watched<T>(look: () => T): T | undefined {
    try {
      return look();
    } catch (violation) {
      this.#violations.push(violation);
      return undefined;
    }
  }

  #build(place: number, answers: readonly OperationResponse[]): string {
    const submission = this.#submissions.find((each) =>
      each.place === place && each.canBeBuiltFrom(answers)
    );
    expect(submission, `somebody waits for what is built of ${place}`).toBeDefined();
    submission!.isBuilt = true;
    return submission!.key = `${place} built ${this.#built++}`;
  }

  #see(event: BatchEvent): void {
    if (event.type === "answered") this.#flying.delete(event.batch);
    if (event.type !== "sent") return;
    this.#flying.add(event.batch);
    const ids = event.operations;
    const riders = ids.map((id, at) => {
      const rider = this.#submissions.find((each) =>
        each.operation.id === id && each.isOpen && each.batch !== event.batch &&
        (!each.isDerived || each.isBuilt)
      );
      expect(rider, `somebody waits for operation ${id} at place ${at}`).toBeDefined();
      rider!.batch = event.batch;
      return rider!;
    });
    for (const rider of riders) this.#checkOrder(rider, event.batch);
  }

  #checkOrder(rider: Submission, batch: number): void {
    for (const need of rider.needs) {
      const rides = this.#wire.isNative && !rider.isDerived && need?.batch === batch;
      expect(rides || need?.response !== undefined, `${rider.place} after ${need?.place}`).toBe(
        true,
      );
    }
    const { key } = rider.step;
    if (key === undefined) return;
    const mine = this.#submissions.indexOf(rider);
    for (const [at, other] of this.#submissions.entries()) {
      if (other === rider || other.step.key !== key) continue;
      const isOut = other.batch !== undefined && this.#flying.has(other.batch) && other.ends === 0;
      expect(isOut, `${other.place} is out beside ${rider.place}`).toBe(false);
      if (at < mine) expect(other.isOpen, `${other.place} before ${rider.place}`).toBe(false);
    }
  }

  async #check(batcher: Batcher): Promise<void> {
    if (this.#violations.length > 0) throw this.#violations[0];
    const isLone = (one: Submission) =>
      one.isDerived || this.#submissions.filter(({ place }) => place === one.place).length === 1;
    for (const submission of this.#submissions) {
      if (this.#isDeserted && submission.ends === 0) continue;
      submission.check(this.#fake.ledger, isLone(submission));
    }
    expect(this.#fake.ledger.batches.filter(({ status }) => status === 400)).toEqual([]);
    expect(this.#time.timers).toBe(0);
    await batcher.close();
    expect(this.#time.timers).toBe(0);
    if (this.#isCalm) {
      for (const { error, place } of this.#submissions) expect(error, `${place}`).toBeUndefined();
    }
  }

  /** Nothing goes wrong, and nobody leaves. */
  get #isCalm(): boolean {
    const { steps, faults, end, options } = this.#plan;
    return faults.length === 0 && end.kind === "none" && options.retry !== false &&
      options.concurrencyPerContext === 1 &&
      steps.every(({ leavesAfterMs, leavesWithAnswer, submissions, build }) =>
        leavesAfterMs === undefined && !leavesWithAnswer && submissions === 1 && build === "good"
      );
  }
}
