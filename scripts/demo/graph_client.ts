import {
  BatchRequestContent,
  BatchResponseContent,
  Client,
  type Context,
  type Middleware,
  RetryHandler,
} from "@microsoft/microsoft-graph-client";

const BATCH_SIZE = 20;

/** What came of reads: those that ended without an answer below 400, and how long all of them took. */
export interface ClientRun {
  readonly failed: number;
  readonly durationMs: number;
}

/**
 * Reads by batches of Microsoft's client, one at a time for each mailbox: the same requests at the same pace. It leaves
 * collecting, matching and trying again to its users; this one collects and matches.
 */
export async function readByClient(
  origin: string,
  token: string,
  mailboxes: readonly (readonly string[])[],
): Promise<ClientRun> {
  const client = Client.initWithMiddleware({
    baseUrl: origin,
    defaultVersion: "v1.0",
    // Its own retries of whole POSTs; its own authentication refuses a server without TLS.
    middleware: [new RetryHandler(), new PlainHandler(token)],
  });
  let failed = 0;
  const startedAtMs = performance.now();
  await Promise.all(mailboxes.map(async (urls) => {
    for (let at = 0; at < urls.length; at += BATCH_SIZE) {
      const batch = urls.slice(at, at + BATCH_SIZE);
      const steps = batch.map((url, index) => ({
        id: String(index),
        request: new Request(origin + url),
      }));
      const content = await new BatchRequestContent(steps).getContent();
      try {
        const responses = new BatchResponseContent(await client.api("/$batch").post(content));
        for (const { id } of steps) if (!responses.getResponseById(id).ok) failed++;
      } catch {
        failed += batch.length;
      }
    }
  }));
  return { failed, durationMs: performance.now() - startedAtMs };
}

class PlainHandler implements Middleware {
  readonly #authorization: string;

  constructor(token: string) {
    this.#authorization = `Bearer ${token}`;
  }

  async execute(context: Context): Promise<void> {
    const headers = new Headers(context.options?.headers as HeadersInit);
    headers.set("Authorization", this.#authorization);
    context.response = await fetch(context.request, { ...context.options, headers } as RequestInit);
  }
}
