import { from, type ObservableInput, switchMap } from "rxjs";
import { fetchTransport } from "./fetch.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

let loaded: Transport | undefined;

/**
 * The transport of whoever names none, in the npm package: undici on Node, loaded with the first batch, and `fetch` on
 * whatever else runs npm packages (Deno, Bun, workers, browsers), or where undici cannot be loaded.
 *
 * Importing undici takes 50 ms and more, which a program that sends nothing should not pay.
 *
 * @returns a transport
 */
export function defaultTransport(): Transport {
  if (!isNode()) return fetchTransport();
  return (request) => loaded?.(request) ?? loadAndSend(request);
}

function loadAndSend(request: HttpRequest): ObservableInput<HttpResponse> {
  return from(load()).pipe(switchMap((transport) => transport(request)));
}

async function load(): Promise<Transport> {
  try {
    const { undiciTransport } = await import("./undici.ts");
    loaded ??= undiciTransport();
  } catch {
    // a bundle for another platform, or one without undici
    loaded ??= fetchTransport();
  }
  return loaded;
}

interface Host {
  readonly process?: { readonly versions?: Readonly<Record<string, string | undefined>> };
}

/** Deno and Bun call themselves Node as well, yet Bun's undici is a stub and Deno's `fetch` needs no package. */
function isNode(): boolean {
  const versions = (globalThis as Host).process?.versions;
  return versions?.["node"] !== undefined && versions["bun"] === undefined &&
    versions["deno"] === undefined;
}
