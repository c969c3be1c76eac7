import { setImmediate } from "node:timers/promises";
import { map, type Observable, shareReplay } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import {
  after,
  type AnyOperation,
  type Batcher,
  type BatchError,
  BatchTimeoutError,
  get,
  type Operation,
  type OperationResponse,
  pages,
  SchemaError,
  type StandardSchemaV1,
} from "../../mod.ts";
import { plainWire } from "../support/plain_wire.ts";
import { Rig } from "../support/rig.ts";

vi.resetModules();
const copy = await import("../../mod.ts");

/** A schema that knows nothing of links. */
function schemaOf<T>(validate: (url: string) => unknown): StandardSchemaV1<unknown, T> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (body) => validate((body as { url: string }).url) as { value: T },
    },
  };
}

const justUrl = schemaOf<string>((value) => ({ value }));

/** A server of three pages: a, b, c. */
function paged(): Rig {
  const rig = new Rig();
  rig.answer = ({ urls }) =>
    rig.reply(urls.map((url, index) => {
      const next = { a: "b", b: "c" }[url];
      return { index, body: { url, ...(next === undefined ? {} : { "@odata.nextLink": next }) } };
    }));
  return rig;
}

interface Followed {
  readonly pages: OperationResponse<string>[];
  error: BatchError | undefined;
}

function follow(batcher: Pick<Batcher, "send">, first: Operation<string>): Followed {
  const followed: Followed = { pages: [], error: undefined };
  pages(batcher, first).subscribe({
    next: (page) => followed.pages.push(page),
    error: (error) => followed.error = error,
  });
  return followed;
}

describe("a page whose operation has a schema", () => {
  it.each<[string, (batcher: Batcher) => Pick<Batcher, "send">]>([
    ["copies answers", ({ send }) => ({
      send: (operation) => send(operation).pipe(map((answer) => ({ ...answer }))),
    })],
    ["rebuilds operations with headers of its own, and answers", ({ send }) => ({
      send: <T>(operation: AnyOperation<T>) => {
        const { url, headers, schema } = operation as Operation<T>;
        const traced = get<T>(url, { headers: { ...headers, "x-trace": "1" }, schema });
        return send(traced).pipe(
          map(({ body }) =>
            ({ operation, status: 200, headers: {}, body, attempts: 1 }) as OperationResponse<T>
          ),
        );
      },
    })],
  ])("is followed through a batcher that %s", (_name, wrap) => {
    const rig = paged();
    const followed = follow(wrap(rig.batcher), get("a", { schema: justUrl }));
    rig.run();
    const { pages, error } = followed;
    expect(error).toBeUndefined();
    expect(pages.map(({ body }) => body)).toEqual(["a", "b", "c"]);
  });

  it("is followed through a batcher of another copy of the package (rule 25)", () => {
    const rig = paged();
    const { scheduler, transport } = rig.options;
    const batcher = copy.createBatcher(plainWire(), { scheduler, transport });
    const { pages } = follow(batcher, get("a", { schema: justUrl }));
    rig.run();
    expect(pages.map(({ body }) => body)).toEqual(["a", "b", "c"]);
  });

  it("has its links also behind a batcher that caches, however often it is read", () => {
    const rig = paged();
    const cache = new Map<string, Observable<OperationResponse>>();
    const caching = {
      send<T>(operation: AnyOperation<T>): Observable<OperationResponse<T>> {
        const { url } = operation as Operation<T>;
        if (!cache.has(url)) cache.set(url, rig.batcher.send(operation).pipe(shareReplay(1)));
        return cache.get(url) as Observable<OperationResponse<T>>;
      },
    };
    const first = get<string>("a", { schema: justUrl });
    for (const _ of [1, 2]) {
      const followed = follow(caching, first);
      rig.run();
      expect(followed.pages.map(({ body }) => body)).toEqual(["a", "b", "c"]);
    }
    expect(rig.posts).toHaveLength(3);
  });

  it("is what others wait for, also where another batcher has sent it before (rules 8 and 10)", () => {
    const [here, elsewhere] = [paged(), paged()];
    const first = get<string>("c", { schema: justUrl });
    elsewhere.send(first);
    elsewhere.run();
    here.send(first);
    here.run();
    follow(here.batcher, first);
    here.send(get("after", { dependsOn: [first] }));
    here.run();
    expect(here.batches.map(({ urls }) => urls)).toEqual([["c"], ["c"], ["after"]]);
  });

  it("is shown as the operation itself to beforeSend, and to what is derived from it", () => {
    const seen: unknown[] = [];
    const rig = new Rig({ beforeSend: (operations) => void seen.push(...operations) });
    const first = get<string>("c", { schema: justUrl });
    const derived = after(first, ({ operation }) => {
      seen.push(operation);
      return get("d");
    });
    rig.answer = ({ urls }) => rig.reply(urls.map((url, index) => ({ index, body: { url } })));
    follow(rig.batcher, first);
    rig.send(derived);
    rig.run();
    expect(seen.slice(0, 2).map((each) => each === first)).toEqual([true, true]);
  });

  it("is answered for the operation itself, with the schema that the caller gave", () => {
    const rig = paged();
    const first = get("a", { schema: justUrl });
    const { pages } = follow(rig.batcher, first);
    rig.run();
    expect(pages[0]!.operation).toBe(first);
    expect(pages.map(({ operation }) => operation.schema)).toEqual([justUrl, justUrl, justUrl]);
    expect(pages.map(({ operation }) => operation.url)).toEqual(["a", "b", "c"]);
  });

  it("is submitted as the operation itself: others wait for it (rule 10), or for its answer (rule 32)", () => {
    const rig = paged();
    const first = get("a", { schema: justUrl });
    const derived = after(first, ({ body }) => get(`after-${body}`));
    follow(rig.batcher, first);
    rig.send(get("x", { dependsOn: [first] }));
    rig.send(derived, "derived");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@21 me: x b after-a", "@32 me: c"]);
    expect(rig.told).toEqual(["@22 x 200", "@22 derived 200"]);
  });

  it("fails with the error of the operation itself, at whatever page", () => {
    const rig = paged();
    const schema = schemaOf<string>((value) =>
      value === "b" ? { issues: [{ message: "not b" }] } : { value }
    );
    const followed = follow(rig.batcher, get("a", { schema, label: "all" }));
    rig.run();
    const { pages, error } = followed;
    expect(pages.map(({ body }) => body)).toEqual(["a"]);
    expect(error).toBeInstanceOf(SchemaError);
    const { operation, response, issues, attempts } = error as SchemaError;
    expect(operation).toMatchObject({ url: "b", label: "all" });
    expect((operation as Operation).schema).toBe(schema);
    expect(response.operation).toBe(operation);
    expect(response.body).toEqual({ url: "b", "@odata.nextLink": "c" });
    expect([issues, attempts]).toEqual([[{ message: "not b" }], 1]);
    expect(Object.keys(error!)).not.toContain("operation");
  });

  it("names the operation itself also in the errors that caused its error", () => {
    const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 1, maxDelayMs: 1 } });
    rig.answer = () => rig.reply([{ index: 0, status: 503 }]);
    const first = get("a", { schema: justUrl });
    const followed = follow(rig.batcher, first);
    rig.run();
    const { error } = followed;
    expect(error).toMatchObject({ _tag: "ResponseError", operation: first });
    expect(error!.operation).toBe(first);
    expect(error!.cause).toMatchObject({ _tag: "LimitError" });
    expect((error!.cause as BatchError).operation).toBe(first);
    expect(error).toHaveProperty("response.operation", first);
  });

  it("waits for a schema that answers with a promise", async () => {
    const rig = paged();
    const schema = schemaOf<string>((value) => Promise.resolve({ value }));
    const followed = follow(rig.batcher, get("a", { schema }));
    rig.run(15);
    expect(followed.pages).toEqual([]);
    await setImmediate();
    rig.run(35);
    expect(followed.pages.map(({ body }) => body)).toEqual(["a"]);
    expect(rig.posts).toEqual(["@10 me: a", "@25 me: b"]);
  });

  it("fails by its schema's throw, with what it threw", () => {
    const rig = paged();
    const thrown = new Error("schema");
    const first = get("a", {
      schema: schemaOf<string>(() => {
        throw thrown;
      }),
    });
    const followed = follow(rig.batcher, first);
    rig.run();
    const { error } = followed;
    expect(error).toMatchObject({ _tag: "SchemaError", cause: thrown, issues: [] });
    expect(error!.operation).toBe(first);
  });

  it("fails with BatchTimeoutError when a schema's promise never answers", () => {
    const rig = new Rig({ timeoutMs: 50 });
    rig.answer = () => rig.reply([{ index: 0, body: { url: "a" } }]);
    const first = get("a", { schema: schemaOf<string>(() => new Promise(() => {})) });
    const followed = follow(rig.batcher, first);
    rig.run();
    expect(followed.error).toBeInstanceOf(BatchTimeoutError);
    expect(followed.error!.operation).toBe(first);
    expect(rig.now).toBe(61);
  });

  it("asks no schema about a status among okStatuses", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply([{ index: 0, status: 404, body: { "@odata.nextLink": "b" } }]);
    let asked = 0;
    const schema = schemaOf<string>((value) => ({ value: `${value}${++asked}` }));
    const { pages } = follow(rig.batcher, get("a", { schema, okStatuses: [404] }) as never);
    rig.run();
    expect(pages.map(({ status, body }) => [status, body])).toEqual([[404, undefined]]);
    expect(asked).toBe(0);
  });

  it("is one more submission of an operation that was sent by itself, in the same batch too", () => {
    const rig = paged();
    const first = get("a", { schema: justUrl });
    rig.send(first);
    const one = follow(rig.batcher, first);
    const two = follow(rig.batcher, first);
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a a a", "@21 me: b b", "@32 me: c c"]);
    expect([one, two].map(({ pages }) => pages.length)).toEqual([3, 3]);
    expect(rig.told).toEqual(["@11 a 200"]);
  });
});
