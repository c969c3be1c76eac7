import { firstValueFrom, from, lastValueFrom, merge, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Batcher,
  batchGraph,
  batchOData,
  type BatchOperator,
  type BatchOptions,
  batchOutlook,
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
  del,
  get,
  type Operation,
  type OperationResponse,
  type OperationResult,
  patch,
  post,
} from "../mod.ts";
import {
  fakeGraph,
  type FakeOptions,
  fakeOutlook,
  type FakeServer,
  type FakeService,
  type Fault,
} from "../src/testing.ts";

type Options = BatchOptions & { readonly baseUrl: string };

/** What differs from wire to wire; everything else must not. */
interface Dialect {
  readonly createBatcher: (options: Options) => Batcher;
  readonly operator: (options: Options) => BatchOperator;
  readonly fake: (options: FakeOptions) => FakeService;
  /** Added to the server's own `baseUrl`. */
  readonly root?: string;
  /** The messages of the signed-in user. */
  readonly messages: string;
  /** How a property is written. */
  readonly property: (name: string) => string;
}

interface Page {
  readonly value: readonly unknown[];
  readonly "@odata.nextLink"?: string;
}

const pascal = (name: string): string => name;
const camel = (name: string): string => name[0]!.toLowerCase() + name.slice(1);

const dialects: Record<string, Dialect> = {
  outlook: {
    createBatcher: createOutlookBatcher,
    operator: batchOutlook,
    fake: fakeOutlook,
    messages: "messages",
    property: pascal,
  },
  graph: {
    createBatcher: createGraphBatcher,
    operator: batchGraph,
    fake: fakeGraph,
    messages: "/me/messages",
    property: camel,
  },
  "odata in multipart": {
    createBatcher: (options) => createODataBatcher({ maxBatchSize: 20, ...options }),
    operator: (options) => batchOData({ maxBatchSize: 20, ...options }),
    fake: (options) => fakeOutlook({ order: "request", ...options }),
    root: "me/",
    messages: "messages",
    property: pascal,
  },
  "odata in JSON": {
    createBatcher: (options) =>
      createODataBatcher({ format: "json", maxBatchSize: 20, ...options }),
    operator: (options) => batchOData({ format: "json", maxBatchSize: 20, ...options }),
    fake: fakeOutlook,
    root: "me/",
    messages: "messages",
    property: pascal,
  },
};

const RETRY = { baseDelayMs: 1, maxDelayMs: 5 };

describe.each(Object.entries(dialects))("%s, end to end", (_name, dialect) => {
  const { messages, property } = dialect;
  let fake: FakeService;
  let server: FakeServer;
  let options: Options;

  async function open(fakeOptions: FakeOptions = {}): Promise<void> {
    fake = dialect.fake(fakeOptions);
    server = await fake.listen();
    options = {
      baseUrl: server.baseUrl + (dialect.root ?? ""),
      token: fake.token,
      retry: RETRY,
    };
  }

  beforeEach(() => open());
  afterEach(() => server.close());

  async function restart(fakeOptions: FakeOptions): Promise<void> {
    await server.close();
    await open(fakeOptions);
  }

  const subject = (item: unknown): unknown =>
    (item as Record<string, unknown>)[property("Subject")];
  const reading = (key: string): Operation =>
    get(`${messages}?$top=1&$select=${property("Subject")}`, {
      headers: { "client-request-id": key },
    });
  const creating = (key: string): Operation =>
    post(messages, { [property("Subject")]: key }, { headers: { "client-request-id": key } });

  function run(operations: readonly Operation[], more: Partial<Options> = {}) {
    return lastValueFrom(
      from(operations).pipe(dialect.operator({ ...options, ...more }), toArray()),
    );
  }

  it("merges individual request observables into one batch, and gives each its own answer", async () => {
    const one$ = from([creating("a"), creating("b")]);
    const two$ = from([creating("c"), reading("d")]);
    const results = await lastValueFrom(
      merge(one$, two$).pipe(dialect.operator(options), toArray()),
    );
    expect(fake.posts).toBe(1);
    for (const result of results) {
      if (!result.ok) throw result.error;
      const { response, operation } = result;
      const key = operation.headers["client-request-id"]!;
      if (key === "d") expect(response.body).toMatchObject({ value: [{}] });
      else expect([response.status, subject(response.body)]).toEqual([201, key]);
    }
  });

  it("creates, changes and deletes, one after another", async () => {
    await using batcher = dialect.createBatcher(options);
    const key = property("Id");
    const draft = await firstValueFrom(batcher.send(creating("draft")));
    const url = `${messages}/${(draft.body as Record<string, string>)[key]}`;
    const change = patch(url, { [property("Subject")]: "changed" });
    const check = get(url, { dependsOn: [change] });
    const removal = del(url, { dependsOn: [check] });
    const again = get(url, { dependsOn: [removal] });
    const [changed, checked, removed, gone] = await Promise.allSettled(
      [change, check, removal, again].map((operation) => firstValueFrom(batcher.send(operation))),
    );
    expect(changed).toMatchObject({ value: { status: 200 } });
    expect(checked).toMatchObject({ value: { body: { [property("Subject")]: "changed" } } });
    expect(removed).toMatchObject({ value: { status: 204, body: undefined } });
    expect(gone).toMatchObject({ reason: { _tag: "ResponseError", code: "ErrorItemNotFound" } });
  });

  it("keeps the order of one key", async () => {
    const keys = Array.from({ length: 5 }, (_, at) => `in order ${at}`);
    const results = await run(keys.map((key) =>
      post(messages, { [property("Subject")]: key }, {
        orderingKey: "diary",
        headers: { "client-request-id": key },
      })
    ));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(fake.ledger.keys()).toEqual(keys);
  });

  it("fills batches of 20", async () => {
    const results = await run(Array.from({ length: 50 }, (_, at) => reading(`${at}`)));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(fake.ledger.batches.map(({ size }) => size).toSorted()).toEqual([10, 20, 20]);
  });

  it("tells one failure from the others", async () => {
    const results = await run([reading("a"), get(`${messages}/none`), reading("b")]);
    const failed = results.filter(({ ok }) => !ok);
    expect(failed).toMatchObject([{ error: { _tag: "ResponseError", status: 404 } }]);
    expect(results).toHaveLength(3);
  });

  const survived: Record<string, Fault> = {
    "429 of the batch": { name: "status", status: 429, retryAfter: 0.01 },
    "429 of a part": { name: "status", status: 429, retryAfter: 0.01, on: "part", index: 2 },
    "429 of all parts": { name: "status", status: 429, on: "part" },
    "503 of a part": { name: "status", status: 503, on: "part", index: 0 },
    "504 of the batch": { name: "status", status: 504 },
    "a page of HTML": { name: "html", status: 502 },
    "413": { name: "status", status: 413 },
    "no connection": { name: "refuse" },
    "a reset before the head": { name: "reset" },
    "a reset amid the body": { name: "reset", at: "after", afterBytes: 40 },
    "a cut body": { name: "cut" },
    "a slow drip": { name: "drip" },
    "a packed answer": { name: "gzip" },
    "a shuffled batch": { name: "shuffle" },
  };

  it.each(Object.entries(survived))("survives %s", async (_what, fault) => {
    await restart({ script: [fault] });
    const results = await run(Array.from({ length: 6 }, (_, at) => reading(`${at}`)));
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(fake.ledger.batches[0]!.faults).toContain(fault.name);
  });

  it("never repeats by accident what must not be repeated", async () => {
    await restart({
      script: [{ name: "lost" }, { name: "reset", at: "after", afterBytes: 40 }],
    });
    const first = await run([creating("a"), creating("b")]);
    const second = await run([creating("c"), reading("d")]);
    expect(first).toMatchObject([{ error: { certain: false } }, { error: { certain: false } }]);
    expect(second.find(({ operation }) => operation.method === "GET")).toMatchObject({ ok: true });
    for (const key of ["a", "b", "c"]) expect(fake.ledger.carriedOut(key)).toBe(1);
  });

  it("asks for a fresh token when one is refused", async () => {
    const asked: boolean[] = [];
    const token = (_context: string, { refresh }: { readonly refresh: boolean }): string => {
      asked.push(refresh);
      return refresh ? fake.token : "stale";
    };
    const results = await run([reading("a"), creating("b")], { token });
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(asked).toEqual([false, true]);
    expect(fake.ledger.carriedOut()).toBe(2);
  });

  it("does not send what was left before its batch", async () => {
    await using batcher = dialect.createBatcher(options);
    const left = batcher.send(creating("left")).subscribe();
    const stays = firstValueFrom(batcher.send(reading("stays")));
    left.unsubscribe();
    await stays;
    expect(fake.ledger.keys()).toEqual(["stays"]);
  });

  it("pages through everything, by the server's own links", async () => {
    await using batcher = dialect.createBatcher(options);
    const seen: unknown[] = [];
    let next: string | undefined = `${messages}?$top=7&$select=${property("Subject")}`;
    while (next !== undefined) {
      const page: OperationResponse<Page> = await firstValueFrom(batcher.send(get<Page>(next)));
      seen.push(...page.body.value);
      next = page.body["@odata.nextLink"];
    }
    expect(seen).toHaveLength(20);
  });

  it("settles everything once, and harms nothing, whatever the server does", async () => {
    const chaos: Fault[] = [
      { name: "status", status: 429, retryAfter: 0.005, probability: 0.1 },
      { name: "status", status: 429, on: "part", probability: 0.05 },
      { name: "status", status: 503, on: "part", probability: 0.05 },
      { name: "status", status: 504, probability: 0.05, carriedOut: true },
      { name: "reset", probability: 0.05 },
      { name: "reset", at: "after", probability: 0.05 },
      { name: "cut", probability: 0.05 },
      { name: "fewer", probability: 0.05 },
      { name: "lost", probability: 0.05 },
    ];
    await restart({ seed: 7, faults: chaos });
    const operations = Array.from(
      { length: 200 },
      (_, at) => at % 4 === 0 ? creating(`new ${at}`) : reading(`old ${at}`),
    );
    const results: OperationResult<unknown>[] = await run(operations);
    expect(new Set(results.map(({ operation }) => operation.id)).size).toBe(200);
    for (const result of results) {
      const key = result.operation.headers["client-request-id"]!;
      if (result.operation.method !== "POST") continue;
      const isCarriedOut = fake.ledger.carriedOut(key);
      expect(isCarriedOut).toBeLessThanOrEqual(1);
      if (result.ok) {
        expect(isCarriedOut).toBe(1);
        expect(subject(result.response.body)).toBe(key);
      }
    }
    expect(results.filter(({ ok }) => ok).length).toBeGreaterThan(150);
  });
});
