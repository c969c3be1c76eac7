import type { Batcher, Fetch, Transport } from "../../../mod.ts";
import { loadCore } from "../built_package.ts";

/** Reads so many messages at once, and says how many came. */
export type Read = (urls: readonly string[]) => Promise<number>;

interface Message {
  readonly subject: string;
}

export const BASE_URL = "https://graph.example/v1.0/";

const MESSAGE = JSON.stringify({ subject: "Lunch?", bodyPreview: "x".repeat(280) });
const utf8 = new TextEncoder();
const bytes: Uint8Array<ArrayBuffer> = utf8.encode(MESSAGE);

/** Batch answers, made beforehand, by the number of their operations. */
const answers = Array.from({ length: 21 }, (_, count) => {
  const responses = Array.from(
    { length: count },
    (_, at) =>
      `{"id":"${
        at + 1
      }","status":200,"headers":{"Content-Type":"application/json"},"body":${MESSAGE}}`,
  );
  return utf8.encode(`{"responses":[${responses.join(",")}]}`);
});

/** Where the network would be. */
const transport: Transport = ({ body }) => {
  const text = new TextDecoder().decode(body);
  const last = text.lastIndexOf('"id":"') + '"id":"'.length;
  const answer = answers[parseInt(text.slice(last, last + 2), 10)]!;
  const headers = { "content-type": "application/json" };
  return Promise.resolve({ status: 200, headers, body: [answer] });
};

async function batcher(): Promise<Batcher> {
  const { createGraphBatcher } = await loadCore();
  return createGraphBatcher({ baseUrl: BASE_URL, token: "token", transport });
}

async function batched(): Promise<Fetch> {
  const { batchingFetch } = await loadCore();
  return batchingFetch(await batcher());
}

function response(): Response {
  return new Response(bytes, { status: 200, headers: { "content-type": "application/json" } });
}

function reading(read: (url: string) => Promise<Message>): Read {
  return async (urls) => {
    const messages = await Promise.all(urls.map(read));
    return messages.filter(({ subject }) => subject.length > 0).length;
  };
}

async function graphClient(fetch: Fetch): Promise<Read> {
  const { Client } = await import("@microsoft/microsoft-graph-client");
  const client = Client.initWithMiddleware({
    baseUrl: new URL(BASE_URL).origin,
    middleware: {
      async execute(context) {
        context.response = await fetch(context.request, context.options as RequestInit);
      },
    },
  });
  return reading((url) => client.api(url.slice(BASE_URL.length - 1)).get() as Promise<Message>);
}

/** What the door stands on, the door, and a client in front of it and without it. */
export const CANDIDATES: Readonly<Record<string, () => Promise<Read>>> = {
  "rxbatch send(), bytes": async () => {
    const { get, toPromise } = await loadCore();
    const sending = await batcher();
    return async (urls) => {
      const all = await Promise.all(
        urls.map((url) => toPromise(sending, get<Uint8Array>(url, { read: "bytes" }))),
      );
      return all.filter(({ body }) => body.length > 0).length;
    };
  },
  "new Response, json()": () =>
    Promise.resolve(reading(async () => await response().json() as Message)),
  "rxbatch batchingFetch, json()": async () => {
    const fetch = await batched();
    return reading(async (url) => await (await fetch(url)).json() as Message);
  },
  "Graph client, no network": () => graphClient(() => Promise.resolve(response())),
  "rxbatch below Graph client": async () => graphClient(await batched()),
};
