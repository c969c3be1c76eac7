import { Cause, Effect, Exit, type Layer, ManagedRuntime } from "effect";
import type { Sharding } from "effect/cluster";
import { concat, map, mergeMap, Observable, of } from "rxjs";
import { ClosedError, type HttpRequest, type HttpResponse, TransportError } from "../../../mod.ts";
import { Durable } from "../fleet/durable.ts";
import { EARLY, type WireAnswer } from "../message/answer.ts";
import type { WireRequest } from "../message/request.ts";
import { nextHoldMs, restKeyOf, restOf } from "../message/rest.ts";
import { NO_SEAL, type Seal } from "../message/seal.ts";
import { WIRE_VERSION } from "../message/version.ts";
import {
  type Command,
  delivers,
  type MailboxState,
  type Message,
  operates,
} from "../runner/entity.ts";
import { asking, isRefusal, patiently, tries } from "./asking.ts";
import type { Keys } from "./keys.ts";
import { MAILBOX } from "./wire.ts";

/** What messages are delivered with. */
export interface DeliveryOptions<E> {
  readonly layer: Layer.Layer<Sharding.Sharding, E>;
  readonly keys: Keys;
  readonly isPersisted: boolean | undefined;
  readonly maxHoldMs: number;
  readonly askAgainMs: number;
  readonly seal: Seal | undefined;
  /** Does anybody listen to what happens on runners? */
  readonly wantsEvents: () => boolean;
}

/** A message on its way. */
interface Outgoing {
  readonly mailbox: string;
  readonly key: string;
  /** A `WireRequest`. */
  readonly text: string;
  readonly holdMs: number;
}

const decoder = /* @__PURE__ */ new TextDecoder();
const encoder = /* @__PURE__ */ new TextEncoder();

/** The transport of a client: it hands messages to mailboxes, wherever they live. */
export class Delivery<E> {
  readonly #options: DeliveryOptions<E>;
  #isClosed = false;
  readonly #runtime: ManagedRuntime.ManagedRuntime<Sharding.Sharding, E>;

  constructor(options: DeliveryOptions<E>) {
    this.#options = options;
    this.#runtime = ManagedRuntime.make(options.layer);
  }

  post({ headers, body }: HttpRequest): Observable<HttpResponse> {
    const first: Outgoing = {
      mailbox: headers[MAILBOX]!,
      key: this.#options.keys.ofMessage(),
      text: decoder.decode(body),
      holdMs: this.#options.maxHoldMs,
    };
    return this.#answer(first).pipe(
      map((answer) => ({ status: 200, headers: {}, body: this.#bodyOf(answer, first) })),
    );
  }

  async operate(mailbox: string, command: Command): Promise<MailboxState> {
    if (!this.#isClosed) {
      const asked = Effect.retry(operates(mailbox, command), tries);
      const exit = await this.#runtime.runPromiseExit(asked);
      if (Exit.isSuccess(exit)) return exit.value;
      if (!this.#isClosed) throw this.#undelivered(exit.cause);
    }
    throw new ClosedError(
      "Cannot look after a mailbox as the batcher must be open: current value is closed",
    );
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#runtime.dispose();
  }

  /** An answer, and the answers to what it left open. */
  #bodyOf(answer: string, outgoing: Outgoing): Observable<Uint8Array> {
    const rest = restAfter(answer, outgoing);
    const line = of(encoder.encode(`${answer}\n`));
    if (rest === undefined) return line;
    const others = this.#answer(rest).pipe(mergeMap((next) => this.#bodyOf(next, rest)));
    return concat(line, others);
  }

  #answer(outgoing: Outgoing): Observable<string> {
    return new Observable((subscriber) => {
      const fiber = this.#runtime.runFork(this.#send(outgoing));
      fiber.addObserver((exit) => {
        if (Exit.isSuccess(exit)) {
          subscriber.next(exit.value);
          subscriber.complete();
        } else subscriber.error(this.#undelivered(exit.cause));
      });
      return () => fiber.interruptUnsafe();
    });
  }

  /** Nothing says how far it came, unless its runner refused it or there never was a fleet. */
  #undelivered(cause: Cause.Cause<unknown>): TransportError {
    const error = cause.reasons.find((reason) => reason._tag === "Fail")?.error;
    if (error instanceof TransportError) return error;
    if (typeof error === "object" && error !== null && isRefusal(error)) {
      return new TransportError(error.message, { sent: false, isFinal: true });
    }
    if (this.#runtime.cachedContext === undefined) {
      return new TransportError(
        "Cannot deliver a message as the layer of the cluster must be built: current value is one that failed",
        { sent: false, isFinal: true, cause: Cause.squash(cause) },
      );
    }
    return new TransportError(
      "Cannot tell what became of a message as its mailbox must answer: current value is an end without an answer",
      { sent: true, cause },
    );
  }

  #send(
    { mailbox, key, text, holdMs }: Outgoing,
  ): Effect.Effect<string, unknown, Sharding.Sharding> {
    const { seal = NO_SEAL, wantsEvents, isPersisted: persisted, askAgainMs } = this.#options;
    return Effect.gen(function* () {
      const deliver = yield* delivers;
      const isPersisted = persisted ?? (yield* Durable);
      const content = yield* Effect.tryPromise({
        try: async () => await seal.seal(text),
        catch: unsealed,
      });
      const message = {
        ...{ version: WIRE_VERSION, key, content, wantsEvents: wantsEvents() },
        ...(holdMs === Infinity ? {} : { holdMs }),
      };
      const send = (message: Message) => patiently(deliver(mailbox, message, { isPersisted }));
      const answer = yield* isPersisted ? asking(send, message, askAgainMs) : send(message);
      return yield* Effect.promise(async () => await seal.open(answer));
    });
  }
}

/** The message that asks for what an answer left open; most leave nothing. */
function restAfter(answer: string, { text, key, holdMs, mailbox }: Outgoing): Outgoing | undefined {
  if (!answer.startsWith(EARLY)) return undefined;
  const { outcomes } = JSON.parse(answer) as WireAnswer;
  const rest = restOf(JSON.parse(text) as WireRequest, outcomes);
  if (rest === undefined) return undefined;
  return {
    mailbox,
    key: restKeyOf(key),
    text: JSON.stringify(rest),
    holdMs: nextHoldMs(holdMs),
  };
}

function unsealed(cause: unknown): TransportError {
  return new TransportError(
    "Cannot deliver a message as its content must be sealed before: current value is a seal that failed",
    { sent: false, isFinal: true, cause },
  );
}
