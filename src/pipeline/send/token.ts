import { from, type Observable, type Subscription, take } from "rxjs";
import type { TokenSource } from "../../options/options.ts";
import type { Lane } from "../collect/lane.ts";
import type { Loop } from "../time/loop.ts";
import { safely } from "../time/safely.ts";

/** Who asked for a token. */
export interface TokenReceiver {
  tokenCame(token: string | undefined): void;
  tokenFailed(cause: unknown): void;
  /** Nobody waits for it any more. */
  tokenUnneeded(): void;
}

/** One call of the token function, and all who wait for its answer. */
class Ask {
  readonly isRefresh: boolean;
  readonly receivers = new Set<TokenReceiver>();
  subscription: Subscription | undefined = undefined;

  constructor(isRefresh: boolean) {
    this.isRefresh = isRefresh;
  }
}

/** Tokens of one lane: the one now held, the calls that are under way, and the one that can be joined. */
interface Held {
  token: string | undefined;
  isStale: boolean;
  readonly asks: Set<Ask>;
  latest: Ask | undefined;
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
    const { latest } = held;
    if (latest !== undefined && held.asks.has(latest) && latest.isRefresh === held.isStale) {
      latest.receivers.add(receiver);
      return;
    }
    const ask = new Ask(held.isStale);
    ask.receivers.add(receiver);
    held.asks.add(ask);
    held.latest = ask;
    this.#call(source, lane.context.name, held, ask);
  }

  /** It waits no longer: a call that has taken too long is not joined any more, and dropped when nobody is left. */
  leave(lane: Lane, receiver: TokenReceiver): void {
    const held = this.#held.get(lane);
    for (const ask of held?.asks ?? []) {
      if (!ask.receivers.delete(receiver)) continue;
      if (held!.latest === ask) held!.latest = undefined;
      if (ask.receivers.size === 0) this.#drop(held!, ask);
    }
  }

  /** Nothing waits in the lane any more. */
  desert(lane: Lane): void {
    const held = this.#held.get(lane);
    for (const ask of held?.asks ?? []) {
      this.#drop(held!, ask);
      for (const receiver of ask.receivers) receiver.tokenUnneeded();
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
    const held = this.#of(lane);
    // A lane that travels with others never asked itself.
    if (held.token === undefined || held.token === token) held.isStale = true;
    return true;
  }

  #of(lane: Lane): Held {
    let held = this.#held.get(lane);
    if (held === undefined) {
      held = { token: undefined, isStale: false, asks: new Set(), latest: undefined };
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
    };
    try {
      ask.subscription = from(answer).pipe(take(1)).subscribe({
        next: (token) => once(() => this.#succeed(held, ask, token)),
        error: (cause) => once(() => this.#fail(held, ask, cause)),
        complete: () => once(() => this.#fail(held, ask, noToken("none"))),
      });
    } catch (cause) {
      // No Observable and no promise: `from` says what it is instead.
      once(() => this.#fail(held, ask, cause));
    }
  }

  #succeed(held: Held, ask: Ask, token: unknown): void {
    if (typeof token !== "string" || !TOKEN.test(token)) {
      return this.#fail(held, ask, noToken("another value"));
    }
    // One that was overtaken may bring the very token that was refused.
    if (held.latest === undefined || held.latest === ask) {
      if (ask.isRefresh) held.isStale = false;
      held.token = token;
    }
    this.#drop(held, ask);
    for (const receiver of ask.receivers) receiver.tokenCame(token);
  }

  #fail(held: Held, ask: Ask, cause: unknown): void {
    this.#drop(held, ask);
    for (const receiver of ask.receivers) receiver.tokenFailed(cause);
  }

  #drop(held: Held, ask: Ask): void {
    held.asks.delete(ask);
    safely(() => ask.subscription?.unsubscribe());
  }
}

function noToken(found: string): TypeError {
  return new TypeError(
    `Cannot use a token as it must be a string of visible ASCII characters: current value is ${found}`,
  );
}
