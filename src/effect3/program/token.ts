import { Cause, type Effect, Exit, Redacted, Runtime } from "effect3";
import { Observable } from "rxjs";
import type { TokenSource } from "../../../mod.ts";

/**
 * Where tokens come from: a token, or a function that is asked before a batch is sealed.
 *
 * `context` is the mailbox; `refresh` is true when the last token was refused with 401. Concurrent asks for one context
 * share one call. An ask that fails fails that batch's operations with `NotExecutedError`.
 *
 * @since 0.2.0
 * @category models
 */
export type EffectToken<R = never> =
  | string
  | Redacted.Redacted<string>
  | ((
    context: string,
    options: { readonly refresh: boolean },
  ) => Effect.Effect<string | Redacted.Redacted<string>, unknown, R>);

/** The same for the pipeline; an effect that has its token at once is answered at once. */
export function tokenSource<R>(
  token: EffectToken<R> | undefined,
  runtime: Runtime.Runtime<R>,
): TokenSource | undefined {
  if (typeof token !== "function") return token === undefined ? undefined : plain(token);
  const fork = Runtime.runFork(runtime);
  return (context, options) =>
    new Observable((subscriber) => {
      const fiber = fork(token(context, options));
      fiber.addObserver((exit) => {
        if (Exit.isFailure(exit)) return subscriber.error(Cause.squash(exit.cause));
        subscriber.next(plain(exit.value));
        subscriber.complete();
      });
      return () => fiber.unsafeInterruptAsFork(fiber.id());
    });
}

function plain(token: string | Redacted.Redacted<string>): string {
  return typeof token === "string" ? token : Redacted.value(token);
}
