import { from, type ObservableInput, type Subscription, take } from "rxjs";
import type { TokenCredential } from "../../../options/credential.ts";
import { tokenFault } from "../../../options/token.ts";
import type { Lane } from "../../collect/lane.ts";
import { safely } from "../../time/safely.ts";

/** Who asked for a token, or for headers. */
export interface TokenReceiver {
  tokenCame(token: string | undefined): void;
  tokenFailed(cause: unknown): void;
  /** Nobody waits for it any more. */
  tokenUnneeded(): void;
}

/** A source that has to be asked. */
export type TokenFunction = (context: string, options: AskOptions) => unknown;

/** What was given, as one text. @throws {TypeError} when it is not what was asked for */
export type ReadGiven = (given: unknown) => string;

/** A token. */
export function readToken(given: unknown): string {
  const fault = tokenFault(given);
  if (fault !== undefined) throw fault;
  return given as string;
}

interface AskOptions {
  readonly refresh: boolean;
  readonly account: string | undefined;
  readonly signal: AbortSignal;
}

/** Something that is read, and is no stream. */
function isGivenWhole(value: unknown): boolean {
  if (typeof value === "string" || value instanceof String) return true;
  return !Array.isArray(value) &&
    typeof (value as Partial<Headers> | null | undefined)?.entries === "function";
}

/** A credential as a function; `claimsNow` are what the last 401 wants of the next token. */
export function askCredential(
  credential: TokenCredential,
  scopes: readonly string[],
  claimsNow: () => string | undefined,
): TokenFunction {
  return async (_context, { refresh, signal }) => {
    const claims = refresh ? claimsNow() : undefined;
    const given = await credential.getToken([...scopes], {
      abortSignal: signal,
      ...(claims === undefined ? {} : { claims }),
    });
    // What is no token is refused like a function's.
    return given === null ? null : given.token;
  };
}

/** How a call ended. */
export interface AskEnd {
  succeeded(token: string): void;
  failed(cause: unknown): void;
}

/** One call of the function, and all who wait for its answer. */
export class Ask {
  /** Whoever asked first: the call is made in its name. */
  declare readonly lane: Lane;
  /** The token that was refused, when a fresh one is asked for in its place. */
  declare readonly refused: string | undefined;
  readonly receivers: Map<TokenReceiver, Lane> = new Map();
  #subscription: Subscription | undefined = undefined;
  #controller: AbortController | undefined = undefined;
  #isDropped = false;

  constructor(lane: Lane, refused: string | undefined) {
    this.lane = lane;
    this.refused = refused;
  }

  /** Tells the end once, at once when the source is synchronous. */
  call(source: TokenFunction, read: ReadGiven, end: AskEnd): void {
    let hasEnded = false;
    const once = (tell: () => void) => {
      if (hasEnded) return;
      hasEnded = true;
      tell();
    };
    const failed = (cause: unknown) => once(() => end.failed(cause));
    const succeeded = (given: unknown) =>
      once(() => {
        let text: string;
        try {
          text = read(given);
        } catch (fault) {
          return end.failed(fault);
        }
        end.succeeded(text);
      });
    let answer: unknown;
    try {
      answer = source(this.lane.context.name, this.#options());
    } catch (cause) {
      return failed(cause);
    }
    // `from` would take it apart: a string, or Headers in place of an object.
    if (isGivenWhole(answer)) return succeeded(answer);
    try {
      this.#subscription = from(answer as ObservableInput<unknown>).pipe(take(1)).subscribe({
        next: succeeded,
        error: failed,
        complete: () => succeeded(undefined),
      });
    } catch {
      // Neither an Observable nor a promise.
      return succeeded(answer);
    }
    if (this.#isDropped) this.#stop();
  }

  /** Nobody waits for it any more. */
  drop(): void {
    this.#isDropped = true;
    this.#stop();
    safely(() => this.#controller?.abort());
  }

  #stop(): void {
    safely(() => this.#subscription?.unsubscribe());
  }

  /** A signal costs as much as the rest of a POST, so it is made for who looks at it. */
  #options(): AskOptions {
    const signal = () => {
      const controller = this.#controller ??= new AbortController();
      if (this.#isDropped) controller.abort();
      return controller.signal;
    };
    return {
      refresh: this.refused !== undefined,
      account: this.lane.account,
      get signal() {
        return signal();
      },
    };
  }
}
