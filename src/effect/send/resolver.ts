import { Effect, Exit, type Request, RequestResolver } from "effect";
import type { Unsubscribable } from "rxjs";
import { callerIn, type Callers } from "../observe/callers.ts";
import type { OperationRequest } from "./request.ts";
import type { Submit } from "./send.ts";

type Entry = Request.Entry<OperationRequest>;

/** Submits all requests that Effect has collected in one go, without a fiber for each of them. */
export function operationResolver(
  submit: Submit,
  callers: Callers,
): RequestResolver.RequestResolver<OperationRequest> {
  const waiting = new Map<Entry, OpenRequest>();
  return RequestResolver.makeWith<OperationRequest>({
    // Of an entry that is out already, Effect asks for the key once more when its caller is interrupted: it knows of no
    // other word for that.
    batchKey: (entry) => {
      waiting.get(entry)?.leave();
      return waiting;
    },
    delay: Effect.yieldNow,
    collectWhile: () => true,
    runAll: (entries) =>
      Effect.callback<void>((resume) => {
        let open = entries.length;
        for (const entry of entries) {
          callers.join(entry.request.operation, callerIn(entry.context));
          const one = new OpenRequest(entry, () => {
            waiting.delete(entry);
            if (--open === 0) resume(Effect.void);
          });
          waiting.set(entry, one);
          one.submit(submit);
        }
        return Effect.sync(() => entries.forEach((entry) => waiting.get(entry)?.leave()));
      }),
  });
}

/** One request, from when it is submitted until it is answered, or until nobody waits for it any more. */
class OpenRequest {
  readonly #entry: Entry;
  readonly #onEnd: () => void;
  #subscription: Unsubscribable | undefined = undefined;
  #isEnded = false;

  constructor(entry: Entry, onEnd: () => void) {
    this.#entry = entry;
    this.#onEnd = onEnd;
  }

  submit(submit: Submit): void {
    this.#subscription = submit(this.#entry.request.operation, (answer) => this.#end(answer));
  }

  leave(): void {
    this.#subscription?.unsubscribe();
    // A cache must not keep what was never answered.
    this.#end(Exit.interrupt());
  }

  #end(answer: Parameters<Entry["completeUnsafe"]>[0]): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#entry.completeUnsafe(answer);
    this.#onEnd();
  }
}
