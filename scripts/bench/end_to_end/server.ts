import { Buffer } from "node:buffer";
import { createServer, type Socket } from "node:net";
import process from "node:process";
import { answersOf } from "./answers.ts";

/**
 * A server on loopback, in a process of its own, that costs as little as can be: it looks for the last id of a batch, and
 * answers with bytes made beforehand.
 */
const HEAD_END = Buffer.from("\r\n\r\n");
/** Timers come up to a millisecond late; from here on the clock itself is watched. */
const WATCHED_MS = 2;
let latencyMs = 0;
let posts = 0;
let answers = answersOf(0);

interface Delayed {
  readonly atMs: number;
  readonly socket: Socket;
  readonly bytes: Buffer;
}
/** In order of time, as all wait equally long. */
const delayed: Delayed[] = [];
let isWatching = false;

function send(socket: Socket, bytes: Buffer): void {
  if (latencyMs === 0) return void socket.write(bytes);
  delayed.push({ atMs: performance.now() + latencyMs, socket, bytes });
  if (!isWatching) watch();
}

function watch(): void {
  const now = performance.now();
  while (delayed[0] !== undefined && delayed[0].atMs <= now) {
    const { socket, bytes } = delayed.shift()!;
    socket.write(bytes);
  }
  isWatching = delayed.length > 0;
  if (delayed[0] === undefined) return;
  const waitMs = delayed[0].atMs - now;
  if (waitMs > WATCHED_MS) setTimeout(watch, waitMs - WATCHED_MS);
  else setImmediate(watch);
}

/** Number in digits that end the body's last `name`, which counts the operations. */
function lastNumber(body: Buffer, name: string): number {
  const at = body.lastIndexOf(name);
  return at === -1
    ? 0
    : parseInt(body.toString("latin1", at + name.length, at + name.length + 3), 10);
}

function answerTo(target: string, head: string, body: Buffer): Buffer {
  const [, setting, value] = /^GET \/control\/(latency|bytes)\/(\d+)/.exec(target) ?? [];
  if (setting !== undefined) {
    if (setting === "latency") latencyMs = Number(value);
    else answers = answersOf(Number(value));
    return answers.single;
  }
  if (target.startsWith("GET /control/posts")) {
    const text = String(posts);
    posts = 0;
    return Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  }
  posts++;
  if (target.startsWith("GET ")) return answers.single;
  return head.includes("multipart/mixed")
    ? answers.multipart[lastNumber(body, "Content-ID: ")]!
    : answers.jsonBatches[lastNumber(body, '"id":"')]!;
}

const server = createServer({ noDelay: true }, (socket) => {
  let received: Buffer = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (;;) {
      const headEnd = received.indexOf(HEAD_END);
      if (headEnd === -1) return;
      const head = received.toString("latin1", 0, headEnd);
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (received.length < end) return;
      const target = head.slice(0, head.indexOf(" HTTP/"));
      const bytes = answerTo(target, head, received.subarray(headEnd + 4, end));
      received = received.subarray(end);
      if (target.startsWith("GET /control/")) socket.write(bytes);
      else send(socket, bytes);
    }
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
});
