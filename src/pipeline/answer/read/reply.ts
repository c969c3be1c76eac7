import { from, type ObservableInput, Subscription } from "rxjs";
import { DecodeError, LimitError, TransportError } from "../../../operation/errors.ts";
import { setField } from "../../../operation/headers.ts";
import type { SentOperation } from "../../../operation/atomic.ts";
import type { Operation } from "../../../operation/operation.ts";
import type { HttpResponse, ResponseHead } from "../../../transport/transport.ts";
import type { Decoder, Part, Wire } from "../../../wire/wire.ts";
import type { Deadlines, Timed } from "../../send/deadlines.ts";
import type { AnswerListener, AnswerReading, PostEnd, Unread } from "../../send/exchange.ts";
import { Detail } from "./detail.ts";
import { isRefusal } from "../refused/text.ts";
import { Listener } from "../../time/listener.ts";
import type { Loop } from "../../time/loop.ts";
import { Route, type RouteCalls, type RouteEnd, type RouteRules } from "../match/route.ts";
import { safely } from "../../time/safely.ts";

/** What a reply is read with. */
export interface ReplyContext {
  readonly wire: Wire;
  readonly loop: Loop;
  readonly settings: { readonly maxResponseBytes: number };
  /** How long a stream may stay open behind its close delimiter. */
  readonly drains: Deadlines;
}

/** Reads the answer to one POST: head, then chunks, then parts, each as soon as it is whole (design rule 15). */
export class Reply implements RouteCalls, AnswerReading, Timed {
  readonly #context: ReplyContext;
  readonly #operations: readonly SentOperation[];
  readonly #post: AnswerListener;
  readonly #subscription = new Subscription();
  readonly #detail = new Detail();
  #head: ResponseHead | undefined = undefined;
  #decoder: Decoder | undefined = undefined;
  #route: Route | undefined = undefined;
  #receivedBytes = 0;
  #isDecoding = false;
  /** What came while a part was being delivered. */
  #later: (() => void)[] = [];
  #isEnded = false;
  /** No more bytes can come. */
  #isOver = false;

  constructor(context: ReplyContext, operations: readonly SentOperation[], post: AnswerListener) {
    this.#context = context;
    this.#operations = operations;
    this.#post = post;
  }

  get head(): ResponseHead | undefined {
    return this.#head;
  }

  get partCount(): number {
    return this.#route?.count ?? 0;
  }

  listen(send: () => ObservableInput<HttpResponse>): void {
    this.#subscribe(send, (response) => this.#receive(response), () => {
      if (this.#head === undefined) this.#lose(noAnswer());
    });
  }

  /** Nothing more is read, and the connection is given back or dropped. */
  stop(): void {
    this.#isEnded = true;
    safely(() => this.#subscription.unsubscribe());
  }

  deliver(place: number, part: Part): void {
    if (!this.#isEnded) this.#post.deliver(place, part);
  }

  stray(part: Part): void {
    if (!this.#isEnded) this.#post.stray(part);
  }

  /** The stream stays open although all has been said. */
  timeOut(): void {
    this.stop();
  }

  #subscribe<T>(
    input: () => ObservableInput<T>,
    next: (value: T) => void,
    complete: () => void,
    over: () => void = () => {},
  ): void {
    const { loop } = this.#context;
    const guarded = (work: () => void) => {
      if (this.#isDecoding) this.#later.push(work);
      else loop.run(() => this.#inTurn(work));
    };
    const listener = new Listener<T>({
      next: (value) => guarded(() => next(value)),
      error: (cause) => {
        over();
        guarded(() => this.#lose(cause));
      },
      complete: () => {
        over();
        guarded(complete);
      },
    });
    // Before there is a value: what comes synchronously is left in the middle of it.
    this.#subscription.add(listener);
    try {
      from(input()).subscribe(listener);
    } catch (cause) {
      // The transport threw, or gave no Observable and no promise: `from` says what it is instead.
      this.#lose(cause);
    }
  }

  /** A subscriber may make the transport push on: that waits until the part before it is delivered. */
  #inTurn(first: () => void): void {
    let work: (() => void) | undefined = first;
    while (work !== undefined && !this.#isEnded) {
      this.#careful(work);
      work = this.#later.shift();
    }
  }

  /** A transport of somebody else may give anything at all: whatever it is, the POST ends. */
  #careful(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #receive(response: HttpResponse): void {
    if (this.#head !== undefined) return;
    const head = { status: response.status, headers: lowerCased(response.headers) };
    this.#head = head;
    this.#post.began(head);
    try {
      this.#decoder = this.#context.wire.decoder(
        head,
        // A wire that carries no groups never sees one.
        this.#operations as readonly Operation[],
      );
      this.#route = new Route(this.#rules(head), this);
    } catch (cause) {
      return this.#fail(cause);
    }
    const { body } = response;
    const [next, complete] = [(chunk: Uint8Array) => this.#read(chunk), () => this.#finish()];
    this.#subscribe(() => body, next, complete, () => this.#over());
  }

  /** The stream has ended, or broken. */
  #over(): void {
    this.#isOver = true;
    if (this.#isEnded) this.stop();
  }

  /** A server that says that it goes on after errors has not stopped at one. */
  #rules(head: ResponseHead): RouteRules {
    return {
      size: this.#operations.length,
      isOrdered: this.#decoder?.isOrdered ?? true,
      mayStop: this.#context.wire.order === "sequential" && !continuesOnError(head),
      groupSizes: groupSizesOf(this.#operations),
    };
  }

  #read(chunk: Uint8Array): void {
    const { maxResponseBytes } = this.#context.settings;
    const freeBytes = maxResponseBytes - this.#receivedBytes;
    if (chunk.length <= freeBytes) return this.#take(chunk);
    // What fits still counts: how the bytes were cut must not decide which parts are delivered.
    if (freeBytes > 0) this.#take(chunk.subarray(0, freeBytes));
    const cause = tooLarge(maxResponseBytes);
    this.#end({ kind: "malformed", cause, unread: this.#unread() });
  }

  #take(chunk: Uint8Array): void {
    this.#receivedBytes += chunk.length;
    this.#detail.take(chunk);
    const decoder = this.#decoder;
    if (decoder === undefined) return;
    this.#decode(() => decoder.write(chunk));
    // Whatever comes or breaks behind it changes nothing.
    if (decoder.isClosed === true && !this.#isEnded) this.#finish();
  }

  #finish(): void {
    const decoder = this.#decoder;
    if (decoder === undefined) return this.#refuse();
    this.#decode(() => decoder.end());
    if (this.#isEnded) return;
    if (this.#isNoSuccess && this.partCount === 0) return this.#refuse();
    let end: RouteEnd | undefined;
    this.#guard(() => end = this.#route!.end());
    if (end !== undefined) this.#end({ kind: "read", ...end });
  }

  /** Each part goes out before the next is read: whoever is called may make others leave. */
  #decode(step: () => Iterable<Part>): void {
    this.#guard(() => {
      for (const part of step()) {
        this.#route!.part(part);
        if (this.#isEnded) return;
      }
    });
  }

  /** What comes while a part is delivered waits; what is malformed ends the answer. */
  #guard(work: () => void): void {
    this.#isDecoding = true;
    try {
      work();
    } catch (cause) {
      this.#fail(cause);
    } finally {
      this.#isDecoding = false;
    }
  }

  #fail(cause: unknown): void {
    const unread = this.#unread();
    const saysNo = () => this.#isNoSuccess || isRefusal(unread!.detail);
    if (unread !== undefined && this.partCount === 0 && saysNo()) return this.#refuse();
    if (unread === undefined || !(cause instanceof DecodeError) || !cause.isTruncated) {
      return this.#end({ kind: "malformed", cause, unread });
    }
    const { head: { status, headers }, detail } = unread;
    this.#lose(new DecodeError(cause.message, { isTruncated: true, status, headers, detail }));
  }

  get #isNoSuccess(): boolean {
    const { status } = this.#head!;
    return status < 200 || status > 299;
  }

  #unread(): Unread | undefined {
    return this.#head && { head: this.#head, detail: this.#detail.end() };
  }

  #refuse(): void {
    this.#end({ kind: "refused", ...this.#unread()! });
  }

  /** The slot is free; a stream that ends by itself leaves its connection to others (design rule 15). */
  #drain(): void {
    const { drains } = this.#context;
    drains.started(this);
    this.#subscription.add(() => drains.ended(this));
  }

  #lose(cause: unknown): void {
    const wasSent = this.#head !== undefined || !(cause instanceof TransportError) || cause.sent;
    this.#end({ kind: wasSent ? "lost" : "not sent", cause });
  }

  #end(end: PostEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (end.kind === "read" && !this.#isOver) this.#drain();
    else this.stop();
    this.#post.ended(end);
  }
}

/** `Preference-Applied: odata.continue-on-error`, with the prefix of version 4.0 or without. */
function continuesOnError({ headers }: ResponseHead): boolean {
  const applied = headers["preference-applied"]?.toLowerCase() ?? "";
  return applied.split(/[,;]/).some((preference) => {
    const [name, value = "true"] = preference.split("=").map((piece) => piece.trim());
    return value.replaceAll('"', "") !== "false" &&
      (name === "odata.continue-on-error" || name === "continue-on-error");
  });
}

function noAnswer(): TransportError {
  return new TransportError(
    "Cannot read an answer as a transport must give one: current value is none",
  );
}

function tooLarge(maxResponseBytes: number): LimitError {
  return new LimitError(
    `Cannot read the answer as it must be no larger than maxResponseBytes: current value is more than ${maxResponseBytes}`,
    { limit: "maxResponseBytes" },
  );
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name in headers) setField(lower, name.toLowerCase(), headers[name]!);
  return lower;
}

function groupSizesOf(operations: readonly SentOperation[]): RouteRules["groupSizes"] {
  if (operations.every(({ method }) => method !== undefined)) return undefined;
  return operations.map((sent) => sent.method === undefined ? sent.members.length : undefined);
}
