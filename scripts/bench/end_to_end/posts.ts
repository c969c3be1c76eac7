import { Buffer } from "node:buffer";
import { type Client, IN_FLIGHT, type Request } from "./client.ts";

const SIZE = 20;

/** A batch that was written beforehand. */
export interface Post {
  readonly path: string;
  readonly body: Buffer<ArrayBuffer>;
}

/** Posts the batches, four at a time; `exchange` says how many parts an answer had. */
export function posting(exchange: (post: Post) => Promise<number>): Client {
  const prepared = new WeakMap<readonly Request[], readonly Post[]>();
  return async (requests) => {
    let posts = prepared.get(requests);
    if (posts === undefined) prepared.set(requests, posts = postsOf(requests));
    const left = posts.values();
    let parts = 0;
    const slot = async () => {
      for (const post of left) parts += await exchange(post);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, slot));
    // A delimiter that is cut in two is not found, which is no matter for a floor.
    return parts > 0 ? requests.length : 0;
  };
}

function postsOf(requests: readonly Request[]): readonly Post[] {
  const lanes = new Map<string, Request[]>();
  for (const request of requests) {
    const context = request.context ?? "me";
    const lane = lanes.get(context);
    if (lane === undefined) lanes.set(context, [request]);
    else lane.push(request);
  }
  return [...lanes].flatMap(([context, lane]) => {
    const posts: Post[] = [];
    for (let at = 0; at < lane.length; at += SIZE) {
      const parts = lane.slice(at, at + SIZE).map(({ url }, index) =>
        `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n` +
        `Content-ID: ${index + 1}\r\n\r\nGET /api/v2.0/${context}/${url} HTTP/1.1\r\n\r\n\r\n`
      );
      const body = Buffer.from(`${parts.join("")}--b--\r\n`);
      posts.push({ path: `/api/v2.0/${context}/$batch`, body });
    }
    return posts;
  });
}
