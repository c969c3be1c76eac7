import { from, type ObservableInput, switchMap } from "rxjs";
import { notSent } from "./failure.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

let loaded: Transport | undefined;

/**
 * The transport of whoever names none, in the npm package on Node: undici, loaded with the first batch.
 *
 * Importing undici takes 50 ms and more, which a program that sends nothing should not pay.
 *
 * @returns a transport
 */
export function defaultTransport(): Transport {
  return (request) => loaded?.(request) ?? loadAndSend(request);
}

function loadAndSend(request: HttpRequest): ObservableInput<HttpResponse> {
  return from(load()).pipe(switchMap((transport) => transport(request)));
}

async function load(): Promise<Transport> {
  try {
    const { undiciTransport } = await import("./undici.ts");
    loaded ??= undiciTransport();
    return loaded;
  } catch (error) {
    throw notSent(error);
  }
}
