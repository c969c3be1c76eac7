import type { ScriptedFaults } from "./fault/fault.ts";
import type { Ledger } from "./ledger.ts";
import type { Item } from "./store/store.ts";

/** A fake service that listens on a loopback port. */
export interface FakeServer extends AsyncDisposable {
  /** For example `http://127.0.0.1:49152`. */
  readonly url: string;
  /** What a client takes as its `baseUrl`. */
  readonly baseUrl: string;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** A service that exists in memory only: strict, scriptable, and with a book of everything that it was asked. */
export interface FakeCore {
  /**
   * The service is its own handler, and stands in for `fetch` too.
   *
   * @param input a request, or what the global `fetch` takes
   * @param init as for the global `fetch`
   * @returns the answer, its body made as it is read
   * @throws {TypeError} when a fault breaks the connection
   */
  (input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Where `fetch` answers; give it to the client as its `baseUrl`. */
  readonly baseUrl: string;
  /**
   * Stands in for the global `fetch`: answers requests for `baseUrl`'s origin, and rejects all others as if there were no
   * such host.
   *
   * @param input as for the global `fetch`
   * @param init as for the global `fetch`
   * @returns the answer, its body made as it is read
   * @throws {TypeError} when a fault breaks the connection
   */
  readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  /**
   * Answers a request for any host, for a server of your own.
   *
   * @param request a request for its path
   * @returns the answer, its body made as it is read
   * @throws {TypeError} when a fault breaks the connection
   */
  readonly handler: (request: Request) => Promise<Response>;
  /** Every operation, and what became of it. */
  readonly ledger: Ledger;
  /** How many batches were posted. */
  readonly posts: number;
  /** How many batches were under way at once, at most. */
  readonly maxConcurrency: number;
  /**
   * Appends to the script: each argument is what strikes one of the next batches.
   *
   * @param lines a fault, several, or `undefined` to let a batch pass
   * @throws {TypeError} when a fault has no known name, or an index without `on: "part"`
   * @throws {RangeError} when a probability or a status is out of bounds
   */
  next(...lines: readonly ScriptedFaults[]): void;
  /**
   * Serves on a loopback port, with the HTTP server of Node (which Deno and Bun have too).
   *
   * @param port 0: any that is free
   * @returns the server, which must be closed
   */
  listen(port?: number): Promise<FakeServer>;
}

/** A service of mailboxes. */
export interface FakeService extends FakeCore {
  /** A bearer token that opens every mailbox (or the first of `tokens`). */
  readonly token: string;
  /** Which mailboxes a token opens; change it to let tokens expire. */
  readonly tokens: Map<string, readonly string[]>;
  /**
   * How many batches for one mailbox were under way at once, at most.
   *
   * @param mailbox its address
   * @returns the number
   */
  maxConcurrencyOf(mailbox: string): number;
  /**
   * Looks into a mailbox.
   *
   * @param mailbox its address
   * @param collection `messages`, `events`, `contacts` or `mailfolders`
   * @returns the items as a client sees them
   * @throws {RangeError} when there is no such mailbox or collection
   */
  items(mailbox: string, collection: string): Item[];
  /** Back to the beginning: mailboxes, tokens, ledger, counters, script and everything drawn. */
  reset(): void;
}

/** An OData service. */
export interface FakeODataService extends FakeCore {
  /** The bearer token that opens it. */
  readonly token: string;
  /**
   * Looks into an entity set.
   *
   * @param entitySet its name
   * @returns the entities, in the order in which they came
   * @throws {RangeError} when there is no such set
   */
  items(entitySet: string): Item[];
  /** Back to the beginning: entities, ledger, counters, script and everything drawn. */
  reset(): void;
}
