import { type Client, IN_FLIGHT, type Message, type Request } from "./client.ts";

const SIZE = 20;

/** The batches of one, four of them at a time, as its users have to do by themselves. */
async function inBatches(
  requests: readonly Request[],
  post: (batch: readonly Request[]) => Promise<number>,
): Promise<number> {
  let next = 0;
  let count = 0;
  const slot = async () => {
    while (next < requests.length) {
      const batch = requests.slice(next, next += SIZE);
      const answered = await post(batch);
      count += answered;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, slot));
  return count;
}

/** Microsoft's client: one JSON batch holds requests of any mailbox. */
export async function graphClient(origin: string): Promise<Client> {
  const { BatchRequestContent, BatchResponseContent, Client: Graph } = await import(
    "@microsoft/microsoft-graph-client"
  );
  const client = Graph.init({
    baseUrl: origin,
    defaultVersion: "v1.0",
    customHosts: new Set([new URL(origin).hostname]),
    authProvider: (done) => done(null, "token"),
  });
  return (requests) =>
    inBatches(requests, async (batch) => {
      const content = new BatchRequestContent(batch.map(({ url, context }, at) => ({
        id: String(at + 1),
        request: new Request(`${origin}/v1.0/${context ?? "me"}/${url}`),
      })));
      const answer = await client.api("/$batch").post(await content.getContent());
      const responses = new BatchResponseContent(answer);
      let count = 0;
      for (let id = 1; id <= batch.length; id++) {
        const message = await responses.getResponseById(String(id)).json() as Message;
        if (message.Subject.length > 0) count++;
      }
      return count;
    });
}

type Send = (request: RequestInfo, init?: RequestInit) => Promise<Response>;

/** The same client as most programs use it, a call each; `send` is the fetch below it. */
export async function graphCalls(
  origin: string,
  send: Send,
): Promise<(url: string) => Promise<Message>> {
  const { Client: Graph } = await import("@microsoft/microsoft-graph-client");
  const client = Graph.initWithMiddleware({
    baseUrl: origin,
    middleware: {
      async execute(context) {
        context.response = await send(context.request, context.options as RequestInit);
      },
    },
  });
  return (url) => client.api(url).get() as Promise<Message>;
}

/** Types of what importing `batching` and `users` adds to it. */
interface PnpGraph {
  batched(): [PnpGraph, execute: () => Promise<void>];
  readonly me: PnpMailbox;
  readonly users: { getById(id: string): PnpMailbox };
}
type PnpMailbox = ReturnType<typeof import("@pnp/graph").GraphQueryable>;

/** PnPjs: a batch of its own for each twenty. */
export async function pnp(origin: string): Promise<Client> {
  const { graphfi, GraphQueryable } = await import("@pnp/graph");
  await import("@pnp/graph/batching.js");
  await import("@pnp/graph/users/index.js");
  const { BrowserFetch, DefaultParse, InjectHeaders, RejectOnError, ResolveOnData } = await import(
    "@pnp/queryable"
  );
  const root = graphfi(`${origin}/v1.0`).using(
    ResolveOnData(),
    RejectOnError(),
    BrowserFetch(),
    DefaultParse(),
    InjectHeaders({ Accept: "application/json" }),
  );
  return (requests) =>
    inBatches(requests, async (batch) => {
      const [batched, execute] = (root as unknown as PnpGraph).batched();
      let count = 0;
      const loads = batch.map(async ({ url, context }) => {
        const user = /'(.*)'/.exec(context ?? "")?.[1];
        const mailbox = user === undefined ? batched.me : batched.users.getById(user);
        const message = await GraphQueryable(mailbox, url)() as Message;
        if (message.Subject.length > 0) count++;
      });
      await execute();
      await Promise.all(loads);
      return count;
    });
}
