import { kindOf } from "../operation/check/kind.ts";
import type { Transport } from "../transport/transport.ts";

/**
 * Checks what carries batches. A fetch is called otherwise than a transport, and each of its failures would look like one of
 * the network.
 *
 * @throws {TypeError} when it is no function, fetch itself, or what has one, such as a fake server
 */
export function checkTransport(transport: Transport): void {
  const found = typeof transport === "function" ? fetchIn(transport) : kindOf(transport);
  if (found === undefined) return;
  throw new TypeError(
    `Cannot use option transport as it must be a transport: current value is ${found}`,
  );
}

function fetchIn(given: Transport): string | undefined {
  if ("fetch" in given) return "what has a fetch (wrap that in fetchTransport())";
  if (!/^(?:bound )?fetch$/.test(given.name)) return undefined;
  return `${given.name} (wrap it in fetchTransport())`;
}
