import { kindOf } from "../operation/check/kind.ts";
import { checkKnownNames, type KnownNames } from "../operation/check/known_names.ts";
import type { Batcher } from "./batcher.ts";
import { readCall } from "./fetch/call.ts";
import { FetchExchange } from "./fetch/exchange.ts";
import type { BatchingFetchOptions, Fetch } from "./fetch/options.ts";
import { Turns } from "./fetch/turns.ts";
import { checkBatcher } from "./given.ts";

const NAMES: KnownNames<BatchingFetchOptions> = { fallback: true, init: true };

/**
 * A `fetch` whose calls share batches: give it to a client that takes a fetch of one's own, and the client batches without
 * being rewritten.
 *
 * It keeps to what `fetch` means: every status resolves, bodies are the bytes as they came, an abort of `signal` rejects
 * with its reason and withdraws the operation, and calls are submitted in the order in which they were made. What cannot
 * travel in a batch goes to `fallback`. The batcher's token is used; a call with an `Authorization` of its own travels in a
 * lane of its own. `cache`, `keepalive`, `mode` and `priority` mean nothing in a batch. A redirect is followed by
 * `fallback`, without `Authorization`.
 *
 * The batcher repeats what was throttled: switch the client's own retries off, or both multiply.
 *
 * @param batcher whose batches the calls join
 * @param options where calls go that cannot be batched, and what else their operations are given
 * @returns a function like `fetch`; it rejects with a TypeError whose `cause` says why when the POST did not get through or
 * nothing but a `fallback` could carry the call, and with any other `BatchError` as itself (`_tag`)
 * @throws {TypeError} when `batcher` has no `send`, an option is no function, or has a name that nobody reads
 *
 * @example
 * ```ts
 * import { batchingFetch, createGraphBatcher, fetchTransport } from "@rxbatch/rxbatch";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 *
 * const graph = fakeGraph();
 * const batcher = createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) });
 * const batched = batchingFetch(batcher, { fallback: fetch });
 * const answers = await Promise.all([
 *   batched("https://graph.microsoft.com/v1.0/me/messages?$top=2"),
 *   batched("https://graph.microsoft.com/v1.0/me/messages/no-such-id"),
 * ]);
 * console.log(answers.map(({ status }) => status), graph.posts); // [ 200, 404 ] 1
 * ```
 */
export function batchingFetch(
  batcher: Pick<Batcher, "send">,
  options: BatchingFetchOptions = {},
): Fetch {
  checkBatcher(batcher, "make a batching fetch");
  checkKnownNames("options of batchingFetch", options, NAMES);
  for (const name of ["fallback", "init"] as const) {
    const option: unknown = options[name];
    if (option === undefined || typeof option === "function") continue;
    throw new TypeError(
      `Cannot make a batching fetch as ${name} must be a function: current value is ${
        kindOf(option)
      }`,
    );
  }
  const { fallback, init } = options;
  const door = { batcher, fallback, init, turns: new Turns() };
  return (input, requestInit) =>
    new Promise((resolve, reject) => {
      const call = readCall(input, requestInit);
      new FetchExchange(door, call, { resolve, reject }).start();
    });
}
