import { finalize, Observable, type Subscriber, tap } from "rxjs";
import { type AnyOperation, type HttpResponse, type Operation, TransportError } from "../../mod.ts";
import { plainBody, type PlainPart } from "../support/plain_wire.ts";
import { Random } from "../support/random.ts";
import type { Rig, SentBatch } from "../support/rig.ts";
import type { Plan } from "./plan.ts";

/** What became of an operation that a batch brought. */
interface Execution {
  readonly status: number;
  /** The server has done what it was asked for, whatever it answers. */
  readonly hasEffect: boolean;
  readonly retryAfter?: string;
}

interface Execute {
  readonly execution: Execution;
  readonly part: PlainPart;
}

type PostFault =
  | "reset before"
  | "reset after"
  | "no connection"
  | "cut"
  | "401"
  | "413"
  | "429"
  | "500"
  | "503"
  | "silence";

const POST_FAULTS: readonly PostFault[] = [
  "reset before",
  "reset after",
  "no connection",
  "cut",
  "401",
  "413",
  "429",
  "500",
  "503",
  "silence",
];

/** A server that runs operations, goes wrong by chance, and writes down what it did. */
export class ModelServer {
  /** How often each operation took effect, by URL. */
  readonly effects: Map<string, number> = new Map();
  /** No batch for this context may come before this time: a client was told so. */
  readonly pausedUntilMs: Map<string, number> = new Map();
  readonly #rig: Rig;
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #operationOf: (url: string) => Operation;

  constructor(rig: Rig, plan: Plan, operationOf: (url: string) => Operation) {
    this.#rig = rig;
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    this.#operationOf = operationOf;
  }

  /** @param landed is called when the client has read the answer, or reads it no more */
  answer(batch: SentBatch, landed: () => void): Observable<HttpResponse> {
    const random = this.#random;
    const rig = this.#rig;
    const afterMs = random.below(80);
    const fault = random.chance(this.#plan.faults / 2) ? random.pick(POST_FAULTS) : undefined;
    const hasRun = random.chance(0.5);
    const whole = (answer$: Observable<HttpResponse>) => answer$.pipe(finalize(landed));
    switch (fault) {
      case "reset before":
        return whole(rig.failing(new Error("reset"), afterMs));
      case "reset after":
        this.#run(batch);
        return whole(rig.failing(new Error("reset"), afterMs));
      case "no connection":
        return whole(rig.failing(new TransportError("Cannot connect", { sent: false }), afterMs));
      case "silence":
        if (hasRun) this.#run(batch);
        return whole(rig.silence());
      case "401":
      case "413":
      case "429":
        return whole(this.#refuse(batch, Number(fault), afterMs));
      case "500":
      case "503":
        if (hasRun) this.#run(batch);
        return whole(this.#refuse(batch, Number(fault), afterMs));
      case "cut":
      case undefined:
        return this.#parts(batch, fault === "cut", landed);
    }
  }

  #refuse({ urls }: SentBatch, status: number, afterMs: number): Observable<HttpResponse> {
    const seconds = this.#retryAfter(status);
    const headers = seconds === undefined ? {} : { "retry-after": seconds };
    return this.#rig.reply("<html>", { status, headers, afterMs }).pipe(
      tap(() => urls.forEach((url) => this.#pause(url, seconds))),
    );
  }

  /** The parts of an answer, one by one. */
  #parts(batch: SentBatch, isCut: boolean, landed: () => void): Observable<HttpResponse> {
    const random = this.#random;
    const parts = this.#disturbed(batch, this.#run(batch));
    if (isCut) parts.splice(random.below(parts.length + 1));
    const times = parts.map(() => random.below(100)).sort((a, b) => a - b);
    const send = (subscriber: Subscriber<Uint8Array>) => {
      subscriber.add(landed);
      for (const [at, part] of parts.entries()) {
        subscriber.add(this.#rig.clock.schedule(() => {
          if (part.isTrusted) this.#pause(part.body as string, part.headers?.["retry-after"]);
          subscriber.next(plainBody([part]));
        }, times[at]!));
      }
      subscriber.add(this.#rig.clock.schedule(() => {
        if (isCut) subscriber.error(new Error("cut"));
        else subscriber.complete();
      }, times.at(-1) ?? 0));
    };
    return new Observable((subscriber) => {
      subscriber.next({ status: 200, headers: {}, body: new Observable(send) });
      subscriber.complete();
    });
  }

  /** What a server may do to its answer without lying about whose part is whose. */
  #disturbed(
    batch: SentBatch,
    runs: readonly Execute[],
  ): (PlainPart & { isTrusted: boolean })[] {
    const { faults, hasIds, order, continueOnError } = this.#plan;
    const random = this.#random;
    // By position the client holds parts back where the server may have reordered, and trusts none if some are missing.
    const isHeldBack = !hasIds && order === "any" && !continueOnError;
    const parts = runs.map(({ part }) => ({ ...part, isTrusted: !isHeldBack }));
    if (!hasIds) return parts.map(({ index: _, ...part }) => part);
    const inOrder = order === "sequential" ? parts : random.shuffled(parts);
    const last = inOrder.at(-1);
    const left = inOrder.filter((part) => part === last || !random.chance(faults / 8));
    if (!random.chance(faults / 4) || left.length === 0) return left;
    const place = random.below(left.length);
    const odd = random.chance(0.5) ? left[0]! : { ...left[0]!, index: batch.urls.length + 3 };
    left.splice(place + 1, 0, { ...odd, isTrusted: false });
    return left.map((part, at) => at <= place ? part : { ...part, isTrusted: false });
  }

  #run({ urls }: SentBatch): Execute[] {
    const { order, continueOnError } = this.#plan;
    const places = [...urls.keys()];
    const executions: Execute[] = [];
    const failed = new Set<AnyOperation>();
    for (const place of order === "any" ? this.#random.shuffled(places) : places) {
      const url = urls[place]!;
      const operation = this.#operationOf(url);
      const hasFailed = order === "native" && operation.dependsOn.some((need) => failed.has(need));
      const execution = hasFailed ? { status: 424, hasEffect: false } : this.#execute();
      if (execution.hasEffect) this.effects.set(url, (this.effects.get(url) ?? 0) + 1);
      if (execution.status >= 400) failed.add(operation);
      const headers = execution.retryAfter === undefined
        ? {}
        : { "retry-after": execution.retryAfter };
      const part = { index: place, status: execution.status, headers, body: url };
      executions.push({ execution, part });
      if (execution.status >= 400 && !continueOnError && order !== "native") break;
    }
    // A server that got through says so in the order of the batch.
    const isWhole = executions.length === urls.length;
    return isWhole ? executions.sort((a, b) => a.part.index! - b.part.index!) : executions;
  }

  #execute(): Execution {
    const random = this.#random;
    if (!random.chance(this.#plan.faults / 2)) {
      return { status: random.pick([200, 201, 204]), hasEffect: true };
    }
    const status = random.pick([400, 401, 404, 408, 429, 429, 500, 502, 503, 504]);
    const mayHaveRun = status === 408 || status >= 500;
    const retryAfter = this.#retryAfter(status);
    return {
      status,
      hasEffect: mayHaveRun && random.chance(0.5),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }

  #retryAfter(status: number): string | undefined {
    if (status !== 429 && status !== 503) return undefined;
    return this.#random.pick([undefined, "0", "0.2", "1", "3", "900"]);
  }

  #pause(url: string, seconds: string | undefined): void {
    const { retry } = this.#plan;
    if (retry === false || seconds === undefined) return;
    const context = this.#operationOf(url).context!;
    const untilMs = this.#rig.now + Math.min(Number(seconds) * 1000, retry.maxTotalMs);
    this.pausedUntilMs.set(context, Math.max(untilMs, this.pausedUntilMs.get(context) ?? 0));
  }
}
