import type { Lane } from "../../collect/lane.ts";
import type { Loop } from "../../time/loop.ts";
import { RefusedTokens } from "./refused_tokens.ts";
import { Ask, type ReadGiven, type TokenFunction, type TokenReceiver } from "./token_ask.ts";

/** What is asked, and how. */
export interface Source {
  readonly ask: TokenFunction;
  /** It is told nothing of contexts: one call is for all. */
  readonly isForAll: boolean;
  /** What was given, as one text. */
  readonly read: ReadGiven;
}

/**
 * Asks for what opens a lane, a token or headers: one call for all batches of a context and account that want one at a
 * time, and one refresh for all that hold the same refused text, whatever their context.
 */
export class Asking {
  readonly #source: Source;
  readonly #loop: Loop;
  readonly #refused = new RefusedTokens();
  /** What the latest POST of a lane was refused with. */
  readonly #refusedOf = new WeakMap<Lane, string>();
  /** The calls that can be joined, by what they ask for. */
  readonly #open = new Map<string, Ask>();
  /** The call that each receiver waits for. */
  readonly #waiting = new Map<TokenReceiver, Ask>();

  constructor(source: Source, loop: Loop) {
    this.#source = source;
    this.#loop = loop;
  }

  /** Tells the receiver now when the source is synchronous, later otherwise. */
  ask(lane: Lane, receiver: TokenReceiver): void {
    const refused = this.#refusedOf.get(lane);
    const isStale = refused !== undefined &&
      this.#refused.current(lane.account, refused) === undefined;
    this.#join(lane, isStale ? refused : undefined, [[receiver, lane]]);
  }

  /** It waits no longer: a call that has taken too long is not joined any more, and dropped when nobody is left. */
  leave(receiver: TokenReceiver): void {
    const ask = this.#waiting.get(receiver);
    if (ask === undefined) return;
    this.#close(ask);
    this.#forget(receiver, ask);
  }

  /** Nothing waits in the lane any more. */
  desert(lane: Lane): void {
    for (const [receiver, ask] of this.#waiting) {
      if (ask.receivers.get(receiver) !== lane) continue;
      this.#forget(receiver, ask);
      receiver.tokenUnneeded();
    }
  }

  /** The server took it no more; it is asked for with `refresh` unless a younger one came in the meantime. */
  refuse(lane: Lane, text: string): void {
    this.#refused.refuse(lane.account, text);
    this.#refusedOf.set(lane, text);
  }

  /**
   * @param refused what a fresh one is asked for in place of; `undefined`: any will do
   * @param receivers all of them of one context and account, or holding what was refused for one account
   */
  #join(
    lane: Lane,
    refused: string | undefined,
    receivers: Iterable<readonly [TokenReceiver, Lane]>,
  ): void {
    const key = this.#keyOf(lane, refused);
    const open = this.#open.get(key);
    const ask = open ?? new Ask(lane, refused);
    for (const [receiver, its] of receivers) {
      ask.receivers.set(receiver, its);
      this.#waiting.set(receiver, ask);
    }
    if (open !== undefined) return;
    this.#open.set(key, ask);
    ask.call(this.#source.ask, this.#source.read, {
      succeeded: (given) => this.#loop.run(() => this.#succeed(ask, given)),
      failed: (cause) => this.#loop.run(() => this.#fail(ask, cause)),
    });
  }

  #succeed(ask: Ask, given: string): void {
    const { account } = ask.lane;
    this.#close(ask);
    // Whoever was asked for a fresh one may give the same again: then it is tried once more.
    if (ask.refused !== undefined) this.#refused.replace(account, ask.refused, given);
    for (const [receiver, lane] of ask.receivers) {
      // The POST of the one before may have been refused by now.
      const current = this.#refused.current(account, given);
      this.#waiting.delete(receiver);
      if (current === undefined) this.#join(lane, given, [[receiver, lane]]);
      else receiver.tokenCame(current);
    }
  }

  #fail(ask: Ask, cause: unknown): void {
    this.#close(ask);
    for (const receiver of ask.receivers.keys()) {
      this.#waiting.delete(receiver);
      receiver.tokenFailed(cause);
    }
  }

  #forget(receiver: TokenReceiver, ask: Ask): void {
    this.#waiting.delete(receiver);
    ask.receivers.delete(receiver);
    if (ask.receivers.size > 0) return;
    this.#close(ask);
    ask.drop();
  }

  /** It can be joined no more. */
  #close(ask: Ask): void {
    const key = this.#keyOf(ask.lane, ask.refused);
    if (this.#open.get(key) === ask) this.#open.delete(key);
  }

  /** Equal for two that can share a call. */
  #keyOf({ account, context }: Lane, refused: string | undefined): string {
    if (refused !== undefined) return JSON.stringify({ account, refused });
    return this.#source.isForAll ? "" : JSON.stringify({ account, context: context.name });
  }
}
