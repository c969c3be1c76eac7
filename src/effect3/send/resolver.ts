import { Deferred, Effect, Exit, type Request, RequestResolver } from "effect3";
import type { Unsubscribable } from "rxjs";
import type { OperationResponse } from "../../../mod.ts";
import type { EffectError } from "./errors.ts";
import type { OperationRequest } from "./request.ts";
import type { Submit } from "./send.ts";
import { currentCaller } from "../observe/callers.ts";
import type { Traces } from "../observe/spans.ts";

/** Submits all requests that Effect has collected in one go, without a fiber for each of them. */
export function operationResolver(
  submit: Submit,
  traces: Traces,
): RequestResolver.RequestResolver<OperationRequest> {
  return RequestResolver.makeWithEntry((blocks) =>
    Effect.flatMap(
      currentCaller(),
      (caller) =>
        Effect.forEach(blocks, (entries) =>
          Effect.async<void>((resume) => {
            let open = entries.length;
            const waiting = entries.map((entry) => {
              traces.join(entry.request.operation, caller);
              return new OpenRequest(entry, submit, () => {
                if (--open === 0) resume(Effect.void);
              });
            });
            return Effect.sync(() => waiting.forEach((one) => one.leave()));
          }), { discard: true }),
    )
  );
}

type Answer = Exit.Exit<OperationResponse, EffectError>;

/** One request, from when it is submitted until it is answered, or until nobody waits for it any more. */
class OpenRequest {
  readonly #entry: Request.Entry<OperationRequest>;
  readonly #onEnd: () => void;
  readonly #subscription: Unsubscribable;

  constructor(entry: Request.Entry<OperationRequest>, submit: Submit, onEnd: () => void) {
    this.#entry = entry;
    this.#onEnd = onEnd;
    entry.listeners.addObserver(this.#counted);
    this.#subscription = submit(entry.request.operation, (answer) => this.#end(answer));
  }

  leave(): void {
    if (this.#entry.state.completed) return;
    this.#subscription.unsubscribe();
    // A cache must not keep what was never answered.
    this.#entry.listeners.interrupted = true;
    this.#end(Exit.interrupt(this.#entry.ownerId));
  }

  /** Others of its block may still be waited for. */
  readonly #counted = (listeners: number): void => {
    if (listeners === 0) this.leave();
  };

  #end(answer: Answer): void {
    if (this.#entry.state.completed) return;
    this.#entry.state.completed = true;
    this.#entry.listeners.removeObserver(this.#counted);
    Deferred.unsafeDone(this.#entry.result, answer);
    this.#onEnd();
  }
}
