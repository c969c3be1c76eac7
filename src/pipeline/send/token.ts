import { claimsOf, isCredential } from "../../options/credential.ts";
import type { Settings } from "../../options/settings.ts";
import type { Lane } from "../collect/lane.ts";
import type { Loop } from "../time/loop.ts";
import { RefusedTokens } from "./refused_tokens.ts";
import { Ask, askCredential, type TokenFunction, type TokenReceiver } from "./token_ask.ts";

/**
 * Asks for tokens: one call for all batches of a context and account that want one at a time, and one refresh for all
 * that hold the same refused token, whatever their context.
 */
export class Tokens {
  readonly #source: string | TokenFunction | undefined;
  /** A credential is told nothing of contexts: one call is for all. */
  readonly #isForAll: boolean;
  /** What the last 401 wants of the next token. */
  #claims: string | undefined = undefined;
  readonly #loop: Loop;
  readonly #refused = new RefusedTokens();
  /** The calls that can be joined, by what they ask for. */
  readonly #open = new Map<string, Ask>();
  /** The call that each receiver waits for. */
  readonly #waiting = new Map<TokenReceiver, Ask>();

  constructor({ token, scopes }: Pick<Settings, "token" | "scopes">, loop: Loop) {
    this.#isForAll = isCredential(token);
    this.#source = isCredential(token) ? askCredential(token, scopes) : token;
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
  refused(
    lane: Lane,
    token: string | undefined,
    headers: Readonly<Record<string, string>> = {},
  ): boolean {
    if (typeof this.#source !== "function" || lane.context.authorization !== undefined) {
      return false;
    }
    if (token !== undefined) {
      this.#refused.refuse(lane.account, token);
      lane.refusedToken = token;
      if (this.#isForAll) this.#claims = claimsOf(headers["www-authenticate"]);
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
    const key = this.#keyOf(lane, refused);
    const open = this.#open.get(key);
    const ask = open ?? new Ask(lane, refused);
    for (const [receiver, its] of receivers) {
      ask.receivers.set(receiver, its);
      this.#waiting.set(receiver, ask);
    }
    if (open !== undefined) return;
    this.#open.set(key, ask);
    const asking: TokenFunction = (context, options) =>
      source(context, options, refused === undefined ? undefined : this.#claims);
    ask.call(this.#isForAll ? asking : source, {
      succeeded: (token) => this.#loop.run(() => this.#succeed(source, ask, token)),
      failed: (cause) => this.#loop.run(() => this.#fail(ask, cause)),
    });
  }

  #succeed(source: TokenFunction, ask: Ask, given: string): void {
    const { account } = ask.lane;
    this.#close(ask);
    // Whoever was asked for a fresh one may give the same again: then it is tried once more.
    if (ask.refused !== undefined) this.#refused.replace(account, ask.refused, given);
    for (const [receiver, lane] of ask.receivers) {
      // The POST of the one before may have been refused by now.
      const token = this.#refused.current(account, given);
      this.#waiting.delete(receiver);
      if (token === undefined) this.#join(source, lane, given, [[receiver, lane]]);
      else receiver.tokenCame(token);
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
    return this.#isForAll ? "" : JSON.stringify({ account, context: context.name });
  }
}
