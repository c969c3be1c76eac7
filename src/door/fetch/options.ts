import type { OperationInit } from "../../operation/operation.ts";

/** A function that is called like `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What `batchingFetch()` may be given. */
export interface BatchingFetchOptions {
  /**
   * Takes what cannot travel in a batch: other origins, streams of unknown length, HEAD on Graph, what a redirect leads
   * to. It is the plain `fetch` in most programs, and is called as the batching one was: nothing that `init` says goes
   * along.
   *
   * @default none: such a call rejects with a TypeError that says why
   */
  readonly fallback?: Fetch | undefined;
  /**
   * Order, account, label and the like for the operation that a call becomes; `"fallback"` sends this call outside
   * batches, a large download for example. It answers at once, and leaves the body of the Request unread. A `schema` of it
   * counts for nothing, as a Response holds bytes; the Response to a status among its `okStatuses` has none. A call with
   * `dependsOn` never goes to `fallback`, where nothing would keep it waiting: what a batch cannot carry of it rejects.
   *
   * @default none
   */
  readonly init?: ((request: Request) => OperationInit | "fallback") | undefined;
}
