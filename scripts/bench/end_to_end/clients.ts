import { from, lastValueFrom, mergeMap } from "rxjs";
import { averageOperator } from "../overhead/average_pipeline.ts";
import { type Client, IN_FLIGHT, type Message, type Request } from "./client.ts";
import { fetchFloor, floor, parsingFloor } from "./floor.ts";
import { belowGraphClient, graphOperator, onFetch, onUndici, operator, send } from "./ours.ts";
import { graphCalls, graphClient, pnp } from "./vendors.ts";

async function inTurns(
  requests: readonly Request[],
  load: (url: string) => Promise<unknown>,
  origin: string,
  version = "/api/v2.0",
): Promise<number> {
  let count = 0;
  const each$ = from(requests).pipe(mergeMap(async ({ url, context }) => {
    const message = await load(`${origin}${version}/${context ?? "me"}/${url}`) as Message;
    if (message.Subject.length > 0) count++;
  }, IN_FLIGHT));
  await lastValueFrom(each$, { defaultValue: undefined });
  return count;
}

/** By name: each is made for a server, and then does as many runs as it is asked for. */
export const CLIENTS: Readonly<Record<string, (origin: string) => Promise<Client>>> = {
  "rxbatch on undici": operator(onUndici),
  "rxbatch send() on undici": send(onUndici),
  "rxbatch on fetch": operator(onFetch),
  "rxbatch send() on fetch": send(onFetch),
  "rxbatch for Graph, on undici": graphOperator(onUndici),
  "rxbatch below Graph client, on undici": belowGraphClient(onUndici),
  "single requests, undici": async (origin) => {
    const { Agent, request } = await import("undici");
    const dispatcher = new Agent({ connections: IN_FLIGHT });
    const load = async (url: string) => (await request(url, { dispatcher })).body.json();
    return (requests) => inTurns(requests, load, origin);
  },
  "single requests, fetch": (origin) =>
    Promise.resolve((requests) =>
      inTurns(requests, async (url) => (await fetch(url)).json(), origin)
    ),
  "single requests, Graph client": async (origin) => {
    const call = await graphCalls(origin, fetch);
    return (requests) => inTurns(requests, call, "", "");
  },
  "Graph client": graphClient,
  "PnPjs": pnp,
  "average RxJS pipeline": (origin) => {
    const average = averageOperator(async (batch: Request[]) => {
      const boundary = `batch_${crypto.randomUUID()}`;
      const context = batch[0]!.context ?? "me";
      const parts = batch.map(({ url }, at) =>
        `--${boundary}\r\nContent-Type: application/http\r\n` +
        `Content-Transfer-Encoding: binary\r\nContent-ID: ${at + 1}\r\n\r\n` +
        `GET /api/v2.0/${context}/${url} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n`
      );
      const response = await fetch(`${origin}/api/v2.0/${context}/$batch`, {
        method: "POST",
        headers: { "Content-Type": `multipart/mixed; boundary=${boundary}` },
        body: `${parts.join("")}--${boundary}--\r\n`,
      });
      const text = await response.text();
      const [, answered] = /boundary=(\S+)/.exec(response.headers.get("content-type")!)!;
      return text.split(`--${answered}`).slice(1, -1).map((part) => {
        const body = part.indexOf("\r\n\r\n", part.indexOf("\r\n\r\n") + 4) + 4;
        return JSON.parse(part.slice(body)) as Message;
      });
    });
    return Promise.resolve(async (requests) => {
      let count = 0;
      await from(requests).pipe(average).forEach(({ Subject }) => {
        if (Subject.length > 0) count++;
      });
      return count;
    });
  },
  "bare fetch": fetchFloor,
  "floor and JSON.parse": parsingFloor,
  "floor": floor,
};
