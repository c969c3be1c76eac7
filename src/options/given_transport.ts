import { kindOf } from "../operation/check/kind.ts";
import type { Transport } from "../transport/transport.ts";

/**
 * Checks what carries batches. A fetch is called otherwise than a transport, and each of its failures would look like one of
 * the network.
 *
 * @throws {TypeError} when it is no function, or fetch itself
 */
export function checkTransport(transport: Transport): void {
  const isFunction = typeof transport === "function";
  if (isFunction && !/^(?:bound )?fetch$/.test(transport.name)) return;
  throw new TypeError(
    `Cannot use option transport as it must be a transport: current value is ${
      isFunction ? `${transport.name} (wrap it in fetchTransport())` : kindOf(transport)
    }`,
  );
}
