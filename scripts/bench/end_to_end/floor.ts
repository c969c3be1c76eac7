import { Buffer } from "node:buffer";
import { type Client, IN_FLIGHT } from "./client.ts";
import { type Post, posting } from "./posts.ts";

const HEADERS = { "content-type": "multipart/mixed; boundary=b" };

/** Bodies made beforehand, posted with undici's dispatch; the answer is looked through for its delimiter, and that is all. */
export async function floor(origin: string): Promise<Client> {
  const dispatch = await dispatching(origin);
  return posting((post) => {
    let parts = -1;
    return dispatch(post, (octets, delimiter) => {
      parts += count(octets, delimiter);
    }, () => parts);
  });
}

/** The same, and each part's JSON is parsed: what no client can leave out. */
export async function parsingFloor(origin: string): Promise<Client> {
  const dispatch = await dispatching(origin);
  return posting((post) => {
    const chunks: Buffer[] = [];
    // Views of what undici fills again: copied.
    return dispatch(post, (octets) => chunks.push(Buffer.from(octets)), (delimiter) => {
      const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      let parts = 0;
      let start = whole.indexOf(delimiter);
      for (;;) {
        const end = whole.indexOf(delimiter, start + 1);
        if (end === -1) return parts;
        const head = whole.indexOf("\r\n\r\n", start) + 4;
        const body = whole.toString("utf8", whole.indexOf("\r\n\r\n", head) + 4, end);
        if (typeof JSON.parse(body) === "object") parts++;
        start = end;
      }
    });
  });
}

/** The same bodies with bare `fetch`: what no client on `fetch` can leave out. */
export function fetchFloor(origin: string): Promise<Client> {
  return Promise.resolve(posting(async ({ path, body }) => {
    const response = await fetch(origin + path, { method: "POST", headers: HEADERS, body });
    const delimiter = delimiterOf(response.headers.get("content-type"));
    return count(Buffer.from(await response.arrayBuffer()), delimiter) - 1;
  }));
}

type Dispatch = (
  post: Post,
  onChunk: (octets: Buffer, delimiter: Buffer) => void,
  partsOf: (delimiter: Buffer) => number,
) => Promise<number>;

async function dispatching(origin: string): Promise<Dispatch> {
  const { Agent } = await import("undici");
  const agent = new Agent({ connections: IN_FLIGHT, pipelining: 1 });
  /** As it comes with the first answer. */
  let delimiter: Buffer;
  return ({ path, body }, onChunk, partsOf) =>
    new Promise((resolve, reject) => {
      agent.dispatch({ origin, path, method: "POST", headers: HEADERS, body }, {
        onRequestStart() {},
        onResponseStart(_controller, _status, headers) {
          delimiter ??= delimiterOf(headers["content-type"]);
        },
        onResponseData(_controller, chunk) {
          onChunk(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), delimiter);
        },
        onResponseEnd: () => resolve(partsOf(delimiter)),
        onResponseError: (_controller, error) => reject(error),
      });
    });
}

function delimiterOf(contentType: unknown): Buffer {
  return Buffer.from(`--${String(contentType).split("boundary=")[1]}`);
}

function count(octets: Buffer, delimiter: Buffer): number {
  let found = 0;
  let at = octets.indexOf(delimiter);
  for (; at !== -1; at = octets.indexOf(delimiter, at + 1)) found++;
  return found;
}
