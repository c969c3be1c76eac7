import type { Operation, Part, Transport, Wire } from "../../../mod.ts";
import type { Endpoint } from "./endpoint.ts";

const CONTEXT = {
  key: "me",
  name: "me",
  url: "https://bench.example/$batch",
  authorization: undefined,
};
const ONE_BYTE: Uint8Array = new Uint8Array(1);
const HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** A dialect that writes and reads nothing: what is left is the batching. Each answer is what `bodyOf` makes of the URL. */
export function nullWire(bodyOf: (url: string) => unknown = (url) => url): Wire {
  return {
    name: "null",
    maxBatchSize: 20,
    order: "any",
    contextOf: () => CONTEXT,
    encodeOne: (operation) => ({ operation, bytes: 50 }),
    encode: (_operations, { url }) => ({ method: "POST", url, headers: {}, body: ONE_BYTE }),
    decoder: (_head, operations) => ({
      write: () => operations.map(({ url }, index) => new NullPart(index, bodyOf(url))),
      end: () => [],
    }),
  };
}

/** Asks the endpoint once for each batch, as each rival does. */
export function nullTransport(endpoint: Endpoint): Transport {
  return () =>
    endpoint.answer([]).then(() => ({ status: 200, headers: HEADERS, body: [ONE_BYTE] }));
}

class NullPart implements Part {
  readonly status = 200;
  readonly headers: Readonly<Record<string, string>> = HEADERS;
  readonly index: number;
  readonly #body: unknown;

  constructor(index: number, body: unknown) {
    this.index = index;
    this.#body = body;
  }

  readBody(_operation: Operation): unknown {
    return this.#body;
  }
}
