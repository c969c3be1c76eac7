import type { IncomingMessage, ServerResponse } from "node:http";
import type { Call } from "./http.ts";

/** Answers one call; rejects to break the connection. */
export type Serve = (call: Call, signal: AbortSignal) => Promise<Response>;

/** Serves on a loopback port. */
export async function listenWith(
  serve: Serve,
  port: number,
): Promise<{ origin: string; close: () => Promise<void> }> {
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    answer(serve, request, response, origin).catch(() => breakConnection(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : port}`;
  let closed: Promise<void> | undefined;
  return {
    origin,
    close: () =>
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  serve: Serve,
  request: IncomingMessage,
  target: ServerResponse,
  origin: string,
): Promise<void> {
  const gone = new AbortController();
  target.once("close", () => {
    if (!target.writableFinished) gone.abort();
  });
  const response = await serve(await callOf(request, origin), gone.signal);
  target.writeHead(response.status, response.statusText, Object.fromEntries(response.headers));
  target.flushHeaders();
  if (response.body !== null) await pump(response.body, target, gone.signal);
  target.end();
}

async function callOf(request: IncomingMessage, origin: string): Promise<Call> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const headers = Object.entries(request.headers).map(([name, value]) =>
    [name, Array.isArray(value) ? value.join(", ") : value ?? ""] as const
  );
  return {
    method: request.method ?? "GET",
    url: new URL(request.url ?? "/", origin),
    headers: Object.fromEntries(headers),
    body: new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer()),
  };
}

/** Writes no faster than the client reads. */
async function pump(
  body: ReadableStream<Uint8Array>,
  target: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!target.write(value)) await drained(target, signal);
  }
}

function drained(target: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const leave = (): void => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    target.once("drain", () => {
      signal.removeEventListener("abort", leave);
      resolve();
    });
  });
}

/** A reset where the runtime can send one, else the connection just ends. */
function breakConnection(target: ServerResponse): void {
  const socket = target.socket as { resetAndDestroy?: () => unknown } | null;
  if (socket?.resetAndDestroy === undefined) target.destroy();
  else socket.resetAndDestroy();
}
