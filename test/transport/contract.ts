import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { firstValueFrom, from, type Observable, toArray } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import { TransportError } from "../../src/operation/errors.ts";
import { LazyRequest } from "../../src/pipeline/send/lazy_request.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/transport/transport.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A real HTTP server on loopback that lives as long as the test. */
export async function serve(answer: Answer): Promise<{ url: string; server: Server }> {
  const server = createServer(answer);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/$batch`, server };
}

/** A bare TCP server, for answers that no HTTP server would give. */
export async function serveTcp(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => sockets.delete(socket));
    talk(socket);
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/$batch`;
}

/** A port on which surely nobody listens: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

export function requestTo(url: string, init: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: "POST",
    url,
    headers: { "Content-Type": "text/plain" },
    body: new TextEncoder().encode("hello"),
    signal: new AbortController().signal,
    ...init,
  };
}

/** Two ways for whoever sends a request to say that nobody waits any more. */
interface Abortable {
  readonly request: HttpRequest;
  readonly abort: (reason?: unknown) => void;
}

function abortableBySignal(url: string): Abortable {
  const controller = new AbortController();
  return {
    request: requestTo(url, { signal: controller.signal }),
    abort: (reason) => controller.abort(reason),
  };
}

function abortableByItself(url: string): Abortable {
  const request = new LazyRequest(requestTo(url));
  return { request, abort: () => request.abort() };
}

export async function bytesOf(response: HttpResponse): Promise<Uint8Array> {
  const chunks = await firstValueFrom(from(response.body).pipe(toArray()));
  return Buffer.concat(chunks);
}

async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(TransportError);
  return error as TransportError;
}

/** Resolves when the event fires. */
function once(target: { once(event: string, listener: () => void): unknown }, event: string) {
  return new Promise<void>((resolve) => target.once(event, () => resolve()));
}

/** What every transport must do, whatever it is made of: run against a real server on loopback. */
export function describeTransport(name: string, make: () => Transport): void {
  const send = (request: HttpRequest): Observable<HttpResponse> => from(make()(request));
  const head = (request: HttpRequest): Promise<HttpResponse> => firstValueFrom(send(request));

  describe(`${name}: request and answer`, () => {
    it("sends method, path, query, headers and body as they are", async () => {
      let seen: unknown;
      const { url } = await serve((request, response) => {
        const chunks: Uint8Array[] = [];
        request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
        request.on("end", () => {
          seen = {
            method: request.method,
            url: request.url,
            type: request.headers["content-type"],
            length: request.headers["content-length"],
            body: Buffer.concat(chunks).toString(),
          };
          response.end();
        });
      });
      const response = await head(requestTo(`${url}?a=b%20c`));
      expect(response.status).toBe(200);
      expect(await bytesOf(response)).toHaveLength(0);
      expect(seen).toEqual({
        method: "POST",
        url: "/api/$batch?a=b%20c",
        type: "text/plain",
        length: "5",
        body: "hello",
      });
    });

    it("is cold: nothing is sent before somebody subscribes, and each subscriber sends", async () => {
      let count = 0;
      const { url } = await serve((request, response) => {
        count += 1;
        request.resume();
        response.end(String(count));
      });
      const answer = send(requestTo(url));
      expect(count).toBe(0);
      await bytesOf(await firstValueFrom(answer));
      await bytesOf(await firstValueFrom(answer));
      expect(count).toBe(2);
    });

    it("gives header names in lower case and joins repeats", async () => {
      const { url } = await serve((_request, response) => {
        response.setHeader("X-One", "1");
        response.setHeader("X-Two", ["a", "b"]);
        response.setHeader("Set-Cookie", ["c=1", "d=2"]);
        response.end("x");
      });
      const response = await head(requestTo(url));
      expect(response.headers).toMatchObject({
        "x-one": "1",
        "x-two": "a, b",
        "set-cookie": "c=1, d=2",
      });
      await bytesOf(response);
    });

    it("sends and gives headers with names that objects know too (rule 25)", async () => {
      const sent = ["constructor", "tostring", "valueof", "hasownproperty"];
      // Node's fetch itself cannot send it.
      const names = [...sent, "__proto__"];
      const seen: string[] = [];
      const { url } = await serve((request, response) => {
        request.resume();
        const { rawHeaders } = request;
        for (const name of sent) seen.push(rawHeaders[rawHeaders.indexOf(name) + 1] ?? "none");
        for (const name of names) response.setHeader(name, [`${name} 1`, "2"]);
        response.end();
      });
      const headers = Object.fromEntries(sent.map((name) => [name, `of ${name}`]));
      const response = await head(requestTo(url, { headers }));
      await bytesOf(response);
      expect(seen).toEqual(sent.map((name) => `of ${name}`));
      for (const name of names) {
        expect(Object.getOwnPropertyDescriptor(response.headers, name)?.value).toBe(`${name} 1, 2`);
      }
      expect(Object.getPrototypeOf(response.headers)).toBe(Object.prototype);
    });

    it.each([202, 400, 401, 404, 429, 500, 503])("hands on a %i answer", async (status) => {
      const { url } = await serve((_request, response) => {
        response.writeHead(status, { "Retry-After": "7" });
        response.end("reason");
      });
      const response = await head(requestTo(url));
      expect(response.status).toBe(status);
      expect(response.headers["retry-after"]).toBe("7");
      expect(Buffer.from(await bytesOf(response)).toString()).toBe("reason");
    });

    it("completes an answer that has no body", async () => {
      const { url } = await serve((_request, response) => {
        response.writeHead(204);
        response.end();
      });
      const response = await head(requestTo(url));
      expect(response.status).toBe(204);
      expect(await bytesOf(response)).toHaveLength(0);
    });

    it("sends a request without a body where the method has none", async () => {
      const { url } = await serve((request, response) => response.end(request.method));
      const response = await head(requestTo(url, { method: "GET", body: new Uint8Array() }));
      expect(Buffer.from(await bytesOf(response)).toString()).toBe("GET");
    });

    it("follows no redirect, so the token goes to one origin only (rule 26)", async () => {
      let elsewhere = 0;
      const other = await serve((_request, response) => {
        elsewhere += 1;
        response.end();
      });
      const { url } = await serve((_request, response) => {
        response.writeHead(307, { Location: other.url });
        response.end("moved");
      });
      const response = await head(requestTo(url));
      expect(response.status).toBe(307);
      expect(response.headers["location"]).toBe(other.url);
      expect(Buffer.from(await bytesOf(response)).toString()).toBe("moved");
      expect(elsewhere).toBe(0);
    });
  });

  describe(`${name}: body`, () => {
    it("gives chunks as they come, not when the answer ends", async () => {
      let finish = (): void => {};
      const { url } = await serve((_request, response) => {
        response.write("first");
        finish = () => response.end("second");
      });
      const response = await head(requestTo(url));
      const texts: string[] = [];
      await new Promise<void>((resolve, reject) => {
        from(response.body).subscribe({
          next: (chunk) => {
            texts.push(Buffer.from(chunk).toString());
            // the server goes on only now that the first chunk is here
            if (texts.length === 1) finish();
          },
          error: reject,
          complete: resolve,
        });
      });
      expect(texts).toEqual(["first", "second"]);
    });

    it("brings 20 MB up and down without a byte lost", async () => {
      const body = new Uint8Array(20 * 1024 * 1024);
      for (let at = 0; at < body.length; at += 997) body[at] = at % 251;
      const { url } = await serve((request, response) => {
        const chunks: Uint8Array[] = [];
        request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
        request.on("end", () => response.end(Buffer.concat(chunks)));
      });
      const received = await bytesOf(await head(requestTo(url, { body })));
      expect(Buffer.compare(received, body)).toBe(0);
    });

    it("keeps what comes until the body is subscribed to, however late", async () => {
      const { url } = await serve((_request, response) => response.end("late"));
      const response = await head(requestTo(url));
      const other = await serve((_request, next) => next.end("x"));
      await bytesOf(await head(requestTo(other.url)));
      expect(Buffer.from(await bytesOf(response)).toString()).toBe("late");
    });

    it("refuses a second subscriber of one body", async () => {
      const { url } = await serve((_request, response) => response.end("once"));
      const response = await head(requestTo(url));
      await bytesOf(response);
      const error = await failureOf(bytesOf(response));
      expect(error.message).toBe(
        "Cannot read the answer as its body comes only once: current value is a second subscriber",
      );
    });

    it.each([
      ["gzip", gzipSync],
      ["br", brotliCompressSync],
    ])("decompresses %s", async (encoding, compress) => {
      const text = "0123456789".repeat(100_000);
      const { url } = await serve((_request, response) => {
        response.writeHead(200, { "Content-Encoding": encoding });
        const bytes = compress(text);
        response.write(bytes.subarray(0, 100));
        response.end(bytes.subarray(100));
      });
      const response = await head(requestTo(url));
      expect(Buffer.from(await bytesOf(response)).toString() === text).toBe(true);
    });

    it("asks for gzip", async () => {
      const { url } = await serve((request, response) => {
        response.end(request.headers["accept-encoding"]);
      });
      expect(Buffer.from(await bytesOf(await head(requestTo(url)))).toString()).toContain("gzip");
    });
  });

  describe(`${name}: connection`, () => {
    it("keeps it alive from one request to the next", async () => {
      const sockets = new Set<unknown>();
      const { url } = await serve((request, response) => {
        sockets.add(request.socket);
        request.resume();
        response.end("x");
      });
      const transport = make();
      for (let round = 0; round < 20; round += 1) {
        await bytesOf(await firstValueFrom(from(transport(requestTo(url)))));
      }
      // a second one may open while the first is still being handed back
      expect(sockets.size).toBeLessThanOrEqual(2);
    });

    it("runs requests side by side", async () => {
      const waiting: ServerResponse[] = [];
      const { url } = await serve((request, response) => {
        request.resume();
        waiting.push(response);
        // none is answered before all are here
        if (waiting.length === 4) { for (const each of waiting) each.end("x"); }
      });
      const transport = make();
      const answers = await Promise.all(
        Array.from(
          { length: 4 },
          async () => bytesOf(await firstValueFrom(from(transport(requestTo(url))))),
        ),
      );
      expect(answers).toHaveLength(4);
    });

    it("says that nothing was sent when the connection is refused (rule 21)", async () => {
      const port = await closedPort();
      const error = await failureOf(head(requestTo(`http://127.0.0.1:${port}/secret`)));
      expect(error.sent).toBe(false);
    });

    it("says that nothing was sent when the name is unknown (rule 21)", async () => {
      const error = await failureOf(head(requestTo("http://nobody.invalid/secret")));
      expect(error.sent).toBe(false);
    });

    it("says that nothing was sent when a header cannot be written (rule 21)", async () => {
      const { url } = await serve((_request, response) => response.end());
      const error = await failureOf(head(requestTo(url, { headers: { "X-Bad": "a\r\nb: c" } })));
      expect(error.sent).toBe(false);
    });

    it("does not know whether it ran when the connection is reset before the answer", async () => {
      const url = await serveTcp((socket) => socket.once("data", () => socket.resetAndDestroy()));
      const error = await failureOf(head(requestTo(url)));
      expect(error.sent).toBe(true);
    });

    it("sends once, and leaves it to others to send again (rule 21)", async () => {
      let requests = 0;
      const url = await serveTcp((socket) =>
        socket.once("data", () => {
          requests += 1;
          if (requests === 1) socket.resetAndDestroy();
          else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        })
      );
      await failureOf(head(requestTo(url)));
      expect(requests).toBe(1);
    });

    it("sends once over a warm connection too, whose reset is no excuse (rule 21)", async () => {
      const counts: number[] = [];
      for (let round = 0; round < 5; round++) {
        let requests = 0;
        const url = await serveTcp((socket) => {
          socket.on("data", (bytes) => {
            if (!bytes.toString().includes("hello")) return;
            requests += 1;
            if (requests === 2) socket.resetAndDestroy();
            else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
          });
        });
        await bytesOf(await head(requestTo(url)));
        // The connection is back in its pool.
        await new Promise((resolve) => setTimeout(resolve, 20));
        await failureOf(head(requestTo(url)));
        // Whoever repeats does so at once.
        await new Promise((resolve) => setTimeout(resolve, 50));
        counts.push(requests);
      }
      expect(counts).toEqual([2, 2, 2, 2, 2]);
    });

    it("does not know whether it ran when the server hangs up before the answer", async () => {
      const url = await serveTcp((socket) => socket.once("data", () => socket.end()));
      const error = await failureOf(head(requestTo(url)));
      expect(error.sent).toBe(true);
    });

    it("does not know whether it ran when the answer is no HTTP", async () => {
      const url = await serveTcp((socket) =>
        socket.once("data", () => socket.end("SSH-2.0-x\r\n"))
      );
      const error = await failureOf(head(requestTo(url)));
      expect(error.sent).toBe(true);
    });

    it.each([
      ["Content-Length: 100\r\n\r\nhalf", "short of its length"],
      ["Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "without its last chunk"],
    ])("gives what came, then fails, when the body ends early: %#", async (rest) => {
      const url = await serveTcp((socket) => {
        socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
      });
      const response = await head(requestTo(url));
      const texts: string[] = [];
      const error = await failureOf(
        new Promise((resolve, reject) => {
          from(response.body).subscribe({
            next: (chunk) => texts.push(Buffer.from(chunk).toString()),
            error: reject,
            complete: () => resolve(undefined),
          });
        }),
      );
      expect(error.sent).toBe(true);
      expect(texts.join("")).toBe("half");
    });

    it("names no URL in what it says (rule 27)", async () => {
      const port = await closedPort();
      const error = await failureOf(head(requestTo(`http://127.0.0.1:${port}/secret?token=1`)));
      expect(error.message).toMatch(/^Cannot .+ as .+: current value is \w+$/);
      expect(error.message).not.toMatch(/127\.0\.0\.1|secret|token/);
      expect(Object.keys(error)).not.toContain("cause");
      expect(error.cause).toBeInstanceOf(Error);
    });
  });

  describe(`${name}: leaving`, () => {
    it("drops the connection when its subscriber leaves before the head", async () => {
      const closed = await new Promise<boolean>((resolve) => {
        void serve((request) => {
          request.socket.once("close", () => resolve(true));
          subscription.unsubscribe();
        }).then(({ url }) => {
          subscription = send(requestTo(url)).subscribe();
        });
        let subscription = { unsubscribe(): void {} };
      });
      expect(closed).toBe(true);
    });

    it("drops the connection when the reader leaves in the middle of the body", async () => {
      let closed: Promise<void> | undefined;
      const { url } = await serve((request, response) => {
        closed = once(request.socket, "close");
        response.write("first");
      });
      const response = await head(requestTo(url));
      await firstValueFrom(from(response.body));
      await closed;
      expect(closed).toBeDefined();
    });

    describe.each([
      ["its signal aborts", abortableBySignal],
      ["it says so itself, without a signal", abortableByItself],
    ])("when whoever sends it gives up: %s", (_way, abortable) => {
      it("drops the connection before the head, and says so", async () => {
        let closed: Promise<void> | undefined;
        const { url } = await serve((request) => {
          closed = once(request.socket, "close");
          abort(new Error("enough"));
        });
        const { request, abort } = abortable(url);
        const error = await failureOf(head(request));
        expect(error.sent).toBe(true);
        expect(error.cause).toBeInstanceOf(Error);
        await closed;
        expect(closed).toBeDefined();
      });

      it("drops the connection in the middle of the body", async () => {
        let closed: Promise<void> | undefined;
        const { url } = await serve((request, response) => {
          closed = once(request.socket, "close");
          response.write("first");
        });
        const { request, abort } = abortable(url);
        const response = await head(request);
        const error = await failureOf(
          new Promise((resolve, reject) => {
            from(response.body).subscribe({
              next: () => abort(),
              error: reject,
              complete: () => resolve(undefined),
            });
          }),
        );
        expect(error.sent).toBe(true);
        await closed;
      });

      it("drops the connection of an answer that nobody has begun to read", async () => {
        let closed: Promise<void> | undefined;
        const { url } = await serve((request, response) => {
          closed = once(request.socket, "close");
          response.write("first");
        });
        const { request, abort } = abortable(url);
        await head(request);
        abort();
        await closed;
        expect(closed).toBeDefined();
      });

      it("sends nothing when that was before, and knows it", async () => {
        let count = 0;
        const { url } = await serve((_request, response) => {
          count += 1;
          response.end();
        });
        const { request, abort } = abortable(url);
        abort();
        const error = await failureOf(head(request));
        expect(error.sent).toBe(false);
        await bytesOf(await head(requestTo(url)));
        expect(count).toBe(1);
      });
    });

    it("names the reason of the signal", async () => {
      const { url } = await serve(() => controller.abort(new Error("enough")));
      const controller = new AbortController();
      const error = await failureOf(head(requestTo(url, { signal: controller.signal })));
      expect(error.cause).toEqual(new Error("enough"));
    });

    it("leaves no listener on a signal that outlives the request", async () => {
      const controller = new AbortController();
      let listeners = 0;
      const signal = new Proxy(controller.signal, {
        get(target, key) {
          if (key === "addEventListener") listeners += 1;
          if (key === "removeEventListener") listeners -= 1;
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
      const { url } = await serve((_request, response) => response.end("x"));
      await bytesOf(await head(requestTo(url, { signal })));
      expect(listeners).toBe(0);
    });

    it("goes on with other requests after one was left", async () => {
      const { url } = await serve((request, response) => {
        request.resume();
        if (request.url?.endsWith("stay") === true) response.end("x");
        else response.write("first");
      });
      const transport = make();
      const left = await firstValueFrom(from(transport(requestTo(url))));
      await firstValueFrom(from(left.body));
      const stays = await firstValueFrom(from(transport(requestTo(`${url}?stay`))));
      expect(Buffer.from(await bytesOf(stays)).toString()).toBe("x");
    });
  });
}
