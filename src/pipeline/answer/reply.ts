import { from, type ObservableInput, Subscription } from "rxjs";
import { DecodeError, LimitError, TransportError } from "../../operation/errors.ts";
import { setField } from "../../operation/headers.ts";
import type { Operation } from "../../operation/operation.ts";
import type { HttpResponse, ResponseHead } from "../../transport/transport.ts";
import type { Decoder, Part, Wire } from "../../wire/wire.ts";
import type { AnswerListener, AnswerReading, PostEnd } from "../send/exchange.ts";
import { Detail } from "./detail.ts";
import { Listener } from "../time/listener.ts";
import type { Loop } from "../time/loop.ts";
import { Route, type RouteCalls } from "./route.ts";
import { safely } from "../time/safely.ts";

/** What a reply is read with. */
export interface ReplyContext {
  readonly wire: Wire;
  readonly loop: Loop;
  readonly settings: { readonly continueOnError: boolean; readonly maxResponseBytes: number };
}

/** Reads the answer to one POST: head, then chunks, then parts, each as soon as it is whole (design rule 15). */
export class Reply implements RouteCalls, AnswerReading {
  readonly #context: ReplyContext;
  readonly #operations: readonly Operation[];
  readonly #post: AnswerListener;
  readonly #subscription = new Subscription();
  readonly #route: Route;
  #head: ResponseHead | undefined = undefined;
  #decoder: Decoder | undefined = undefined;
  #detail: Detail | undefined = undefined;
  #receivedBytes = 0;
  #isDecoding = false;
  /** What came while a part was being delivered. */
  #later: (() => void)[] = [];
  #isEnded = false;

  constructor(context: ReplyContext, operations: readonly Operation[], post: AnswerListener) {
    this.#context = context;
    this.#operations = operations;
    this.#post = post;
    const { wire, settings } = context;
    const holdsBack = wire.order === "any" && !settings.continueOnError;
    this.#route = new Route(operations.length, holdsBack, this);
  }

  get head(): ResponseHead | undefined {
    return this.#head;
  }

  get partCount(): number {
    return this.#route.count;
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

  distrust(found: string): void {
    const cause = new DecodeError(
      `Cannot match the answer to its batch as each operation must have one part: current value is ${found}`,
    );
    this.#end({ kind: "malformed", cause });
  }

  #subscribe<T>(
    input: () => ObservableInput<T>,
    next: (value: T) => void,
    complete: () => void,
  ): void {
    const { loop } = this.#context;
    const guarded = (work: () => void) => {
      if (this.#isDecoding) this.#later.push(work);
      else loop.run(() => this.#inTurn(work));
    };
    const listener = new Listener<T>({
      next: (value) => guarded(() => next(value)),
      error: (cause) => guarded(() => this.#lose(cause)),
      complete: () => guarded(complete),
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
      this.#end({ kind: "malformed", cause });
    }
  }

  #receive(response: HttpResponse): void {
    if (this.#head !== undefined) return;
    const head = { status: response.status, headers: lowerCased(response.headers) };
    this.#head = head;
    this.#post.began(head);
    try {
      this.#decoder = this.#context.wire.decoder(head, this.#operations);
    } catch (cause) {
      return this.#end({ kind: "malformed", cause });
    }
    if (this.#decoder === undefined || head.status < 200 || head.status > 299) {
      this.#detail = new Detail();
    }
    this.#subscribe(() => response.body, (chunk) => this.#read(chunk), () => this.#finish());
  }

  #read(chunk: Uint8Array): void {
    const { maxResponseBytes } = this.#context.settings;
    const freeBytes = maxResponseBytes - this.#receivedBytes;
    if (chunk.length <= freeBytes) return this.#take(chunk);
    // What fits still counts: how the bytes were cut must not decide which parts are delivered.
    if (freeBytes > 0) this.#take(chunk.subarray(0, freeBytes));
    this.#end({ kind: "malformed", cause: tooLarge(maxResponseBytes) });
  }

  #take(chunk: Uint8Array): void {
    this.#receivedBytes += chunk.length;
    this.#detail?.take(chunk);
    if (this.#decoder !== undefined) this.#decode(() => this.#decoder!.write(chunk));
  }

  #finish(): void {
    if (this.#decoder === undefined) return this.#refuse();
    this.#decode(() => this.#decoder!.end());
    if (this.#isEnded) return;
    if (this.#detail !== undefined && this.#route.count === 0) return this.#refuse();
    this.#route.end();
    // Only a wire that keeps the order can tell that nothing ran after an error.
    const stopped = this.#context.wire.order === "sequential" && this.#route.endsInError;
    this.#end({ kind: "read", skippedFrom: stopped ? this.#route.reach : undefined });
  }

  /** Each part goes out before the next is read: whoever is called may make others leave. */
  #decode(step: () => Iterable<Part>): void {
    this.#isDecoding = true;
    try {
      for (const part of step()) {
        this.#route.part(part);
        if (this.#isEnded) return;
      }
    } catch (cause) {
      if (this.#detail !== undefined && this.#route.count === 0) this.#refuse();
      else if (cause instanceof DecodeError && cause.isTruncated) this.#lose(cause);
      else this.#end({ kind: "malformed", cause });
    } finally {
      this.#isDecoding = false;
    }
  }

  #refuse(): void {
    this.#end({ kind: "refused", head: this.#head!, detail: this.#detail!.end() });
  }

  #lose(cause: unknown): void {
    const wasSent = this.#head !== undefined || !(cause instanceof TransportError) || cause.sent;
    this.#end({ kind: wasSent ? "lost" : "not sent", cause });
  }

  #end(end: PostEnd): void {
    if (this.#isEnded) return;
    this.stop();
    this.#post.ended(end);
  }
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
