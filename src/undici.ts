/**
 * Batches travel by undici: what Node's own `fetch` is built of, without what `fetch` puts on top.
 *
 * The npm package takes it on Node without being asked.
 *
 * @module
 */
export {
  type HttpRequest,
  type HttpResponse,
  type ResponseHead,
  type Transport,
  type UndiciDispatcher,
  undiciTransport,
} from "./transport/undici.ts";
