import { fetchTransport } from "./fetch.ts";
import type { MakeTransport } from "./transport.ts";

/**
 * The transport of whoever names none: `fetch`, which every platform has.
 *
 * The npm package has a second one for Node, `default_node.ts`.
 *
 * @returns a transport
 */
export const defaultTransport: MakeTransport = () => fetchTransport();
