import { lastValueFrom, of, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  batchOutlook,
  createOutlookBatcher,
  fetchTransport,
  get,
  LimitError,
  type Operation,
  OperationError,
  post,
  type Transport,
} from "../../mod.ts";
import { fakeOutlook } from "../../src/testing.ts";

const token = "a-token";

/** A transport that keeps what it was given and answers nothing. */
function silent(): { transport: Transport; bodies: string[]; urls: string[] } {
  const bodies: string[] = [];
  const urls: string[] = [];
  return {
    bodies,
    urls,
    transport: ({ body, url }) => {
      bodies.push(new TextDecoder().decode(body));
      urls.push(url);
      return [];
    },
  };
}

async function resultsOf(operations: Operation[], options: Parameters<typeof batchOutlook>[0]) {
  return await lastValueFrom(of(...operations).pipe(batchOutlook(options), toArray()));
}

describe("rule 25: what could forge a part is refused at construction", () => {
  it.each(["\r", "\n", "\0", "\r\nX: 1"])("%j in a URL or a header", (text) => {
    expect(() => get(`messages${text}`)).toThrow(OperationError);
    expect(() => get("messages", { headers: { Prefer: `a${text}b` } })).toThrow(OperationError);
    expect(() => get("messages", { headers: { [`X${text}`]: "a" } })).toThrow(OperationError);
    expect(() => get("messages", { context: `me${text}` })).toThrow(OperationError);
  });

  it.each(["", "a b", "a:b", "é"])("the header name %j, which is no token", (name) => {
    expect(() => get("messages", { headers: { [name]: "a" } })).toThrow(OperationError);
  });

  it.each(["false", 0, null])("an idempotent of %j, which is no boolean", (idempotent) => {
    const init = { idempotent: idempotent as never };
    expect(() => post("messages", {}, init)).toThrow(OperationError);
  });

  it("bodies hold anything: a boundary that they could forge is never used", async () => {
    const forged =
      "--batch_\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\r\n--batch_--";
    const { transport, bodies } = silent();
    for (let run = 0; run < 20; run++) {
      await resultsOf([post("messages", forged), get("events")], {
        token,
        transport,
        retry: false,
      });
    }
    const boundaries = bodies.map((body) => /^--(\S+)\r\n/.exec(body)![1]!);
    expect(new Set(boundaries).size).toBe(20);
    for (const [run, boundary] of boundaries.entries()) {
      expect(boundary).toMatch(/^[\w-]{31,70}$/);
      expect(bodies[run]!.split(`--${boundary}`)).toHaveLength(4);
      expect(bodies[run]).toContain(forged);
    }
  });

  it("a source value that is no operation is a TypeError on the stream", async () => {
    const { transport, urls } = silent();
    const values = of({ method: "GET", url: "messages" } as Operation);
    const results$ = values.pipe(batchOutlook({ token, transport }));
    await expect(lastValueFrom(results$)).rejects.toThrow(TypeError);
    expect(urls).toEqual([]);
  });
});

describe("rule 26: the token goes to one origin only", () => {
  it.each([
    "https://evil.example/api/v2.0/me/messages",
    "http://outlook.office.com/api/v2.0/me/messages",
    "https://outlook.office.com:8443/api/v2.0/me/messages",
    "https://outlook.office.com@evil.example/api/v2.0/me/messages",
    "//evil.example/api/v2.0/me/messages",
  ])("%s is refused, and what goes with it is not touched", async (url) => {
    const outlook = fakeOutlook();
    const [refused, answered] = await resultsOf([get(url), get("messages")], {
      token: outlook.token,
      transport: fetchTransport(outlook.fetch),
    });
    expect(refused).toMatchObject({ ok: false, error: { _tag: "OperationError" } });
    expect(answered).toMatchObject({ ok: true });
    expect(outlook.ledger.received()).toBe(1);
  });

  it("a redirect is an error, not followed", async () => {
    const urls: string[] = [];
    const transport: Transport = ({ url }) => {
      urls.push(url);
      return [{ status: 307, headers: { location: "https://evil.example/" }, body: [] }];
    };
    const [result] = await resultsOf([get("messages")], { token, transport });
    expect(result).toMatchObject({ ok: false, error: { _tag: "BatchHttpError", status: 307 } });
    expect(urls).toEqual(["https://outlook.office.com/api/v2.0/me/$batch"]);
  });
});

describe("rule 28: bytes are limited before they are kept", () => {
  const part = "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n";

  it.each([
    ["maxResponseBytes", { maxResponseBytes: 1000 }, `${part}\r\n${"x".repeat(2000)}`],
    ["maxPartHeaderBytes", { maxPartHeaderBytes: 1000 }, `--b\r\nX: ${"x".repeat(2000)}`],
    ["maxParts", { maxParts: 1 }, `${part}\r\n\r\n${part}\r\n\r\n${part}`],
    [
      "maxNestingDepth",
      { maxNestingDepth: 1 },
      "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n--d\r\n",
    ],
  ])(
    "%s: a LimitError that names it, and nothing is read any more",
    async (limit, limits, text) => {
      let chunks = 0;
      function* body() {
        for (const character of text) {
          chunks++;
          yield new TextEncoder().encode(character);
        }
        for (;;) yield new Uint8Array(chunks++ < 10_000 ? 1 : 2 ** 30);
      }
      const headers = { "content-type": "multipart/mixed; boundary=b" };
      const batcher = createOutlookBatcher({
        token,
        retry: false,
        transport: () => [{ status: 200, headers, body: body() }],
        ...limits,
      });
      const errors: unknown[] = [];
      for (const url of ["messages", "events", "contacts"]) {
        batcher.send(get(url)).subscribe({ error: (error) => errors.push(error) });
      }
      await batcher.close();
      const failed = errors.filter((error) => error instanceof LimitError);
      expect(failed.length).toBeGreaterThan(0);
      expect(failed.every((error) => error.limit === limit)).toBe(true);
      expect(chunks).toBeLessThan(text.length + 10);
    },
  );
});
