import { from, type Observable, type Subscription } from "rxjs";
import type { TokenSource } from "../options.ts";
import type { Lane } from "./lane.ts";
import type { Loop } from "./loop.ts";

/** Who asked for a token. */
export interface TokenReceiver {
  tokenCame(token: string | undefined): void;
  tokenFailed(cause: unknown): void;
}

/** One call of the token function, and all who wait for its answer. */
class Ask {
  readonly isRefresh: boolean;
  receivers: TokenReceiver[] = [];
  subscription: Subscription | undefined = undefined;

  constructor(isRefresh: boolean) {
    this.isRefresh = isRefresh;
  }
}

/** Tokens of one lane: the one now held, and the call that is under way. */
interface Held {
  token: string | undefined;
  isStale: boolean;
  ask: Ask | undefined;
}

/** What may stand in a header after `Bearer ` (RFC 6750 §2.1 allows less; a dot more hurts nobody). */
const TOKEN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** Asks for tokens: one call for all batches of a context that want one at a time. */
export class Tokens {
  readonly #source: TokenSource | undefined;
  readonly #loop: Loop;
  readonly #held = new WeakMap<Lane, Held>();

  constructor(source: TokenSource | undefined, loop: Loop) {
    this.#source = source;
    this.#loop = loop;
  }

  /** Tells the receiver now when the source is synchronous, later otherwise. */
  ask(lane: Lane, receiver: TokenReceiver): void {
    const source = this.#source;
    if (source === undefined || typeof source === "string") return receiver.tokenCame(source);
    const held = this.#of(lane);
    if (held.ask !== undefined && held.ask.isRefresh === held.isStale) {
      held.ask.receivers.push(receiver);
      return;
    }
    const ask = new Ask(held.isStale);
    ask.receivers.push(receiver);
    held.ask = ask;
    this.#call(source, lane.context.name, held, ask);
  }

  /**
   * The server answered 401 to this token: can there be another one? It is asked for with `refresh` unless a younger one
   * came in the meantime.
   */
  refused(lane: Lane, token: string | undefined): boolean {
    if (typeof this.#source !== "function" || lane.context.authorization !== undefined) {
      return false;
    }
    const held = this.#of(lane);
    if (held.token === token) held.isStale = true;
    return true;
  }

  #of(lane: Lane): Held {
    let held = this.#held.get(lane);
    if (held === undefined) {
      held = { token: undefined, isStale: false, ask: undefined };
      this.#held.set(lane, held);
    }
    return held;
  }

  #call(source: Exclude<TokenSource, string>, context: string, held: Held, ask: Ask): void {
    let answer: string | PromiseLike<string> | Observable<string>;
    try {
      answer = source(context, { refresh: ask.isRefresh });
    } catch (cause) {
      return this.#fail(held, ask, cause);
    }
    if (typeof answer === "string") return this.#succeed(held, ask, answer);
    let hasAnswered = false;
    const once = (tell: () => void) => {
      if (hasAnswered) return;
      hasAnswered = true;
      this.#loop.run(tell);
      ask.subscription?.unsubscribe();
    };
    try {
      ask.subscription = from(answer).subscribe({
        next: (token) => once(() => this.#succeed(held, ask, token)),
        error: (cause) => once(() => this.#fail(held, ask, cause)),
        complete: () =>
          once(() =>
            this.#fail(held, ask, noToken("none"))
          ),
      });
      if (hasAnswered) ask.subscription.unsubscribe();
    } catch (cause) {
      // No Observable and no promise: `from` says what it is instead.
      once(() => this.#fail(held, ask, cause));
    }
  }

  #succeed(held: Held, ask: Ask, token: unknown): void {
    if (typeof token !== "string" || !TOKEN.test(token)) {
      return this.#fail(held, ask, noToken("another value"));
    }
    if (ask.isRefresh) held.isStale = false;
    held.token = token;
    this.#end(held, ask);
    for (const receiver of ask.receivers) receiver.tokenCame(token);
  }

  #fail(held: Held, ask: Ask, cause: unknown): void {
    this.#end(held, ask);
    for (const receiver of ask.receivers) receiver.tokenFailed(cause);
  }

  #end(held: Held, ask: Ask): void {
    if (held.ask === ask) held.ask = undefined;
  }
}

function noToken(found: string): TypeError {
  return new TypeError(
    `Cannot use a token as it must be a string of visible ASCII characters: current value is ${found}`,
  );
}
