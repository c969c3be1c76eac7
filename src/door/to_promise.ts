import { Subscription } from "rxjs";
import { kindOf } from "../operation/check/kind.ts";
import { checkKnownNames } from "../operation/check/known_names.ts";
import type { AnyOperation } from "../operation/operation.ts";
import type { OperationResponse } from "../operation/response.ts";
import type { Batcher } from "./batcher.ts";
import { checkBatcher } from "./given.ts";

/**
 * Sends one operation for a caller who awaits. Operations that are sent before the first `await` share batches: start them
 * all, then await them together.
 *
 * @param batcher what sends
 * @param operation what to send
 * @param options `signal`: aborting it withdraws the operation, or drops its answer, as unsubscribing does
 * @returns the answer; rejected with the `BatchError` of the operation, with `signal.reason`, or with a TypeError when
 * something else was given
 *
 * @example
 * ```ts
 * import { createGraphBatcher, fetchTransport, get, toPromise } from "@rxbatch/rxbatch";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 *
 * const graph = fakeGraph();
 * const batcher = createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) });
 * const [messages, events] = await Promise.all([
 *   toPromise(batcher, get("me/messages")),
 *   toPromise(batcher, get("me/events"), { signal: AbortSignal.timeout(30_000) }),
 * ]);
 * console.log(messages.status, events.status, graph.posts); // 200 200 1
 * ```
 */
export function toPromise<T>(
  batcher: Pick<Batcher, "send">,
  operation: AnyOperation<T>,
  options?: { readonly signal?: AbortSignal | undefined },
): Promise<OperationResponse<T>> {
  return new Promise((resolve, reject) => {
    checkBatcher(batcher, "make a promise");
    const signal = options === undefined ? undefined : signalOf(options);
    if (signal?.aborted === true) return reject(signal.reason);
    const sent = new Subscription();
    if (signal !== undefined) {
      const leave = () => {
        sent.unsubscribe();
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave);
      sent.add(() => signal.removeEventListener("abort", leave));
    }
    sent.add(
      batcher.send(operation).subscribe({
        next: resolve,
        error: (error) => {
          sent.unsubscribe();
          reject(error);
        },
        complete: () => sent.unsubscribe(),
      }),
    );
  });
}

/** What is passed over would be an operation that its caller cannot withdraw. */
function signalOf(options: { readonly signal?: AbortSignal | undefined }): AbortSignal | undefined {
  checkKnownNames("options of toPromise", options, { signal: true });
  const { signal } = options;
  if (signal === undefined || typeof signal?.addEventListener === "function") return signal;
  throw new TypeError(
    `Cannot make a promise as option signal must be an AbortSignal: current value is ${
      kindOf(signal)
    }`,
  );
}
