import { from, map } from "rxjs";
import type { BatchOperator, Transport } from "../../../mod.ts";
import { loadCore, loadUndici } from "../built_package.ts";
import { type Client, IN_FLIGHT, type Message, type Request } from "./client.ts";
import { graphCalls } from "./vendors.ts";

type Make = (origin: string) => Promise<Client>;
type MakeTransport = () => Promise<Transport>;

export const onUndici: MakeTransport = async () => (await loadUndici()).undiciTransport();
export const onFetch: MakeTransport = async () => (await loadCore()).fetchTransport();

/** The operator of Outlook, where a batch holds one mailbox. */
export function operator(transportOf: MakeTransport): Make {
  return async (origin) => {
    const { batchOutlook } = await loadCore();
    const transport = await transportOf();
    return through(
      batchOutlook({ baseUrl: `${origin}/api/v2.0/`, transport, concurrency: IN_FLIGHT }),
    );
  };
}

/** The operator of Graph, where a batch holds any mailbox. */
export function graphOperator(transportOf: MakeTransport): Make {
  return async (origin) => {
    const { batchGraph } = await loadCore();
    return through(batchGraph({
      baseUrl: `${origin}/v1.0/`,
      transport: await transportOf(),
      concurrency: IN_FLIGHT,
      concurrencyPerContext: IN_FLIGHT,
      mixContexts: true,
    }));
  };
}

/** A client that batches nothing, above a fetch that does. */
export function belowGraphClient(transportOf: MakeTransport): Make {
  return async (origin) => {
    const { batchingFetch, createGraphBatcher } = await loadCore();
    const batcher = createGraphBatcher({
      baseUrl: `${origin}/v1.0/`,
      transport: await transportOf(),
      concurrency: IN_FLIGHT,
      concurrencyPerContext: IN_FLIGHT,
      mixContexts: true,
    });
    const call = await graphCalls(origin, batchingFetch(batcher));
    return async (requests) => {
      const messages = await Promise.all(
        requests.map(({ url, context }) => call(`/${context ?? "me"}/${url}`)),
      );
      return messages.filter(({ Subject }) => Subject.length > 0).length;
    };
  };
}

/** With a subscriber each. */
export function send(transportOf: MakeTransport): Make {
  return async (origin) => {
    const { createOutlookBatcher, get } = await loadCore();
    const batcher = createOutlookBatcher({
      baseUrl: `${origin}/api/v2.0/`,
      transport: await transportOf(),
      concurrency: IN_FLIGHT,
    });
    return (requests) =>
      new Promise((resolve, reject) => {
        let count = 0;
        for (const { url, context } of requests) {
          batcher.send(get<Message>(url, context === undefined ? {} : { context })).subscribe({
            next: ({ body }) => {
              if (body.Subject.length > 0 && ++count === requests.length) resolve(count);
            },
            error: reject,
          });
        }
        batcher.flush();
      });
  };
}

async function through(operator: BatchOperator): Promise<Client> {
  const { get } = await loadCore();
  return async (requests: readonly Request[]) => {
    let count = 0;
    const operations$ = from(requests).pipe(
      map(({ url, context }) => get<Message>(url, context === undefined ? {} : { context })),
    );
    await operations$.pipe(operator).forEach((result) => {
      if (result.ok && result.response.body.Subject.length > 0) count++;
    });
    return count;
  };
}
