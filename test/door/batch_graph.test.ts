import {
  firstValueFrom,
  from,
  lastValueFrom,
  mergeMap,
  reduce,
  type Subscription,
  toArray,
} from "rxjs";
import { describe, expect, it } from "vitest";
import {
  type BatchEvent,
  batchGraph,
  createGraphBatcher,
  fetchTransport,
  get,
  type GraphOptions,
  type Operation,
  pages,
  patch,
  post,
} from "../../mod.ts";
import { fakeGraph, type FakeOptions, type FakeService } from "../../src/testing.ts";
import { names, okay, Rig } from "../support/rig.ts";

interface Page {
  readonly value: readonly { readonly id: string }[];
}

const MESSAGES = "/me/messages?$top=1&$select=subject";

/** Runs the operations, and tells what came out: a status, or the name of an error. */
async function outcomes(
  graph: FakeService,
  operations: readonly Operation[],
  options: GraphOptions = {},
): Promise<Record<string, number | string>> {
  const results = await lastValueFrom(
    from(operations).pipe(
      batchGraph({ token: graph.token, transport: fetchTransport(graph.fetch), ...options }),
      toArray(),
    ),
  );
  return Object.fromEntries(results.map((result) => [
    result.operation.url,
    result.ok ? result.response.status : result.error._tag,
  ]));
}

function chain(length: number, urlOf: (at: number) => string): Operation[] {
  const operations: Operation[] = [];
  for (let at = 0; at < length; at++) {
    operations.push(get(urlOf(at), { dependsOn: operations.slice(-1) }));
  }
  return operations;
}

function people(count: number): FakeOptions {
  const addresses = Array.from({ length: count }, (_, at) => `p${at}@contoso.com`);
  return { mailboxes: Object.fromEntries(addresses.map((address) => [address, { messages: 1 }])) };
}

/** What the operations of each batch were for. */
function batchesOf(graph: FakeService): string[][] {
  return graph.ledger.batches.map(({ post }) =>
    graph.ledger.entries.filter((entry) => entry.post === post).map(({ mailbox }) => mailbox)
  );
}

type FetchFunction = FakeService["fetch"];

/** Answers every POST with this body. */
function answering(body: string, contentType = "application/json"): FetchFunction {
  return () => Promise.resolve(new Response(body, { headers: { "Content-Type": contentType } }));
}

describe("batchGraph()", () => {
  it("sends a chain of 50 in three batches, in order", async () => {
    const graph = fakeGraph();
    const operations = chain(50, (at) => `${MESSAGES}&$skip=${at % 20}&n=${at}`);
    const statuses = await outcomes(graph, operations);
    expect(Object.values(statuses)).toEqual(new Array(50).fill(200));
    expect(graph.posts).toBe(3);
    expect(graph.ledger.entries.map(({ path }) => path.replace("/v1.0", ""))).toEqual(
      operations.map(({ url }) => url),
    );
  });

  it("keeps side by side what depends on nothing", async () => {
    const graph = fakeGraph();
    const operations = Array.from({ length: 45 }, (_, at) => get(`${MESSAGES}&n=${at}`));
    const statuses = await outcomes(graph, operations);
    expect(Object.values(statuses)).toEqual(new Array(45).fill(200));
    expect(graph.ledger.batches.map(({ size }) => size)).toEqual([20, 20, 5]);
    expect(graph.maxConcurrency).toBe(1);
  });

  it("sends the 424 child of a throttled parent again with its parent", async () => {
    const graph = fakeGraph({
      script: [{ name: "status", status: 429, retryAfter: 0.01, on: "part", index: 0 }],
    });
    const statuses = await outcomes(graph, chain(5, (at) => `${MESSAGES}&n=${at}`));
    expect(Object.values(statuses)).toEqual([200, 200, 200, 200, 200]);
    expect(graph.ledger.batches.map(({ size }) => size)).toEqual([5, 5]);
    expect(graph.ledger.carriedOut()).toBe(5);
  });

  it("sends it again in the middle of a chain too", async () => {
    const graph = fakeGraph({
      script: [{ name: "status", status: 503, on: "part", index: 2 }],
    });
    const statuses = await outcomes(graph, chain(5, (at) => `${MESSAGES}&n=${at}`), {
      retry: { baseDelayMs: 1 },
    });
    expect(Object.values(statuses)).toEqual([200, 200, 200, 200, 200]);
    expect(graph.ledger.batches.map(({ size }) => size)).toEqual([5, 3]);
  });

  it("fails what depends on a failure, and says of what", async () => {
    const graph = fakeGraph();
    const first = get("/me/messages/none");
    const second = get(MESSAGES, { dependsOn: [first] });
    const batcher = createGraphBatcher({
      token: graph.token,
      transport: fetchTransport(graph.fetch),
    });
    const [one, two] = await Promise.allSettled([
      firstValueFrom(batcher.send(first)),
      firstValueFrom(batcher.send(second)),
    ]);
    expect(one).toMatchObject({ reason: { _tag: "ResponseError", code: "ErrorItemNotFound" } });
    expect(two).toMatchObject({ reason: { _tag: "DependencyError", cause: { status: 404 } } });
    expect(graph.ledger.carriedOut()).toBe(1);
  });

  it("follows nextLink, which is absolute, and uses what was created", async () => {
    const graph = fakeGraph();
    await using batcher = createGraphBatcher({
      token: graph.token,
      transport: fetchTransport(graph.fetch),
    });
    const page = await firstValueFrom(
      batcher.send(get<{ "@odata.nextLink": string }>("/me/messages?$top=5")),
    );
    const next = await firstValueFrom(batcher.send(get(page.body["@odata.nextLink"])));
    expect(next.body).toMatchObject({ value: { length: 5 } });
    const draft = await firstValueFrom(
      batcher.send(post<{ id: string }>("/me/messages", { subject: "Lunch?" })),
    );
    const changed = await firstValueFrom(
      batcher.send(patch(`/me/messages/${draft.body.id}`, { subject: "Dinner?" })),
    );
    expect(changed.body).toMatchObject({ subject: "Dinner?" });
  });

  it("sends an operation too large for any batch alone", async () => {
    const graph = fakeGraph();
    const small = (name: string) => post("/me/messages", { subject: name });
    const large = post("/me/messages", { subject: "large", body: { content: "x".repeat(5000) } });
    await outcomes(graph, [small("a"), large, small("b"), small("c")], { maxBatchBytes: 2000 });
    expect(graph.ledger.batches.map(({ size }) => size)).toEqual([1, 1, 2]);
  });

  it.each([
    ["HTML in place of an answer", answering("<html>busy</html>", "text/html"), "BatchHttpError"],
    ["HTML inside the JSON", answering('{"responses":[{"id":"1","body":<p>}]}'), "DecodeError"],
    ["an unknown id", answering('{"responses":[{"id":"7","status":200}]}'), "NotExecutedError"],
    ["no answer for one", answering('{"responses":[{"id":"1","status":200}]}'), "NotExecutedError"],
    ["no ids", answering('{"responses":[{"status":200},{"status":200}]}'), "NotExecutedError"],
    ["an error", answering('{"error":{"code":"UnknownError"}}'), "BatchHttpError"],
  ])("fails what is not answered by %s", async (_what, fetch, tag) => {
    const results = await outcomes(
      fakeGraph(),
      [post("/me/a", { n: 1 }), post("/me/b", { n: 2 })],
      { transport: fetchTransport(fetch) },
    );
    expect(results["/me/b"]).toBe(tag);
  });

  it("does not trust an answer that repeats an id", async () => {
    const fetch = answering(
      '{"responses":[{"id":"1","status":200},{"id":"1","status":200}]}',
    );
    const results = await outcomes(fakeGraph(), [post("/me/a"), post("/me/b")], {
      transport: fetchTransport(fetch),
    });
    expect(results).toEqual({ "/me/a": 200, "/me/b": "NotExecutedError" });
  });
});

describe("throttling by Graph", () => {
  it.each(["Retry-After", "retry-after", "RETRY-AFTER"])(
    "pauses the lane for a part's own %s, and no other lane",
    async (name) => {
      const waits: BatchEvent[] = [];
      const respond = fakeGraph(people(2));
      let isFirst = true;
      const fetch: FetchFunction = async (input, init) => {
        const response = await respond.fetch(input, init);
        const text = await response.text();
        if (!isFirst || !text.includes('"id":"1"')) return new Response(text, response);
        isFirst = false;
        const { responses } = JSON.parse(text) as { responses: { id: string }[] };
        responses[0] = Object.assign({}, responses[0], {
          status: 429,
          headers: { [name]: "0.03" },
        });
        return new Response(JSON.stringify({ responses }), response);
      };
      const results = await outcomes(
        respond,
        [get("/users/p0@contoso.com/messages"), get("/users/p1@contoso.com/messages")],
        {
          transport: fetchTransport(fetch),
          events: { next: (event) => waits.push(event) },
          retry: { baseDelayMs: 1 },
        },
      );
      expect(Object.values(results)).toEqual([200, 200]);
      const paused = waits.filter((event) => event.type === "paused");
      expect(new Set(paused.map(({ lane }) => lane)).size).toBe(1);
      expect(paused[0]!.delayMs).toBe(30);
    },
  );

  it("is not provoked: a mailbox has one batch in flight, however many wait", async () => {
    const graph = fakeGraph({ ...people(3), workMs: 1 });
    const operations = Array.from(
      { length: 150 },
      (_, at) => get(`/users/p${at % 3}@contoso.com/messages?n=${at}`),
    );
    const statuses = await outcomes(graph, operations, { concurrency: 10 });
    expect(Object.values(statuses)).toEqual(new Array(150).fill(200));
    expect(graph.maxConcurrency).toBe(3);
    expect(graph.ledger.entries.every(({ status }) => status === 200)).toBe(true);
  });

  it("lets up to four chains of one mailbox travel at a time", async () => {
    const graph = fakeGraph({ workMs: 1 });
    const chains = Array.from(
      { length: 6 },
      (_, n) => chain(20, (at) => `${MESSAGES}&n=${n}.${at}`),
    );
    const statuses = await outcomes(graph, chains.flat(), { concurrency: 10 });
    expect(Object.values(statuses)).toEqual(new Array(120).fill(200));
    expect(graph.maxConcurrency).toBe(4);
    expect(graph.posts).toBe(6);
    expect(graph.ledger.entries.every(({ status }) => status === 200)).toBe(true);
  });

  it("lets nothing travel beside a batch that is no chain", async () => {
    const graph = fakeGraph({ workMs: 1 });
    const single = Array.from({ length: 10 }, (_, at) => get(`${MESSAGES}&n=${at}`));
    const links = chain(20, (at) => `${MESSAGES}&n=link ${at}`.replace(" ", "."));
    const statuses = await outcomes(graph, [...single, ...links], {
      concurrency: 10,
      maxBatchSize: 10,
    });
    expect(Object.values(statuses)).toEqual(new Array(30).fill(200));
    expect(graph.maxConcurrency).toBe(1);
    expect(graph.ledger.entries.every(({ status }) => status === 200)).toBe(true);
  });
});

describe("a slot for a chain beside another one, whose token takes its time", () => {
  /** A chain of two is out, and one of three has got a slot; its operations may leave. */
  function beside(): { readonly rig: Rig; readonly chained: readonly Subscription[] } {
    const rig: Rig = new Rig({
      wire: { order: "native", chainsPerBatch: 4 },
      concurrencyPerContext: 1,
      maxWaitMs: 0,
      token: () => rig.at$(10, "token"),
    });
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 100 });
    for (const operation of chain(2, (at) => `a${at}`)) rig.send(operation);
    const chained: Subscription[] = [];
    rig.at(20, () => {
      for (const operation of chain(3, (at) => `b${at}`)) chained.push(rig.send(operation));
    });
    return { rig, chained };
  }

  it("goes as a chain, though by then most of the lane stands side by side", () => {
    const { rig } = beside();
    rig.at(25, () => {
      for (const url of names(20, "c")) rig.send(url);
    });
    rig.run();
    expect(rig.posts).toEqual([
      "@10 me: a0 a1",
      "@30 me: b0 b1 b2",
      `@140 me: ${names(20, "c").join(" ")}`,
    ]);
    expect(rig.results).toHaveLength(25);
    expect(rig.timers).toBe(0);
  });

  it("is given back when nobody follows its first any more", () => {
    const { rig, chained } = beside();
    rig.at(25, () => chained[1]!.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a0 a1", "@120 me: b0"]);
    expect(rig.timers).toBe(0);
  });

  it("is given back when the chain has left", () => {
    const { rig, chained } = beside();
    rig.at(25, () => {
      for (const subscription of chained) subscription.unsubscribe();
      for (const url of names(3, "c")) rig.send(url);
    });
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a0 a1", "@120 me: c0 c1 c2"]);
    expect(rig.results.filter(({ ok }) => ok)).toHaveLength(5);
    expect(rig.timers).toBe(0);
  });
});

describe("mixContexts", () => {
  const operations = Array.from(
    { length: 60 },
    (_, at) => get(`/users/p${at % 30}@contoso.com/messages?n=${at}`),
  );

  it.each<[string, (graph: FakeService) => GraphOptions]>([
    ["off", () => ({ mixContexts: false })],
    ["off by default where a function may have a token for each", ({ token }) => ({
      token: () => token,
    })],
  ])("%s: each batch is for one mailbox", async (_how, options) => {
    const graph = fakeGraph(people(30));
    await outcomes(graph, operations, options(graph));
    expect(graph.posts).toBe(30);
    expect(batchesOf(graph).every((batch) => new Set(batch).size === 1)).toBe(true);
  });

  it("on, as it is for one token: batches are full, no mailbox is in two at a time", async () => {
    const graph = fakeGraph({ ...people(30), workMs: 1 });
    const statuses = await outcomes(graph, operations);
    expect(Object.values(statuses)).toEqual(new Array(60).fill(200));
    expect(graph.posts).toBe(3);
    for (let at = 0; at < 30; at++) {
      expect(graph.maxConcurrencyOf(`p${at}@contoso.com`)).toBe(1);
    }
    expect(graph.ledger.entries.every(({ status }) => status === 200)).toBe(true);
  });

  it.each<[people: number, length: number, posts: number]>([
    [20, 3, 3],
    [40, 2, 4],
    [10, 3, 3],
    // As many side by side as one by one, and each chain is answered sooner.
    [3, 5, 3],
    [2, 2, 2],
  ])(
    "rule 12: %i mailboxes with a chain of %i each cost %i POSTs",
    async (count, length, posts) => {
      const graph = fakeGraph({ ...people(count), workMs: 1 });
      const chains = Array.from(
        { length: count },
        (_, n) => chain(length, (at) => `/users/p${n}@contoso.com/messages?n=${at}`),
      );
      const statuses = await outcomes(graph, chains.flat(), { concurrency: 10 });
      expect(Object.values(statuses)).toEqual(new Array(count * length).fill(200));
      expect(graph.posts).toBe(posts);
      for (let at = 0; at < count; at++) {
        expect(graph.maxConcurrencyOf(`p${at}@contoso.com`)).toBe(1);
      }
    },
  );

  it("never fills a batch of one person with what brings the token of another", async () => {
    const posts: (readonly [token: string | null, urls: readonly string[]])[] = [];
    const fetch: FetchFunction = async (input, init) => {
      const request = new Request(input, init);
      const { requests } = await request.json() as { requests: { id: string; url: string }[] };
      posts.push([request.headers.get("authorization"), requests.map(({ url }) => url)]);
      return Response.json({
        responses: requests.map(({ id, url }) => ({ id, status: 200, body: url })),
      });
    };
    const batcher = createGraphBatcher({
      token: "of-all",
      transport: fetchTransport(fetch),
      mixContexts: true,
    });
    const tokens = ["Bearer ann", "Bearer bob", undefined];
    const operations = Array.from({ length: 12 }, (_, at) => {
      const token = tokens[at % 3];
      const headers = token === undefined ? {} : { Authorization: token };
      return get(`/users/p${Math.floor(at / 3)}/messages?of=${at % 3}`, { headers });
    });
    const answers = operations.map((operation) => firstValueFrom(batcher.send(operation)));
    expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(
      operations.map(({ url }) => url),
    );
    expect(posts.map(([token]) => token).toSorted()).toEqual([
      "Bearer ann",
      "Bearer bob",
      "Bearer of-all",
    ]);
    for (const [token, urls] of posts) {
      const owner = tokens.indexOf(token!) === -1 ? 2 : tokens.indexOf(token!);
      expect(urls).toEqual(
        operations.map(({ url }) => url).filter((url) => url.endsWith(`${owner}`)),
      );
    }
    await batcher.close();
  });

  it("reads 30 mailboxes of 167 messages, page by page, in at most 60 POSTs", async () => {
    const addresses = Array.from({ length: 30 }, (_, at) => `p${at}@contoso.com`);
    const graph = fakeGraph({
      mailboxes: Object.fromEntries(addresses.map((address) => [address, { messages: 167 }])),
    });
    const batcher = createGraphBatcher({
      token: graph.token,
      transport: fetchTransport(graph.fetch),
    });
    const ids = await lastValueFrom(
      from(addresses).pipe(
        mergeMap((address) => pages(batcher, get<Page>(`users/${address}/messages?$top=10`))),
        reduce((all, { body }) => [...all, ...body.value.map(({ id }) => id)], [] as string[]),
      ),
    );
    expect([ids.length, new Set(ids).size]).toEqual([30 * 167, 30 * 167]);
    expect(graph.posts).toBeLessThanOrEqual(60);
    expect(graph.ledger.entries).toHaveLength(30 * 17);
    for (const address of addresses) expect(graph.maxConcurrencyOf(address)).toBe(1);
  });

  it("pauses the mailbox that is throttled, and the others go on", async () => {
    const graph = fakeGraph({
      ...people(3),
      script: [{
        name: "status",
        status: 429,
        retryAfter: 0.05,
        on: "part",
        when: ({ entry }) => entry!.mailbox === "p1@contoso.com",
      }],
    });
    const events: BatchEvent[] = [];
    await using batcher = createGraphBatcher({
      token: graph.token,
      transport: fetchTransport(graph.fetch),
      mixContexts: true,
      retry: { baseDelayMs: 1 },
      events: { next: (event) => events.push(event) },
    });
    const send = (at: number) =>
      firstValueFrom(batcher.send(get(`/users/p${at}@contoso.com/messages`)));
    const [, throttled] = [send(0), send(1), send(2)];
    await send(0);
    const others = [send(0), send(2)];
    await Promise.all(others);
    expect(graph.posts).toBe(2);
    await throttled;
    expect(graph.posts).toBe(3);
    expect(batchesOf(graph)[2]).toEqual(["p1@contoso.com"]);
    const paused = events.filter((event) => event.type === "paused");
    expect(new Set(paused.map(({ lane }) => lane)).size).toBe(1);
  });

  it("keeps chains in batches of their own", async () => {
    const graph = fakeGraph(people(3));
    const links = chain(6, (at) => `/users/p0@contoso.com/messages?n=${at}`);
    const statuses = await outcomes(graph, [
      ...links,
      get("/users/p1@contoso.com/messages"),
      get("/users/p2@contoso.com/messages"),
    ], { mixContexts: true });
    expect(Object.values(statuses)).toEqual(new Array(8).fill(200));
    expect(batchesOf(graph).map((batch) => new Set(batch).size).toSorted()).toEqual([1, 2]);
  });

  it("asks for one token, and for a fresh one when it is refused", async () => {
    const graph = fakeGraph(people(5));
    const asked: [string, boolean][] = [];
    const token = (context: string, { refresh }: { readonly refresh: boolean }) => {
      asked.push([context, refresh]);
      return refresh ? graph.token : "stale";
    };
    const results = await outcomes(graph, operations.slice(0, 5), { mixContexts: true, token });
    expect(Object.values(results)).toEqual(new Array(5).fill(200));
    expect(asked[0]).toEqual(["tenant", false]);
    expect(asked.slice(1).every(([context, refresh]) => context === "tenant" && refresh)).toBe(
      true,
    );
  });

  it("halves batches that are too large, in every lane", async () => {
    const graph = fakeGraph({ ...people(10), script: [{ name: "status", status: 413 }] });
    const results = await outcomes(graph, operations.slice(0, 10), { mixContexts: true });
    expect(Object.values(results)).toEqual(new Array(10).fill(200));
    expect(graph.ledger.batches.map(({ size }) => size)).toEqual([10, 5, 5]);
  });
});
