import { Subscription } from "rxjs";
import type { AnyOperation } from "../operation/operation.ts";
import type { OperationResponse } from "../operation/response.ts";
import type { Batcher } from "./batcher.ts";

/**
 * Sends one operation for a caller who awaits. Operations that are sent before the first `await` share batches: start them
 * all, then await them together.
 *
 * @param batcher what sends
 * @param operation what to send
 * @param options `signal`: aborting it withdraws the operation, or drops its answer, as unsubscribing does
 * @returns the answer; rejected with the `BatchError` of the operation, or with `signal.reason`
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
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<OperationResponse<T>> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
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
