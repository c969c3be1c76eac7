import { fetchTransport } from "./fetch.ts";
import type { Transport } from "./transport.ts";

/**
 * The transport of whoever names none: `fetch`.
 *
 * The npm package has a second one for Node in its place, `default_node.ts`.
 *
 * @returns a transport
 */
export function defaultTransport(): Transport {
  return fetchTransport();
}
