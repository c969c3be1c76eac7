/**
 * A batcher's events as OpenTelemetry's traces and metrics, by its conventions for HTTP. Nothing in them is a URL, an
 * address, a body or a token: operations are told by number and `label`.
 *
 * @module
 */
export { observe, type ObserveOptions } from "./observe/otel/observe.ts";
export { TracedTransport } from "./observe/otel/traced_transport.ts";
