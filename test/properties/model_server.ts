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

/** Whose pauses and whose share of slots an operation has. */
export function laneNameOf({ context, account }: Operation): string {
  return `${context} of ${account}`;
}

interface Execute {
  readonly execution: Execution;
  readonly part: PlainPart;
}

/** A part on its way, and whether the client believes its id when it comes. */
interface SentPart {
  readonly part: PlainPart;
  readonly isBelieved: boolean;
}

const PART_FAULTS = ["missing", "added", "foreign", "twice", "empty", "holder"] as const;

type PostFault =
  | "reset before"
  | "reset after"
  | "no connection"
  | "cut"
  | "one error"
  | "too many"
  | "400"
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
  "one error",
  "too many",
  "400",
  "401",
  "413",
  "429",
  "500",
  "503",
  "silence",
];

/** What the world hears of an answer. */
export interface AnswerListener {
  /** The client has read it, or reads it no more. */
  landed(): void;
  /** A part that names this operation goes out. */
  answered(url: string): void;
}

/** A server that runs operations, goes wrong by chance, and writes down what it did. */
export class ModelServer {
  /** How often each operation took effect, by URL. */
  readonly effects: Map<string, number> = new Map();
  /** No batch for this lane may come before this time: a client was told so. */
  readonly pausedUntilMs: Map<string, number> = new Map();
  readonly #rig: Rig;
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #operationOf: (url: string) => Operation;
  readonly #urlOf: (place: number) => string;

  constructor(
    rig: Rig,
    plan: Plan,
    known: { operationOf(url: string): Operation; urlOf(place: number): string },
  ) {
    this.#rig = rig;
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    this.#operationOf = known.operationOf;
    this.#urlOf = known.urlOf;
  }

  answer(batch: SentBatch, listener: AnswerListener): Observable<HttpResponse> {
    const { landed } = listener;
    const random = this.#random;
    const rig = this.#rig;
    const afterMs = random.below(80);
    const fault = random.chance(this.#plan.faults / 2) ? random.pick(POST_FAULTS) : undefined;
    const hasRun = random.chance(0.5);
    const whole = (answer$: Observable<HttpResponse>) => answer$.pipe(finalize(landed));
    const { poison } = this.#plan;
    if (batch.urls.includes(this.#poisoned)) {
      // It may have run what stood before it.
      const urls = batch.urls.slice(0, hasRun ? batch.urls.indexOf(this.#poisoned) : 0);
      this.#run({ ...batch, urls });
      return whole(
        poison!.kind === "malformed"
          ? rig.reply("{broken\n", { afterMs, headers: { "content-type": "plain" } })
          : this.#refuse(batch, Number(poison!.kind), afterMs),
      );
    }
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
      case "400":
      case "500":
      case "503":
        if (hasRun) this.#run(batch);
        return whole(this.#refuse(batch, Number(fault), afterMs));
      case "too many":
        return whole(
          rig.reply("The batch contains too many operations.", { status: 429, afterMs }),
        );
      case "one error":
        return this.#send(batch, [this.#oneError(batch)], listener);
      case "cut":
      case undefined:
        return this.#parts(batch, fault === "cut", listener);
    }
  }

  /** The URL of the operation that spoils its batch. */
  get #poisoned(): string {
    const { poison, operations } = this.#plan;
    return poison === undefined || poison.place >= operations.length
      ? ""
      : this.#urlOf(poison.place);
  }

  /** One part that refuses all: none of them ran. */
  #oneError({ urls }: SentBatch): SentPart {
    const index = this.#plan.ids === "all" ? 0 : undefined;
    const part = { index, status: 400, body: urls[0]!, headers: {} };
    return { part, isBelieved: index !== undefined };
  }

  #refuse({ urls }: SentBatch, status: number, afterMs: number): Observable<HttpResponse> {
    const seconds = this.#retryAfter(status);
    const headers = seconds === undefined ? {} : { "retry-after": seconds };
    return this.#rig.reply("<html>", { status, headers, afterMs }).pipe(
      tap(() => urls.forEach((url) => this.#pause(url, seconds))),
    );
  }

  #parts(
    batch: SentBatch,
    isCut: boolean,
    listener: AnswerListener,
  ): Observable<HttpResponse> {
    const parts = this.#disturbed(batch, this.#run(batch));
    if (isCut) parts.splice(this.#random.below(parts.length + 1));
    return this.#send(batch, parts, listener, isCut);
  }

  /** The parts of an answer, one by one; `Preference-Applied` where one that is missing may have run. */
  #send(
    { urls }: SentBatch,
    parts: readonly SentPart[],
    { landed, answered }: AnswerListener,
    isCut = false,
  ): Observable<HttpResponse> {
    const times = parts.map(() => this.#random.below(100)).sort((a, b) => a - b);
    const obey = ({ part }: SentPart) =>
      this.#pause((part.body ?? urls[0]) as string, part.headers?.["retry-after"]);
    const send = (subscriber: Subscriber<Uint8Array>) => {
      subscriber.add(landed);
      for (const [at, sent] of parts.entries()) {
        subscriber.add(this.#rig.clock.schedule(() => {
          if (sent.isBelieved) {
            obey(sent);
            answered(urls[sent.part.index!]!);
          }
          subscriber.next(plainBody([sent.part]));
        }, times[at]!));
      }
      subscriber.add(this.#rig.clock.schedule(() => {
        if (isCut) return subscriber.error(new Error("cut"));
        // What no id tells is known only now.
        for (const sent of parts) if (!sent.isBelieved) obey(sent);
        subscriber.complete();
      }, times.at(-1) ?? 0));
    };
    const headers: Record<string, string> = {};
    if (this.#plan.continueOnError) headers["preference-applied"] = "odata.continue-on-error";
    return new Observable((subscriber) => {
      subscriber.next({ status: 200, headers, body: new Observable(send) });
      subscriber.complete();
    });
  }

  /** What a server may do to its answer without lying about whose part is whose. */
  #disturbed({ urls }: SentBatch, runs: readonly Execute[]): SentPart[] {
    const { faults, ids, order, continueOnError } = this.#plan;
    const random = this.#random;
    const all = runs.map(({ part }) => ({
      part: ids === "all" || (ids === "some" && random.chance(0.5))
        ? part
        : { ...part, index: undefined },
      isBelieved: false,
    }));
    // Without ids an order that is not the batch's, or a part too few where it stops at errors, would be a lie.
    const mayReorder = ids === "all" && order !== "sequential";
    const sent: SentPart[] = mayReorder ? random.shuffled(all) : all;
    if (random.chance(faults / 4) && sent.length > 0) {
      const at = random.below(sent.length);
      const { part } = sent[at]!;
      const mayMiss = continueOnError || (ids === "all" && at < sent.length - 1);
      // One too many beside one too few could not be told from the truth.
      const mayAdd = sent.length === urls.length;
      switch (random.pick(PART_FAULTS)) {
        case "missing":
          if (mayMiss) sent.splice(at, 1);
          break;
        case "added":
          if (mayAdd) {
            sent.splice(at, 0, { part: { ...part, index: undefined }, isBelieved: false });
          }
          break;
        case "foreign":
          sent[at] = { part: { ...part, index: urls.length + 3 }, isBelieved: false };
          break;
        case "twice":
          if (mayAdd) sent.splice(at, 0, { part, isBelieved: false });
          break;
        case "empty":
          sent[at] = { part: { index: undefined, members: [] }, isBelieved: false };
          break;
        case "holder":
          sent[at] = {
            part: { index: undefined, members: [{ ...part }, { ...part, index: undefined }] },
            isBelieved: false,
          };
      }
    }
    return believed(sent, urls.length);
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
    const lane = laneNameOf(this.#operationOf(url));
    const untilMs = this.#rig.now + Math.min(Number(seconds) * 1000, 3_600_000);
    this.pausedUntilMs.set(lane, Math.max(untilMs, this.pausedUntilMs.get(lane) ?? 0));
  }
}

/** An id is believed when it comes first, until one was foreign or came twice. */
function believed(parts: readonly SentPart[], size: number): SentPart[] {
  const seen = new Set<number>();
  let isTrusting = true;
  return parts.map(({ part }) => {
    const ids = part.members === undefined ? [part.index] : part.members.map(({ index }) => index);
    for (const id of ids) {
      if (id === undefined) continue;
      isTrusting &&= id < size && !seen.has(id);
      seen.add(id);
    }
    return { part, isBelieved: isTrusting && part.index !== undefined };
  });
}
