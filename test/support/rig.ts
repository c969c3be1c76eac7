import { Observable, type ObservableInput, type Subscription, VirtualTimeScheduler } from "rxjs";
import {
  type AnyOperation,
  type Batcher,
  type BatchError,
  type BatchEvent,
  type BatchOptions,
  createBatcher,
  get,
  type HttpRequest,
  type HttpResponse,
  type OperationResponse,
  type ResultOf,
  type Transport,
  type Wire,
} from "../../mod.ts";
import { plainBody, type PlainPart, plainWire, urlsOf } from "./plain_wire.ts";

/** One batch as it reached the server. */
export interface SentBatch {
  /** From 0. */
  readonly number: number;
  readonly context: string;
  readonly urls: readonly string[];
  readonly request: HttpRequest;
}

/** How a batch is answered. */
export interface Reply {
  /** From the POST to the whole answer. */
  readonly afterMs?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** One chunk; a list of parts is a batch answer. */
  readonly body?: readonly PlainPart[] | string;
}

/** What a rig is made of, besides the options of the batcher. */
export interface RigOptions extends BatchOptions {
  readonly wire?: Partial<Wire>;
}

/**
 * A batcher in virtual time, before a server that does what a test says.
 *
 * What happened is kept as lines, each with the millisecond: `posts` for batches (`@10 me: a b`), `told` for subscribers
 * (`@11 a 200`, `@11 b NotExecutedError`).
 */
export class Rig {
  readonly clock: VirtualTimeScheduler = new VirtualTimeScheduler();
  readonly wire: Wire;
  readonly options: BatchOptions;
  readonly batcher: Batcher;
  readonly posts: string[] = [];
  readonly batches: SentBatch[] = [];
  readonly told: string[] = [];
  readonly results: ResultOf<AnyOperation>[] = [];
  readonly events: BatchEvent[] = [];
  /** Batches that were dropped by the batcher before their answer was whole. */
  readonly dropped: number[] = [];
  /** How a batch is answered: after 1 ms, every operation with 200, by id, unless a test says otherwise. */
  answer: (batch: SentBatch) => ObservableInput<HttpResponse> = ({ urls }) =>
    this.reply(okay(urls));

  constructor(options: RigOptions = {}) {
    const { wire, ...rest } = options;
    this.wire = plainWire(wire);
    this.options = { scheduler: this.clock, transport: this.transport, ...rest };
    this.batcher = createBatcher(this.wire, this.options);
  }

  /** Keeps events from now on; a batcher that nobody listens to builds none. */
  listen(): this {
    this.batcher.events.subscribe((event) => this.events.push(event));
    return this;
  }

  get now(): number {
    return this.clock.now();
  }

  /** How many timers are set. */
  get timers(): number {
    return this.clock.actions.length;
  }

  get transport(): Transport {
    return (request) => {
      const context = request.url.split("/").at(-2)!;
      const batch = { number: this.batches.length, context, urls: urlsOf(request.body), request };
      this.batches.push(batch);
      this.posts.push(`@${this.now} ${context}: ${batch.urls.join(" ")}`);
      return this.answer(batch);
    };
  }

  /** Submits an operation, and keeps what its subscriber is told under its URL. */
  send(operation: AnyOperation | string, name?: string): Subscription {
    const sent = typeof operation === "string" ? get(operation) : operation;
    return this.watch(name ?? sent.url ?? sent.label ?? "", this.batcher.send(sent));
  }

  watch(name: string, answer$: Observable<OperationResponse>): Subscription {
    let response: OperationResponse | undefined;
    return answer$.subscribe({
      next: (answer) => {
        response = answer;
        this.told.push(`@${this.now} ${name} ${answer.status}`);
        this.results.push({ ok: true, operation: answer.operation, response: answer });
      },
      error: (error: BatchError) => {
        this.told.push(`@${this.now} ${name} ${describeError(error)}`);
        this.results.push({ ok: false, operation: error.operation!, error });
      },
      complete: () => {
        if (response === undefined) this.told.push(`@${this.now} ${name} completed unanswered`);
      },
    });
  }

  /** The error that this operation ended with. */
  errorOf(url: string): BatchError {
    for (const result of this.results) {
      const { operation } = result;
      if (!result.ok && (operation.url ?? operation.label) === url) return result.error;
    }
    throw new Error(`no error for ${url}`);
  }

  /** The body that this operation was answered with. */
  bodyOf(url: string): unknown {
    for (const result of this.results) {
      if (result.ok && result.operation.url === url) return result.response.body;
    }
    throw new Error(`no answer for ${url}`);
  }

  /** Does something at a time from now. */
  at(ms: number, work: () => void): void {
    this.clock.schedule(work, ms - this.now);
  }

  /** A value that comes at a time from now, as a token may. */
  at$<T>(afterMs: number, value: T): Observable<T> {
    return new Observable((subscriber) =>
      this.clock.schedule(() => {
        subscriber.next(value);
        subscriber.complete();
      }, afterMs)
    );
  }

  /** Lets time pass: until nothing is scheduled, or to a time. */
  run(untilMs: number = Infinity): this {
    if (untilMs !== Infinity) this.at(untilMs, () => {});
    this.clock.maxFrames = untilMs;
    this.clock.flush();
    return this;
  }

  /** An answer, for `answer` to give. */
  reply(
    body: readonly PlainPart[] | string,
    reply: Omit<Reply, "body"> = {},
  ): Observable<HttpResponse> {
    const { afterMs = 1, status = 200, headers = {} } = reply;
    const isText = typeof body === "string";
    const bytes = isText ? new TextEncoder().encode(body) : plainBody(body);
    const contentType = isText ? { "content-type": "text/html" } : {};
    return this.later(afterMs, (subscriber) => {
      subscriber.next({ status, headers: { ...contentType, ...headers }, body: [bytes] });
      subscriber.complete();
    });
  }

  /** A transport that fails. */
  failing(cause: unknown, afterMs = 1): Observable<HttpResponse> {
    return this.later(afterMs, (subscriber) => subscriber.error(cause));
  }

  /** Parts one by one, or some at once, each at its time from the POST; the answer ends with the last of them. */
  trickle(
    parts: readonly (readonly [afterMs: number, part: PlainPart | readonly PlainPart[]])[],
  ): Observable<HttpResponse> {
    const number = this.batches.length - 1;
    const body = new Observable<Uint8Array>((subscriber) => {
      let isWhole = false;
      for (const [place, [afterMs, part]] of parts.entries()) {
        subscriber.add(this.clock.schedule(() => {
          isWhole = place === parts.length - 1;
          subscriber.next(plainBody([part].flat()));
          if (isWhole) subscriber.complete();
        }, afterMs));
      }
      return () => {
        if (!isWhole) this.dropped.push(number);
      };
    });
    return new Observable((subscriber) => {
      subscriber.next({ status: 200, headers: {}, body });
      subscriber.complete();
    });
  }

  /** An answer that never comes. */
  silence(): Observable<HttpResponse> {
    return this.later(undefined, () => {});
  }

  private later(
    afterMs: number | undefined,
    work: (
      subscriber: {
        next(value: HttpResponse): void;
        error(cause: unknown): void;
        complete(): void;
      },
    ) => void,
  ): Observable<HttpResponse> {
    const number = this.batches.length - 1;
    return new Observable((subscriber) => {
      let isDone = false;
      const timer = afterMs === undefined ? undefined : this.clock.schedule(() => {
        isDone = true;
        work(subscriber);
      }, afterMs);
      return () => {
        timer?.unsubscribe();
        if (!isDone) this.dropped.push(number);
      };
    });
  }
}

/** A part for each, by id, its body the URL. */
export function okay(urls: readonly string[]): PlainPart[] {
  return urls.map((url, index) => ({ index, body: url }));
}

/** `ResponseError 404`, `NotExecutedError certain`, `ClosedError`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { status, certain } = error as { status?: number; certain?: boolean };
  if (status !== undefined) return `${error.name} ${status}`;
  if (certain !== undefined) return `${error.name} ${certain ? "certain" : "unknown"}`;
  return error.name;
}

/** What was told, without the times. */
export function untimed(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^\S+ /, ""));
}

/** Names `name0` to `name(count-1)`. */
export function names(count: number, name = "m"): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`);
}
