import type { Parsable, ParsableFactory } from "@microsoft/kiota-abstractions";
import type { Fetch } from "../../mod.ts";

/** A client of somebody else's, made to call a fetch of ours, and asked in its own words. */
export interface Client {
  /** The JSON of an absolute URL; rejects with the client's own error. */
  read(url: string): Promise<unknown>;
  /** The same with a signal, where it takes one. */
  readUntil?(url: string, signal: AbortSignal): Promise<unknown>;
  /** The bytes of an absolute URL. */
  download?(url: string): Promise<Uint8Array>;
  /** The status that one of its errors tells. */
  statusOf(error: unknown): unknown;
}

/** Where its calls go: the fetch that it is given, and the service's base URL. */
export type MakeClient = (fetch: Fetch, baseUrl: string) => Promise<Client>;

/** Follows names into an error of a type that is not known here. */
function memberOf(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (at, name) => typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined,
    value,
  );
}

const microsoftGraphClient: MakeClient = async (fetch, baseUrl) => {
  const { Client, ResponseType } = await import("@microsoft/microsoft-graph-client");
  const { origin } = new URL(baseUrl);
  const client = Client.initWithMiddleware({
    baseUrl: origin,
    middleware: {
      async execute(context) {
        context.response = await fetch(context.request, context.options as RequestInit);
      },
    },
  });
  const requestOf = (url: string) => client.api(url.slice(baseUrl.length - 1));
  return {
    read: (url) => requestOf(url).get(),
    readUntil: (url, signal) => requestOf(url).options({ signal }).get(),
    download: async (url) =>
      new Uint8Array(await requestOf(url).responseType(ResponseType.ARRAYBUFFER).get()),
    statusOf: (error) => memberOf(error, "statusCode"),
  };
};

/** As the SDK's models do it; theirs are 140,000 lines of types. */
const readMessage: ParsableFactory<Parsable & { id?: string | undefined }> =
  () => (message = {}) => ({
    id: (node) => message.id = node.getStringValue(),
  });

const graphSdk: MakeClient = async (fetch) => {
  const { AnonymousAuthenticationProvider, HttpMethod, RequestInformation } = await import(
    "@microsoft/kiota-abstractions"
  );
  const { HttpClient } = await import("@microsoft/kiota-http-fetchlibrary");
  const { GraphRequestAdapter } = await import("@microsoft/msgraph-sdk/graphRequestAdapter.js");
  const adapter = new GraphRequestAdapter(
    new AnonymousAuthenticationProvider(),
    undefined,
    undefined,
    new HttpClient(fetch as (request: string, init: RequestInit) => Promise<Response>),
  );
  const requestOf = (url: string) => {
    const request = new RequestInformation(HttpMethod.GET);
    request.URL = url;
    return request;
  };
  return {
    read: async (url) => await adapter.send(requestOf(url), readMessage, undefined),
    download: async (url) =>
      new Uint8Array(
        (await adapter.sendPrimitive<ArrayBuffer>(requestOf(url), "ArrayBuffer", undefined))!,
      ),
    statusOf: (error) => memberOf(error, "responseStatusCode"),
  };
};

/** Types of what importing `users` adds to it. */
interface PnpGraph {
  readonly me: ReturnType<typeof import("@pnp/graph").GraphQueryable>;
}

const pnpGraph: MakeClient = async (fetch, baseUrl) => {
  const { graphfi, GraphQueryable } = await import("@pnp/graph");
  await import("@pnp/graph/users/index.js");
  const { BufferParse, DefaultParse, RejectOnError, ResolveOnData } = await import(
    "@pnp/queryable"
  );
  const root = graphfi(baseUrl.slice(0, -1)).using(ResolveOnData(), RejectOnError(), (instance) => {
    instance.on.send.clear();
    instance.on.send((url: URL, init: RequestInit) => fetch(url, init));
    return instance;
  });
  const { me } = root as unknown as PnpGraph;
  const queryOf = (url: string) => GraphQueryable(me, url.slice(`${baseUrl}me/`.length));
  return {
    read: (url) => queryOf(url).using(DefaultParse())(),
    download: async (url) => new Uint8Array(await queryOf(url).using(BufferParse())()),
    statusOf: (error) => memberOf(error, "status"),
  };
};

const kyClient: MakeClient = async (fetch) => {
  const { default: ky } = await import("ky");
  const client = ky.create({ fetch, retry: 0 });
  return {
    read: (url) => client.get(url).json(),
    readUntil: (url, signal) => client.get(url, { signal }).json(),
    download: async (url) => new Uint8Array(await client.get(url).arrayBuffer()),
    statusOf: (error) => memberOf(error, "response", "status"),
  };
};

const ofetchClient: MakeClient = async (fetch) => {
  const { createFetch } = await import("ofetch");
  const client = createFetch({ fetch: fetch as typeof globalThis.fetch, defaults: { retry: 0 } });
  return {
    read: (url) => client(url),
    readUntil: (url, signal) => client(url, { signal }),
    download: async (url) => new Uint8Array(await client(url, { responseType: "arrayBuffer" })),
    statusOf: (error) => memberOf(error, "status"),
  };
};

const openapiFetch: MakeClient = async (fetch, baseUrl) => {
  const { default: createClient } = await import("openapi-fetch");
  interface Paths {
    readonly [path: `/${string}`]: {
      readonly get: {
        readonly responses: { readonly 200: { content: { "application/json": unknown } } };
      };
    };
  }
  const client = createClient<Paths>({ baseUrl: baseUrl.slice(0, -1), fetch });
  const call = async (url: string, init: object) => {
    const path = `/${url.slice(baseUrl.length)}` as const;
    const { data, response } = await client.GET(path, init as never);
    if (!response.ok) throw Object.assign(new Error("failed"), { status: response.status });
    return data as unknown;
  };
  return {
    read: (url) => call(url, {}),
    readUntil: (url, signal) => call(url, { signal }),
    download: async (url) =>
      new Uint8Array(await call(url, { parseAs: "arrayBuffer" }) as ArrayBuffer),
    statusOf: (error) => memberOf(error, "status"),
  };
};

const axiosClient: MakeClient = async (fetch) => {
  const { default: axios } = await import("axios");
  const client = axios.create({ adapter: "fetch", env: { fetch } });
  return {
    read: async (url) => (await client.get(url)).data,
    readUntil: (url, signal) => client.get(url, { signal }),
    download: async (url) =>
      new Uint8Array((await client.get<ArrayBuffer>(url, { responseType: "arraybuffer" })).data),
    statusOf: (error) => memberOf(error, "response", "status"),
  };
};

const gaxiosClient: MakeClient = async (fetch) => {
  const { Gaxios } = await import("gaxios");
  const fetchImplementation = fetch as typeof globalThis.fetch;
  const client = new Gaxios({ fetchImplementation, retry: false });
  return {
    read: async (url) => (await client.request({ url })).data,
    readUntil: (url, signal) => client.request({ url, signal }),
    download: async (url) =>
      new Uint8Array(
        (await client.request<ArrayBuffer>({ url, responseType: "arraybuffer" })).data,
      ),
    statusOf: (error) => memberOf(error, "status"),
  };
};

/** It takes no fetch: the global one is replaced. */
const odata2ts: MakeClient = async (fetch) => {
  const { FetchClient } = await import("@odata2ts/http-client-fetch");
  globalThis.fetch = fetch as typeof globalThis.fetch;
  const client = new FetchClient();
  return {
    read: async (url) => (await client.get(url)).data,
    statusOf: (error) => memberOf(error, "status"),
  };
};

export const CLIENTS: Readonly<Record<string, MakeClient>> = {
  "@microsoft/microsoft-graph-client": microsoftGraphClient,
  "@microsoft/msgraph-sdk": graphSdk,
  "@pnp/graph": pnpGraph,
  "ky": kyClient,
  "ofetch": ofetchClient,
  "openapi-fetch": openapiFetch,
  "axios": axiosClient,
  "gaxios": gaxiosClient,
  "@odata2ts/http-client-fetch": odata2ts,
};

/** Each of the others has no word for it. */
export const TAKES_A_SIGNAL: readonly string[] = [
  "@microsoft/microsoft-graph-client",
  "ky",
  "ofetch",
  "openapi-fetch",
  "axios",
  "gaxios",
];

/** They know no service but Graph. */
export const FOR_GRAPH_ALONE: readonly string[] = [
  "@microsoft/microsoft-graph-client",
  "@microsoft/msgraph-sdk",
  "@pnp/graph",
];
