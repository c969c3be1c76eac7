import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Batcher, batchingFetch, createGraphBatcher, type Fetch } from "../../mod.ts";
import { fakeGraph, type FakeServer, type FakeService } from "../../src/testing.ts";
import { type Client, CLIENTS, TAKES_A_SIGNAL } from "./clients.ts";
import { counted } from "./counted.ts";

const OWNER = "rufus@contoso.com";

/** The global one, which a client that takes no other may have had replaced. */
const plainFetch = globalThis.fetch;

let graph: FakeService;
let server: FakeServer;
let batcher: Batcher;
let fetch: Fetch;
/** Resolves when the client has called so often. */
let called: (times: number) => Promise<void>;

beforeEach(async () => {
  graph = fakeGraph({ mailboxes: { [OWNER]: { messages: 60 } } });
  server = await graph.listen();
  batcher = createGraphBatcher({ baseUrl: server.baseUrl, token: graph.token, maxWaitMs: 100 });
  ({ fetch, called } = counted(batchingFetch(batcher, { fallback: plainFetch })));
});

afterEach(async () => {
  globalThis.fetch = plainFetch;
  await batcher.close();
  await server.close();
});

/** URLs of this many messages. */
function messageUrls(count: number): string[] {
  const ids = graph.items(OWNER, "messages").slice(0, count).map(({ id }) => String(id));
  return ids.map((id) => `${server.baseUrl}me/messages/${id}`);
}

describe.each(Object.entries(CLIENTS))("%s, batched", (name, make) => {
  let client: Client;

  beforeEach(async () => {
    client = await make(fetch, server.baseUrl);
  });

  it("sends 50 concurrent calls in 3 POSTs, and each gets its own answer", async () => {
    const urls = messageUrls(50);
    const messages = await Promise.all(urls.map((url) => client.read(url)));
    expect(messages.map((message) => (message as { id: string }).id))
      .toEqual(urls.map((url) => url.slice(url.lastIndexOf("/") + 1)));
    expect(graph.posts).toBe(3);
  });

  it("tells an error status in the client's own error", async () => {
    const [url] = messageUrls(1);
    const [good, bad] = await Promise.allSettled([
      client.read(url!),
      client.read(`${server.baseUrl}me/messages/no-such-id`),
    ]);
    expect(good.status).toBe("fulfilled");
    expect(client.statusOf((bad as PromiseRejectedResult).reason)).toBe(404);
    expect(graph.posts).toBe(1);
  });

  it("repeats what was throttled, so that the client never hears of it", async () => {
    graph.next({ name: "status", status: 429, retryAfter: 0.01, on: "part", index: 0 });
    const answers = await Promise.all(messageUrls(3).map((url) => client.read(url)));
    expect(answers.length).toBe(3);
    expect(graph.posts).toBe(2);
  });

  it("hands over bytes as they are", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const url = await attachmentOf(bytes);
    // This one reads JSON alone.
    if (client.download === undefined) return expect(name).toBe("@odata2ts/http-client-fetch");
    expect(await client.download(url)).toEqual(bytes);
  });

  it("withdraws what is aborted, and nothing else", async () => {
    expect(client.readUntil !== undefined).toBe(TAKES_A_SIGNAL.includes(name));
    const [first, second] = messageUrls(2);
    const controller = new AbortController();
    const aborted = client.readUntil?.(first!, controller.signal);
    const rejected = aborted === undefined ? undefined : expect(aborted).rejects.toThrow();
    const read = client.read(second!);
    // By then both wait for their window.
    await called(aborted === undefined ? 1 : 2);
    controller.abort();
    await rejected;
    await read;
    expect(graph.ledger.entries.filter(({ method }) => method === "GET").length).toBe(1);
  });
});

/** Puts an attachment with these bytes beside the first message. */
async function attachmentOf(bytes: Uint8Array): Promise<string> {
  const [message] = messageUrls(1);
  const made = await plainFetch(`${message}/attachments`, {
    method: "POST",
    headers: { Authorization: `Bearer ${graph.token}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      "@odata.type": "#microsoft.graph.fileAttachment",
      name: "bytes.bin",
      contentBytes: btoa(String.fromCharCode(...bytes)),
    }),
  });
  const { id } = await made.json() as { id: string };
  return `${message}/attachments/${id}/$value`;
}
