import { from, switchMap } from "rxjs";
import { fetchTransport } from "./fetch.ts";
import type { MakeTransport, Transport } from "./transport.ts";

/** What this process sends by, once it is known; `cause` says why it is not undici. */
interface Loaded {
  readonly transport: Transport;
  readonly cause?: unknown;
}

let loaded: Loaded | undefined;

/**
 * The transport of whoever names none, in the npm package for Node: undici, loaded with the first batch, and `fetch` on
 * whatever else was taken for Node (Deno, Bun), or where undici cannot be loaded, which is told.
 *
 * Importing undici takes 50 ms and more, which a program that sends nothing should not pay.
 *
 * @param tell hears once that `fetch` took its place, and why
 * @returns a transport
 */
export const defaultTransport: MakeTransport = (tell) => {
  if (!isNode()) return fetchTransport();
  let isTold = false;
  const send = ({ transport, cause }: Loaded): Transport => {
    if (cause !== undefined && !isTold) {
      isTold = true;
      tell({ used: "fetch", wanted: "undici", cause });
    }
    return transport;
  };
  return (request) =>
    loaded === undefined
      ? from(load()).pipe(switchMap((now) => send(now)(request)))
      : send(loaded)(request);
};

async function load(): Promise<Loaded> {
  try {
    const { undiciTransport } = await import("./undici.ts");
    return loaded ??= { transport: undiciTransport() };
  } catch (cause) {
    // A bundle that holds undici in a form that does not work, or no undici at all.
    return loaded ??= { transport: fetchTransport(), cause };
  }
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
