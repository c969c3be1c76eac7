import type { ObservableInput } from "rxjs";
import type { SentOperation } from "../../../operation/atomic.ts";
import type { Operation } from "../../../operation/operation.ts";
import type { HttpResponse, ResponseHead } from "../../../transport/transport.ts";
import type { Decoder, Part, Wire } from "../../../wire/wire.ts";
import type { Deadlines, Timed } from "../../send/deadlines.ts";
import type { AnswerListener, AnswerReading, PostEnd, Unread } from "../../send/exchange.ts";
import { endOfBroken, endOfMalformed, isNoSuccess, noAnswer } from "./broken.ts";
import { headOf } from "./given.ts";
import { Inflow, type InflowOwner } from "./inflow.ts";
import { Intake } from "./intake.ts";
import type { Loop } from "../../time/loop.ts";
import { Route, type RouteCalls } from "../match/route.ts";
import { rulesOf } from "../match/rules.ts";

/** What a reply is read with. */
export interface ReplyContext {
  readonly wire: Wire;
  readonly loop: Loop;
  readonly settings: { readonly maxResponseBytes: number };
  /** How long a stream may stay open behind its close delimiter. */
  readonly drains: Deadlines;
}

/** Reads the answer to one POST: head, then chunks, then parts, each as soon as it is whole (design rule 15). */
export class Reply implements AnswerReading, InflowOwner, RouteCalls, Timed {
  readonly #context: ReplyContext;
  readonly #operations: readonly SentOperation[];
  readonly #post: AnswerListener;
  readonly #inflow: Inflow;
  readonly #intake: Intake;
  #head: ResponseHead | undefined = undefined;
  #decoder: Decoder | undefined = undefined;
  #route: Route | undefined = undefined;
  #isEnded = false;
  /** No more bytes can come. */
  #isOver = false;

  constructor(context: ReplyContext, operations: readonly SentOperation[], post: AnswerListener) {
    this.#context = context;
    this.#inflow = new Inflow(context.loop, this);
    this.#intake = new Intake(context.settings.maxResponseBytes);
    this.#operations = operations;
    this.#post = post;
  }

  get partCount(): number {
    return this.#route?.count ?? 0;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  listen(send: () => ObservableInput<HttpResponse>): void {
    this.#inflow.subscribe(send, {
      next: (response) => this.#receive(response),
      complete: () => {
        if (this.#head === undefined) this.broke(noAnswer());
      },
    });
  }

  /** Nothing more is read, and the connection is given back or dropped. */
  stop(): void {
    this.#isEnded = true;
    this.#inflow.stop();
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

  #receive(response: HttpResponse): void {
    if (this.#head !== undefined) return;
    const head = headOf(response);
    this.#head = head;
    this.#post.began(head);
    try {
      const { wire } = this.#context;
      // A wire that carries no groups never sees one.
      const decoder = wire.decoder(head, this.#operations as readonly Operation[]);
      this.#decoder = decoder;
      this.#route = new Route(rulesOf(wire, head, decoder, this.#operations), this);
    } catch (cause) {
      return this.threw(cause);
    }
    // A `Response` of fetch without a body has none at all.
    const body = (response.body as HttpResponse["body"] | null | undefined) ?? [];
    this.#inflow.subscribe(() => body, {
      next: (chunk: Uint8Array) => this.#read(chunk),
      complete: () => this.#finish(),
      over: () => this.#over(),
    });
  }

  /** The stream has ended, or broken. */
  #over(): void {
    this.#isOver = true;
    if (this.#isEnded) this.stop();
  }

  #read(chunk: Uint8Array): void {
    const taken = this.#intake.take(chunk);
    const decoder = this.#decoder;
    if (decoder !== undefined) {
      this.#decode(() => decoder.write(taken));
      // Whatever comes or breaks behind it changes nothing.
      if (decoder.isClosed === true) this.#finish();
    }
    if (taken.length === chunk.length) this.#post.caughtUp();
    else this.#end({ kind: "malformed", cause: this.#intake.tooLarge(), unread: this.#unread() });
  }

  #finish(): void {
    const decoder = this.#decoder;
    if (decoder === undefined) return this.#refuse();
    this.#decode(() => decoder.end());
    if (this.partCount === 0 && isNoSuccess(this.#head!)) return this.#refuse();
    this.#inflow.hold(() => {
      const end = this.#route!.end();
      const unread = end.mismatch === undefined ? undefined : this.#unread();
      this.#end({ kind: "read", ...end, unread });
    });
  }

  /** Each part goes out before the next is read: whoever is called may make others leave. */
  #decode(step: () => Iterable<Part>): void {
    this.#inflow.hold(() => {
      for (const part of step()) {
        this.#route!.part(part);
        if (this.#isEnded) return;
      }
    });
  }

  /** What is malformed ends the answer. */
  threw(cause: unknown): void {
    this.#end(endOfMalformed(cause, this.#unread(), this.partCount));
  }

  broke(cause: unknown): void {
    this.#end(endOfBroken(cause, this.#unread(), this.partCount));
  }

  #unread(): Unread | undefined {
    const head = this.#head;
    return head && { head, detail: this.#intake.detailOf(head.headers["content-type"]) };
  }

  #refuse(): void {
    this.#end({ kind: "refused", ...this.#unread()! });
  }

  /** The slot is free; a stream that ends by itself leaves its connection to others (design rule 15). */
  #drain(): void {
    const { drains } = this.#context;
    drains.started(this);
    this.#inflow.whenStopped(() => drains.ended(this));
  }

  #end(end: PostEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (end.kind === "read" && !this.#isOver) this.#drain();
    else this.stop();
    this.#post.ended(end);
  }
}
