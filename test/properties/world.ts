import { EMPTY, type Observable, Subject, type Subscription } from "rxjs";
import { expect } from "vitest";
import {
  batch as operatorOf,
  type BatchError,
  type BatchOptions,
  del,
  get,
  type HttpResponse,
  type Operation,
  type OperationResult,
  patch,
  post,
  put,
  type Wire,
} from "../../mod.ts";
import { isIdempotent } from "../../src/operation/operation.ts";
import { Random } from "../support/random.ts";
import { Rig, type SentBatch } from "../support/rig.ts";
import { laneNameOf, ModelServer } from "./model_server.ts";
import type { Plan, PlannedOperation } from "./plan.ts";

/** One submission, and what its subscriber saw. */
interface Submission {
  readonly place: number;
  readonly operation: Operation;
  readonly url: string;
  isSubmitted: boolean;
  hasLeft: boolean;
  /** How often it was told an end. */
  ends: number;
  result: OperationResult | undefined;
  posts: number;
}

interface Flying {
  readonly batch: SentBatch;
  readonly submissions: readonly Submission[];
  /** Those whose part has come. */
  readonly answered: Set<Submission>;
}

/** Runs a random program in virtual time before a server that goes wrong, and watches what must never happen. */
export class World {
  readonly #plan: Plan;
  readonly #rig: Rig;
  readonly #server: ModelServer;
  readonly #submissions: readonly Submission[];
  readonly #byUrl = new Map<string, Submission>();
  readonly #flying = new Set<Flying>();
  readonly #lastOfKey = new Map<string, number>();
  readonly #controller = new AbortController();
  readonly #violations: unknown[] = [];
  readonly #subscriptions = new Map<number, Subscription>();
  #listeners = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#watchSignal();
    this.#rig = new Rig({ ...this.#options(), wire: wireOf(plan) });
    this.#rig.answer = (batch) => this.#answer(batch);
    this.#submissions = this.#makeSubmissions();
    this.#server = new ModelServer(this.#rig, plan, {
      operationOf: (url) => this.#byUrl.get(url)!.operation,
      urlOf: (place) => this.#submissions[place]!.url,
    });
  }

  /** Runs it to its end, and checks what must be true then. */
  run(): void {
    const { operations, door, end } = this.#plan;
    const subscriptions: Subscription[] = [];
    const source$ = new Subject<Operation>();
    if (door === "operator") subscriptions.push(this.#operate(source$));
    let atMs = 0;
    for (const [place, planned] of operations.entries()) {
      atMs += planned.afterMs;
      this.#rig.at(atMs, () => {
        const submission = this.#submissions[place]!;
        submission.isSubmitted = true;
        if (door === "operator") return source$.next(submission.operation);
        const subscription = this.#send(submission);
        subscriptions.push(subscription);
        this.#subscriptions.set(place, subscription);
        const { leavesAfterMs } = planned;
        if (leavesAfterMs !== undefined) {
          this.#rig.at(this.#rig.now + leavesAfterMs, () => this.#leave(submission, subscription));
        }
      });
    }
    this.#rig.at(atMs, () => source$.complete());
    this.#rig.at(end.atMs, () => this.#end(subscriptions));
    this.#rig.run(1_000_000_000);
    this.#check();
  }

  #options(): BatchOptions {
    const { maxBatchSize, maxBatchBytes, maxWaitMs, maxQueued, retry } = this.#plan;
    const { concurrency, concurrencyPerContext, continueOnError, abortUnsafe } = this.#plan;
    return {
      maxBatchSize,
      maxBatchBytes,
      maxWaitMs,
      maxQueued,
      retry,
      concurrency,
      concurrencyPerContext,
      continueOnError,
      abortUnsafe,
      timeoutMs: 400,
      signal: this.#controller.signal,
      token: this.#token(),
    };
  }

  #token(): BatchOptions["token"] {
    const random = new Random(this.#plan.seed + 1);
    switch (this.#plan.token) {
      case "none":
        return undefined;
      case "sync":
        return (_, { refresh }) => refresh ? "new" : "old";
      case "late":
        return () => this.#rig.at$(random.below(100), "token");
      case "fickle":
        return () => {
          if (random.chance(0.1)) throw new Error("no token");
          if (random.chance(0.1)) return EMPTY;
          return this.#rig.at$(random.pick([0, 50, 600]), "token");
        };
    }
  }

  #watchSignal(): void {
    const { signal } = this.#controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    const listening = new Set<unknown>();
    signal.addEventListener = (type: string, listener: never) => {
      listening.add(listener);
      this.#listeners = listening.size;
      add(type, listener);
    };
    signal.removeEventListener = (type: string, listener: never) => {
      listening.delete(listener);
      this.#listeners = listening.size;
      remove(type, listener);
    };
  }

  #makeSubmissions(): Submission[] {
    const submissions: Submission[] = [];
    for (const [place, planned] of this.#plan.operations.entries()) {
      const url = `o${place}-`.padEnd(planned.bytes, "x");
      const dependsOn = planned.dependsOn
        .filter((back) => back < place)
        .map((back) => submissions[place - 1 - back]!.operation);
      const operation = makeOperation(url, this.#opened(planned), dependsOn);
      const submission: Submission = {
        place,
        operation,
        url,
        isSubmitted: false,
        hasLeft: false,
        ends: 0,
        result: undefined,
        posts: 0,
      };
      submissions.push(submission);
      this.#byUrl.set(url, submission);
    }
    return submissions;
  }

  /** An account needs a token function that is given it. */
  #opened(planned: PlannedOperation): PlannedOperation {
    return this.#plan.token === "none" ? { ...planned, account: undefined } : planned;
  }

  #send(submission: Submission): Subscription {
    const { operation } = submission;
    return this.#rig.batcher.send(operation).subscribe({
      next: (response) => submission.result = { ok: true, operation, response },
      error: (error: BatchError) => {
        submission.result = { ok: false, operation, error };
        this.#ended(submission);
      },
      complete: () => this.#ended(submission),
    });
  }

  /** Its end makes others leave, while whatever led to it goes on. */
  #ended(submission: Submission): void {
    submission.ends++;
    for (const [place, subscription] of this.#subscriptions) {
      const { leavesWith } = this.#plan.operations[place]!;
      if (leavesWith === undefined || place - leavesWith !== submission.place) continue;
      this.#leave(this.#submissions[place]!, subscription);
    }
  }

  #operate(source$: Observable<Operation>): Subscription {
    return source$.pipe(operatorOf(this.#rig.wire, this.#rig.options)).subscribe((result) => {
      const submission = this.#byUrl.get(result.operation.url)!;
      submission.result = result;
      submission.ends++;
    });
  }

  #leave(submission: Submission, subscription: Subscription): void {
    if (submission.ends === 0) submission.hasLeft = true;
    subscription.unsubscribe();
  }

  #end(subscriptions: readonly Subscription[]): void {
    switch (this.#plan.end.kind) {
      case "none":
        return;
      case "flush":
        return this.#rig.batcher.flush();
      case "close":
        return void this.#rig.batcher.close();
      case "signal":
        return this.#controller.abort();
      case "leave":
        if (this.#plan.door === "operator") return this.#leaveOperator(subscriptions[0]!);
        for (const [place, subscription] of subscriptions.entries()) {
          this.#leave(this.#submissions[place]!, subscription);
        }
    }
  }

  /** Those that have not come yet will find nobody. */
  #leaveOperator(subscription: Subscription): void {
    for (const submission of this.#submissions) submission.hasLeft = submission.ends === 0;
    subscription.unsubscribe();
  }

  #answer(batch: SentBatch): Observable<HttpResponse> {
    const submissions = batch.urls.map((url) => this.#byUrl.get(url)!);
    const flying: Flying = { batch, submissions, answered: new Set() };
    // A transport that throws is just another fault: what is wrong comes to light at the end.
    try {
      this.#checkBatch(flying);
    } catch (violation) {
      this.#violations.push(violation);
    }
    for (const submission of submissions) submission.posts++;
    this.#flying.add(flying);
    return this.#server.answer(batch, {
      landed: () => this.#flying.delete(flying),
      answered: (url) => flying.answered.add(this.#byUrl.get(url)!),
    });
  }

  #checkBatch({ batch, submissions }: Flying): void {
    const { order, mixes, maxBatchSize, maxBatchBytes, concurrency } = this.#plan;
    const { urls } = batch;
    expect(new Set(urls).size).toBe(urls.length);
    expect(urls.length).toBeLessThanOrEqual(maxBatchSize);
    if (urls.length > 1) expect(urls.join("").length).toBeLessThanOrEqual(maxBatchBytes);
    expect(this.#flying.size).toBeLessThan(concurrency);
    const contexts = new Set(submissions.map(({ operation }) => operation.context!));
    expect(contexts).toContain(batch.context);
    if (!mixes) expect(contexts.size).toBe(1);
    expect(new Set(submissions.map(({ operation }) => operation.account)).size).toBe(1);
    const lanes = new Set(submissions.map(({ operation }) => laneNameOf(operation)));
    for (const lane of lanes) this.#checkLane(lane);
    for (const [at, { operation, url, ends, hasLeft, place }] of submissions.entries()) {
      expect([ends, hasLeft], url).toEqual([0, false]);
      for (const need of operation.dependsOn) {
        const { result } = this.#byUrl.get(need.url!)!;
        const rides = order === "native" && urls.slice(0, at).includes(need.url!);
        expect(rides || result?.ok, `${url} after ${need.url}`).toBe(true);
      }
      if (operation.orderingKey === undefined) continue;
      expect(place).toBeGreaterThanOrEqual(this.#lastOfKey.get(operation.orderingKey) ?? 0);
      this.#lastOfKey.set(operation.orderingKey, place);
      this.#checkTurn(operation.orderingKey, batch, url);
    }
  }

  #checkLane(lane: string): void {
    const isBeside = ({ submissions }: Flying) =>
      submissions.some(({ operation }) => laneNameOf(operation) === lane);
    const beside = [...this.#flying].filter(isBeside);
    expect(beside.length).toBeLessThan(this.#plan.concurrencyPerContext);
    expect(this.#rig.now).toBeGreaterThanOrEqual(this.#server.pausedUntilMs.get(lane) ?? 0);
  }

  /** Nobody else of this key is out: unsettled, or left before its part came, in a POST that has not ended. */
  #checkTurn(key: string, batch: SentBatch, url: string): void {
    const isOfKey = (other: Submission) =>
      other.url !== url && other.operation.orderingKey === key && other.ends === 0;
    for (const { answered, submissions } of this.#flying) {
      const isOut = (other: Submission) =>
        isOfKey(other) && !(other.hasLeft && answered.has(other));
      expect(submissions.filter(isOut).map((other) => other.url), url).toEqual([]);
    }
    expect(batch.urls.map((each) => this.#byUrl.get(each)!).filter(isOfKey), url).toEqual([]);
  }

  #check(): void {
    if (this.#violations.length > 0) throw this.#violations[0];
    const { door, faults, end, maxQueued } = this.#plan;
    const hasEnded = door === "operator" && end.kind === "leave";
    for (const submission of this.#submissions) {
      if (!submission.isSubmitted) continue;
      const { url, hasLeft, ends } = submission;
      expect(ends, url).toBe(hasLeft && submission.result === undefined ? 0 : 1);
      this.#checkLedger(submission);
      this.#checkPoison(submission);
      if (faults > 0 || this.#isPoisoned || hasLeft || hasEnded) continue;
      if (end.kind === "close" || end.kind === "signal") {
        continue;
      }
      if (maxQueued < Infinity || this.#plan.token === "fickle") continue;
      if (this.#submissions.some((each) => each.hasLeft || each.operation.schema !== undefined)) {
        continue;
      }
      expect(submission.result?.ok, url).toBe(true);
    }
    expect(this.#rig.timers).toBe(0);
    expect(this.#listeners).toBe(0);
    expect(this.#flying.size).toBe(0);
    let isComplete = false;
    this.#rig.batcher.events.subscribe({ complete: () => isComplete = true });
    void this.#rig.batcher.close();
    expect(isComplete).toBe(true);
  }

  get #isPoisoned(): boolean {
    const { poison, operations } = this.#plan;
    return poison !== undefined && poison.place < operations.length;
  }

  /** One operation that spoils its batch spoils no other that may be repeated. */
  #checkPoison({ place, url, operation, result }: Submission): void {
    const { faults, poison, retry, end, door, maxQueued, token } = this.#plan;
    if (!this.#isPoisoned || place === poison!.place || faults > 0 || token === "fickle") return;
    if (retry === false || retry.maxTotalMs < 100_000 || maxQueued < Infinity) return;
    if (end.kind !== "none" && end.kind !== "flush") return;
    if (door === "send" && this.#submissions.some(({ hasLeft }) => hasLeft)) return;
    const { dependsOn, schema } = operation;
    // Halves are sent again, which its caller has ruled out.
    if (operation.retry === false) return;
    if (!isIdempotent(operation) || dependsOn.length > 0 || schema !== undefined) return;
    expect(result?.ok, `${url} beside the one that spoils`).toBe(true);
  }

  #checkLedger({ url, operation, result, posts }: Submission): void {
    const effects = this.#server.effects.get(url) ?? 0;
    if (!isIdempotent(operation)) expect(effects, `${url} took effect`).toBeLessThanOrEqual(1);
    if (result === undefined) return;
    if (result.ok) {
      if (result.response.status === 404) {
        expect(operation.okStatuses, url).toContain(404);
        expect(result.response.body, url).toBeUndefined();
        return;
      }
      expect(result.response.body, url).toBe(url);
      expect(effects, url).toBeGreaterThanOrEqual(1);
      return;
    }
    const { error } = result;
    expect(error.operation).toBe(operation);
    // A fault of ours ends an answer as one of the server's would; a token that is none ends a batch.
    const isUnsent = error._tag === "NotExecutedError";
    if (!isUnsent) expect(error.cause, url).not.toBeInstanceOf(TypeError);
    const isNative = this.#plan.order === "native";
    const isNever = ["DependencyError", "LimitError", "OperationError"].includes(error._tag);
    if (isNever && !isNative) expect(posts, `${url} ${error._tag}`).toBe(0);
    const isCertain = error._tag === "DependencyError" ||
      (error._tag === "NotExecutedError" && error.certain) ||
      (error._tag === "TransportError" && !error.sent);
    if (isCertain) expect(effects, `${url} ${error._tag} certain`).toBe(0);
    if (error._tag === "ResponseError") expect(error.response.body, url).toBe(url);
  }
}

function wireOf({ order, mixes }: Plan): Partial<Wire> {
  return {
    order,
    contextOf({ context }) {
      const name = context!;
      const url = `https://plain.example/${name}/$batch`;
      return { key: name, name, url, mix: mixes ? "all" : undefined };
    },
  };
}

const CHECKS = {
  none: undefined,
  sync: (value: unknown) => ({ value }),
  throwing: () => {
    throw new Error("odd");
  },
};

function makeOperation(
  url: string,
  planned: PlannedOperation,
  dependsOn: readonly Operation[],
): Operation {
  const { method, idempotent, context, key, account, retry, accepts } = planned;
  const validate = CHECKS[planned.schema];
  const init = {
    idempotent,
    account,
    retry,
    // One status cannot be both.
    okStatuses: accepts && (retry === false || retry === undefined) ? [404] : undefined,
    dependsOn,
    context: `c${context}`,
    orderingKey: key === undefined ? undefined : `k${key}`,
    schema: validate === undefined
      ? undefined
      : { "~standard": { version: 1, vendor: "test", validate } } as const,
  };
  switch (method) {
    case "GET":
      return get(url, init);
    case "DELETE":
      return del(url, init);
    case "PUT":
      return put(url, {}, init);
    case "PATCH":
      return patch(url, {}, init);
    case "POST":
      return post(url, {}, init);
  }
}
