import type { TokenSource } from "../../options/options.ts";
import type { Lane } from "../collect/lane.ts";
import type { Loop } from "../time/loop.ts";
import { RefusedTokens } from "./refused_tokens.ts";
import { Ask, type TokenFunction, type TokenReceiver } from "./token_ask.ts";

/**
 * Asks for tokens: one call for all batches of a context and account that want one at a time, and one refresh for all
 * that hold the same refused token, whatever their context.
 */
export class Tokens {
  readonly #source: TokenSource | undefined;
  readonly #loop: Loop;
  readonly #refused = new RefusedTokens();
  /** The calls that can be joined, by what they ask for. */
  readonly #open = new Map<string, Ask>();
  /** The call that each receiver waits for. */
  readonly #waiting = new Map<TokenReceiver, Ask>();

  constructor(source: TokenSource | undefined, loop: Loop) {
    this.#source = source;
    this.#loop = loop;
  }

  /** Tells the receiver now when the source is synchronous, later otherwise. */
  ask(lane: Lane, receiver: TokenReceiver): void {
    const source = this.#source;
    if (source === undefined || typeof source === "string") return receiver.tokenCame(source);
    const { refusedToken } = lane;
    const isStale = refusedToken !== undefined &&
      this.#refused.current(lane.account, refusedToken) === undefined;
    this.#join(source, lane, isStale ? refusedToken : undefined, [[receiver, lane]]);
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

  /**
   * The server answered 401 to this token: can there be another one? It is asked for with `refresh` unless a younger one
   * came in the meantime.
   */
  refused(lane: Lane, token: string | undefined): boolean {
    if (typeof this.#source !== "function" || lane.context.authorization !== undefined) {
      return false;
    }
    if (token !== undefined) {
      this.#refused.refuse(lane.account, token);
      lane.refusedToken = token;
    }
    return true;
  }

  /**
   * @param refused the token that a fresh one is asked for in place of; `undefined`: any will do
   * @param receivers all of them of one context and account, or holding the refused token for one account
   */
  #join(
    source: TokenFunction,
    lane: Lane,
    refused: string | undefined,
    receivers: Iterable<readonly [TokenReceiver, Lane]>,
  ): void {
    const key = keyOf(lane, refused);
    const open = this.#open.get(key);
    const ask = open ?? new Ask(lane, refused);
    for (const [receiver, its] of receivers) {
      ask.receivers.set(receiver, its);
      this.#waiting.set(receiver, ask);
    }
    if (open !== undefined) return;
    this.#open.set(key, ask);
    ask.call(source, {
      succeeded: (token) => this.#loop.run(() => this.#succeed(source, ask, token)),
      failed: (cause) => this.#loop.run(() => this.#fail(ask, cause)),
    });
  }

  #succeed(source: TokenFunction, ask: Ask, given: string): void {
    const { account } = ask.lane;
    this.#close(ask);
    // Whoever was asked for a fresh one may give the same again: then it is tried once more.
    if (ask.refused !== undefined) this.#refused.replace(account, ask.refused, given);
    const token = this.#refused.current(account, given);
    if (token === undefined) return this.#join(source, ask.lane, given, ask.receivers);
    for (const receiver of ask.receivers.keys()) {
      this.#waiting.delete(receiver);
      receiver.tokenCame(token);
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
    const key = keyOf(ask.lane, ask.refused);
    if (this.#open.get(key) === ask) this.#open.delete(key);
  }
}

/** Equal for two that can share a call. */
function keyOf({ account, context }: Lane, refused: string | undefined): string {
  const what = refused === undefined ? { context: context.name } : { refused };
  return JSON.stringify({ account, ...what });
}
