import { Client } from "@microsoft/microsoft-graph-client";
import type { ClientRun } from "./graph_client.ts";

/** Calls that are under way at once: as many as four batches hold. */
const AT_ONCE = 80;

/** Reads with Microsoft's client as any program does, a call each; only the fetch below it differs. */
export async function readUnchanged(
  baseUrl: string,
  urls: readonly string[],
  send: (request: RequestInfo, init?: RequestInit) => Promise<Response>,
): Promise<ClientRun> {
  const client = Client.initWithMiddleware({
    baseUrl: new URL(baseUrl).origin,
    middleware: {
      async execute(context) {
        context.response = await send(context.request, context.options as RequestInit);
      },
    },
  });
  const waiting = [...urls];
  let failed = 0;
  const startedAtMs = performance.now();
  const worker = async () => {
    for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
      await client.api(url).get().catch(() => failed++);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { failed, durationMs: performance.now() - startedAtMs };
}
