/**
 * A web server that reads the mail of whoever calls: one batcher for all people, `account` says whose turn it is.
 *
 *   PORT=8080 npx tsx examples/web_server.ts
 *   curl -H "Cookie: session=annas-session" http://127.0.0.1:8080/counts
 */
import { createGraphBatcher, fetchTransport, get, toPromise } from "@rxbatch/rxbatch";
import { fakeGraph } from "@rxbatch/rxbatch/testing";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import process from "node:process";

// In your program: no fake, and whatever holds the tokens of those who have signed in.
const graph = fakeGraph({
  mailboxes: {
    "anna@contoso.com": { messages: 3 },
    "otto@contoso.com": { messages: 5 },
  },
  tokens: {
    "annas-token": "anna@contoso.com",
    "ottos-token": "otto@contoso.com",
  },
});
const sessions = new Map([
  ["annas-session", { account: "anna" }],
  ["ottos-session", { account: "otto" }],
]);
const tokens = new Map([["anna", "annas-token"], ["otto", "ottos-token"]]);

/** One for all: windows and slots are shared, and two people are never in one batch. */
const batcher = createGraphBatcher({
  token(_context, { account }) {
    const token = tokens.get(account!);
    if (token === undefined) {
      throw new Error("This person has to sign in again");
    }
    return token;
  },
  transport: fetchTransport(graph.fetch),
});

async function countsOf(
  account: string,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const count = async (url: string) => {
    const operation = get<{ value: unknown[] }>(url, { account });
    return (await toPromise(batcher, operation, { signal })).body.value.length;
  };
  // Two reads at once: one batch, beside the batches of others.
  const [messages, folders] = await Promise.all([
    count("/me/messages?$top=100"),
    count("/me/mailFolders"),
  ]);
  return { messages: messages!, folders: folders! };
}

function accountOf(
  { headers: { cookie = "" } }: IncomingMessage,
): string | undefined {
  return sessions.get(/(?:^|; )session=([^;]+)/.exec(cookie)?.[1] ?? "")
    ?.account;
}

const server = createServer((request, response) => {
  const account = accountOf(request);
  if (account === undefined) return void response.writeHead(401).end();
  const left = new AbortController();
  // Whoever closes the page waits for nothing any more.
  response.on("close", () => left.abort());
  countsOf(account, left.signal).then(
    (counts) =>
      response.setHeader("content-type", "application/json").end(
        JSON.stringify(counts),
      ),
    () => response.writeHead(502).end(),
  );
});
server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (typeof address === "object") {
  console.log(`http://127.0.0.1:${address?.port}/counts`);
}

// Ctrl-C: no new calls; those that are under way are answered.
process.once("SIGINT", () => server.close());
await once(server, "close");
await batcher.close();
console.log(`${graph.posts} batches`);
