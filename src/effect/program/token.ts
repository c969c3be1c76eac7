import { Cause, type Context, Effect, Exit, Redacted } from "effect";
import { Observable } from "rxjs";
import type { TokenSource } from "../../../mod.ts";

/**
 * Where tokens come from: a token, or a function that is asked before a batch is sealed.
 *
 * `context` is the mailbox, `account` that of the operations, and `refresh` is true when the last token was refused with
 * 401. Concurrent asks for one context and account share one call, whoever waits for it: it runs in the service's context.
 * An ask that fails fails that batch's operations with `NotExecutedError`, whose `cause` is its error; one that dies is a
 * defect of them.
 *
 * @since 0.2.0
 * @category models
 */
export type EffectToken<R = never, E = unknown> =
  | string
  | Redacted.Redacted<string>
  | ((
    context: string,
    options: { readonly refresh: boolean; readonly account: string | undefined },
  ) => Effect.Effect<string | Redacted.Redacted<string>, E, R>);

/** A token effect died; taken through the batcher, which knows nothing of causes, to the programs that wait. */
export class TokenDefect extends Error {
  readonly defect: Cause.Cause<never>;

  /** @param defect what it died of */
  constructor(defect: Cause.Cause<never>) {
    super(
      "Cannot take a token as its effect must succeed or fail: current value is one that died",
    );
    this.defect = defect;
  }
}

/** The same for the pipeline; an effect that has its token at once is answered at once. */
export function tokenSource<R>(
  token: EffectToken<R> | undefined,
  context: Context.Context<R>,
): TokenSource | undefined {
  if (typeof token !== "function") return token === undefined ? undefined : plain(token);
  const fork = Effect.runForkWith(context);
  return (mailbox, { refresh, account }) =>
    new Observable((subscriber) => {
      const fiber = fork(asked(() => token(mailbox, { refresh, account })));
      fiber.addObserver((exit) => {
        if (Exit.isFailure(exit)) return subscriber.error(failureOf(exit.cause));
        subscriber.next(exit.value);
        subscriber.complete();
      });
      return () => fiber.interruptUnsafe();
    });
}

/** A token that cannot be read, as its Redacted was wiped, is a defect of the effect that gives it. */
function asked<E, R>(
  ask: () => Effect.Effect<string | Redacted.Redacted<string>, E, R>,
): Effect.Effect<string, E, R> {
  return Effect.map(Effect.suspend(ask), plain);
}

function failureOf(cause: Cause.Cause<unknown>): unknown {
  if (!Cause.hasDies(cause)) return Cause.squash(cause);
  return new TokenDefect(Cause.fromReasons(cause.reasons.filter(Cause.isDieReason)));
}

function plain(token: string | Redacted.Redacted<string>): string {
  return Redacted.isRedacted(token) ? Redacted.value(token) : token;
}
