import type { Wire } from "../../wire/wire.ts";
import type { Batch } from "./batch.ts";
import { LazyRequest } from "./lazy_request.ts";

/** What is sent for a batch: the wire's words, and whose token opens it. */
export function requestOf(batch: Batch, wire: Wire): LazyRequest {
  const { context } = batch.lane;
  const encoded = batch.entries.map((entry) => entry.encoded!);
  const isChain = wire.order === "native" && batch.entries.some((entry) => entry.waits > 0);
  const shape = isChain ? "chain" : "parallel";
  const { method, url, headers, body } = wire.encode(encoded, context, shape, headersOf(batch));
  if (typeof body?.length !== "number") {
    throw new TypeError(
      "Cannot send a batch as its wire must make a body of it: current value is none",
    );
  }
  const authorization = context.authorization ??
    (batch.token === undefined ? undefined : `Bearer ${batch.token}`);
  return new LazyRequest({
    method,
    url,
    headers: authorization === undefined ? headers : { Authorization: authorization, ...headers },
    body,
  });
}

/** Those that were asked for. */
function headersOf({ headerSet }: Batch): Readonly<Record<string, string>> | undefined {
  return headerSet === undefined ? undefined : JSON.parse(headerSet) as Record<string, string>;
}
