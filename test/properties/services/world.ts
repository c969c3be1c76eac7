import type { Subscription } from "rxjs";
import { expect } from "vitest";
import { type AnyOperation, type BatchEvent, get, type Operation, post } from "../../../mod.ts";
import { Rig, type SentBatch } from "../../support/rig.ts";
import type { Plan, Planned } from "./plan.ts";
import { placeOf, ThrottlingServer } from "./server.ts";

/** One submission, and what its subscriber saw. */
interface Submission {
  readonly operation: Operation;
  subscription: Subscription | undefined;
  hasLeft: boolean;
  /** How often it was told an end. */
  ends: number;
}

/** Runs a random program in virtual time before a server of several services, and watches what must never happen. */
export class ServicesWorld {
  readonly #plan: Plan;
  readonly #rig: Rig;
  readonly #server: ThrottlingServer;
  readonly #operations = new Map<string, Operation>();
  readonly #submissions: Submission[] = [];
  readonly #controller = new AbortController();
  readonly #violations: string[] = [];
  #isClosed = false;

  constructor(plan: Plan) {
    const { maxBatchSize, concurrency, concurrencyPerContext, maxWaitMs } = plan;
    const { pace, retry, shareReads, tokenMs, beforeSendMs, listener, mixes } = plan;
    this.#plan = plan;
    this.#rig = new Rig({
      wire: {
        order: "native",
        contextOf: ({ url }) => {
          const { lane: key } = placeOf(url);
          const mix = mixes ? "all" : undefined;
          return { key, name: key, url: `https://plain.example/${key}/$batch`, mix };
        },
        serviceOf: ({ url }) => url.startsWith("x") ? undefined : placeOf(url).service,
      },
      ...{ maxBatchSize, concurrency, concurrencyPerContext, maxWaitMs, pace, retry, shareReads },
      signal: this.#controller.signal,
      token: tokenMs === undefined ? undefined : () => this.#rig.at$(tokenMs, "token"),
      beforeSend: beforeSendMs === undefined
        ? undefined
        : () => new Promise<void>((go) => this.#rig.at(this.#rig.now + beforeSendMs, go)),
    });
    this.#server = new ThrottlingServer(this.#rig, plan, {
      operationOf: (url) => this.#operations.get(url)!,
      isAwaited: (url) => this.#isAwaited(url),
    });
    this.#rig.answer = (batch) => {
      this.#checkBatch(batch);
      return this.#server.answer(batch);
    };
    if (listener !== "none") this.#rig.batcher.events.subscribe((event) => this.#heard(event));
  }

  /** Runs it to its end, and checks what must be true then. */
  async run(): Promise<void> {
    let atMs = 0;
    const made: Operation[] = [];
    for (const [place, planned] of this.#plan.operations.entries()) {
      atMs += planned.afterMs;
      const operation = this.#make(place, planned, made);
      made.push(operation);
      this.#rig.at(atMs, () => this.#submit(operation, planned.leavesAfterMs));
    }
    this.#rig.at(this.#plan.endsAtMs, () => this.#end());
    await this.#pass();
    if (this.#plan.ends !== "closes") void this.#close();
    await this.#pass();
    this.#check();
  }

  #make(place: number, planned: Planned, made: readonly Operation[]): Operation {
    const { method, lane, service, isTwin, key, waitsFor } = planned;
    const { lanes, services } = this.#plan;
    const where = `${service === undefined ? "x" : `s${service % services}`}-l${lane % lanes}`;
    const orderingKey = key === undefined ? undefined : `k${key}`;
    const before = waitsFor === undefined ? undefined : made[place - 1 - waitsFor];
    const need = before !== undefined && isAlone(before) ? before : undefined;
    const isFree = orderingKey === undefined && need === undefined;
    const url = isTwin && method === "GET" && isFree ? `${where}-twin` : `${where}-${place}`;
    const init = { orderingKey, dependsOn: need === undefined ? [] : [need] };
    const operation = this.#operations.get(url) ??
      (method === "GET" ? get(url, init) : post(url, { place }, init));
    this.#operations.set(url, operation);
    return operation;
  }

  #submit(operation: Operation, leavesAfterMs: number | undefined): void {
    const submission: Submission = { operation, subscription: undefined, hasLeft: false, ends: 0 };
    this.#submissions.push(submission);
    submission.subscription = this.#rig.batcher.send(operation).subscribe({
      next: ({ body }) => {
        if (body !== operation.url) this.#violations.push(`${operation.url} got ${body}`);
        if (submission.hasLeft) this.#violations.push(`${operation.url} is told though it left`);
      },
      error: () => submission.ends++,
      complete: () => submission.ends++,
    });
    if (leavesAfterMs === undefined) return;
    this.#rig.at(this.#rig.now + leavesAfterMs, () => this.#leave(submission));
  }

  #leave(submission: Submission): void {
    if (!isOpen(submission) || submission.subscription === undefined) return;
    submission.hasLeft = true;
    submission.subscription.unsubscribe();
  }

  /** By all who asked for it, as reads may be alike and their parts are not told apart. */
  #isAwaited(url: string): boolean {
    const alike = this.#submissions.filter(({ operation }) => operation.url === url);
    return alike.some(isOpen) && !alike.some(({ hasLeft }) => hasLeft);
  }

  /** Code of the user's, called while something else is under way. */
  #heard({ type }: BatchEvent): void {
    if (type !== "queued" && type !== "paused") return;
    const { listener } = this.#plan;
    if (listener === "flushes") this.#rig.batcher.flush();
    const count = this.#submissions.length;
    if (listener === "leaves" && type === "queued" && count % 5 === 2) {
      this.#leave(this.#submissions[count - 2]!);
    }
    if (listener !== "submits" || type !== "queued" || count % 4 !== 1 || count > 60) return;
    const { operation } = this.#submissions[count - 1]!;
    if (!isAlone(operation)) this.#submit(operation, undefined);
  }

  #end(): void {
    const { ends } = this.#plan;
    if (ends === "flushes") this.#rig.batcher.flush();
    if (ends === "aborts") this.#controller.abort();
    if (ends === "closes") void this.#close();
  }

  async #close(): Promise<void> {
    await this.#rig.batcher.close();
    this.#isClosed = true;
  }

  /** Lets time pass until nothing is scheduled; promises get their turn after each moment. */
  async #pass(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    while (this.#rig.timers > 0) {
      this.#rig.run(this.#rig.clock.actions[0]!.delay);
      for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    }
  }

  #checkBatch({ urls, context }: SentBatch): void {
    const { maxBatchSize, mixes } = this.#plan;
    const say = (what: string) => this.#violations.push(`@${this.#rig.now} ${urls}: ${what}`);
    if (urls.length > maxBatchSize || urls.length === 0) say("too many, or none");
    if (!mixes && urls.some((url) => placeOf(url).lane !== context)) say("a foreign lane");
    const here = urls.map((url) => this.#operations.get(url)!);
    const isHere = (need: AnyOperation) => here.some((one) => one === need);
    const follows = here.filter(({ dependsOn }) => dependsOn.some(isHere));
    if (follows.length > 0 && follows.length < here.length - 1) say("neither a chain nor free");
    const keys = here.flatMap(({ orderingKey }) => orderingKey ?? []);
    if (new Set(keys).size < keys.length) say("one ordering key twice");
  }

  #check(): void {
    expect(this.#violations).toEqual([]);
    expect(this.#server.violations).toEqual([]);
    for (const { operation, hasLeft, ends } of this.#submissions) {
      expect(ends, `${operation.url} ${hasLeft ? "left" : "stayed"}`).toBe(hasLeft ? 0 : 1);
    }
    for (const [url, runs] of this.#server.runs) {
      if (this.#operations.get(url)!.method === "POST") expect(runs, url).toBe(1);
    }
    expect(this.#isClosed).toBe(true);
    expect(this.#rig.timers).toBe(0);
  }
}

function isOpen({ ends, hasLeft }: Submission): boolean {
  return ends === 0 && !hasLeft;
}

/** It is submitted once, so that who depends on it means that one. */
function isAlone({ url }: Operation): boolean {
  return !url.endsWith("twin");
}
