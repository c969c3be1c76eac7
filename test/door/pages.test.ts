import { lastValueFrom, Observable, of, take, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  after,
  atomic,
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
  fetchTransport,
  get,
  type Operation,
  OperationError,
  pages,
  post,
  type StandardSchemaV1,
} from "../../mod.ts";
import { fakeGraph, fakeOutlook } from "../../src/testing.ts";
import type { PlainPart } from "../support/plain_wire.ts";
import { describeError, Rig } from "../support/rig.ts";

/** A server whose pages are named by where their link leads; `undefined` is the last one. */
function paged(rig: Rig, linkOf: (url: string) => Record<string, unknown> | number): void {
  rig.answer = ({ urls }) =>
    rig.reply(urls.map((url, index): PlainPart => {
      const body = linkOf(url);
      return typeof body === "number" ? { index, status: body } : { index, body: { url, ...body } };
    }));
}

/** Follows the pages, and keeps what came as lines. */
function follow(rig: Rig, operation: Operation): string[] {
  const lines: string[] = [];
  pages(rig.batcher, operation).subscribe({
    next: ({ body, deltaLink }) =>
      lines.push(`@${rig.now} ${(body as { url: string }).url}${deltaLink ? ` ${deltaLink}` : ""}`),
    error: (error) => lines.push(`@${rig.now} ${describeError(error)}`),
    complete: () => lines.push(`@${rig.now} complete`),
  });
  return lines;
}

const THREE: Record<string, Record<string, unknown>> = {
  a: { "@odata.nextLink": "b" },
  b: { "odata.nextLink": "c" },
  c: { d: { __next: "d" } },
  d: { "@odata.deltaLink": "since" },
};

describe("pages()", () => {
  it("follows every form of link until there is none, and tells the delta link of the last", () => {
    const rig = new Rig();
    paged(rig, (url) => THREE[url]!);
    const lines = follow(rig, get("a"));
    rig.run();
    expect(lines).toEqual(["@11 a", "@22 b", "@33 c", "@44 d since", "@44 complete"]);
    expect(rig.timers).toBe(0);
  });

  it("asks for a page once the one before it has been delivered, and for one at a time", () => {
    const rig = new Rig();
    paged(rig, (url) => ({ "@odata.nextLink": `${url}x` }));
    const seen: string[] = [];
    const subscription = pages(rig.batcher, get("x")).subscribe(() => {
      seen.push(`@${rig.now}, ${rig.posts.length} posted`);
      if (seen.length === 3) subscription.unsubscribe();
    });
    rig.run();
    expect(seen).toEqual(["@11, 1 posted", "@22, 2 posted", "@33, 3 posted"]);
    expect(rig.posts).toEqual(["@10 me: x", "@21 me: xx", "@32 me: xxx"]);
  });

  it("stops where take() stops, without a POST more", () => {
    const rig = new Rig();
    paged(rig, (url) => ({ "@odata.nextLink": `${url}x` }));
    const seen: unknown[] = [];
    pages(rig.batcher, get("x")).pipe(take(2)).subscribe((page) => seen.push(page));
    rig.run();
    expect([seen.length, rig.posts.length]).toEqual([2, 2]);
  });

  it("withdraws a page that is asked for when its subscriber leaves", () => {
    const rig = new Rig();
    paged(rig, (url) => ({ "@odata.nextLink": `${url}x` }));
    const subscription = pages(rig.batcher, get("x")).subscribe();
    rig.at(15, () => subscription.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@10 me: x"]);
    expect(rig.timers).toBe(0);
  });

  it("fails with the error of a page, after the pages before it", () => {
    const rig = new Rig();
    paged(rig, (url) => url === "c" ? 404 : THREE[url]!);
    const lines = follow(rig, get("a"));
    rig.run();
    expect(lines).toEqual(["@11 a", "@22 b", "@33 ResponseError 404"]);
  });

  it.each([
    ["to itself", { a: "a" }, ["a"]],
    ["back", { a: "b", b: "c", c: "b" }, ["a", "b", "c"]],
  ])("refuses a link that leads %s", (_where, links: Record<string, string>, read) => {
    const rig = new Rig();
    paged(rig, (url) => ({ "@odata.nextLink": links[url] }));
    const lines = follow(rig, get("a"));
    rig.run();
    expect(lines.map((line) => line.split(" ")[1])).toEqual([...read, "OperationError"]);
    expect(rig.posts).toHaveLength(read.length);
  });

  it("carries okStatuses along: such a page is the last, without a body", () => {
    const rig = new Rig();
    paged(rig, (url) => url === "a" ? THREE["a"]! : 410);
    const statuses: (number | undefined)[] = [];
    let isComplete = false;
    pages(rig.batcher, get("a", { okStatuses: [410] })).subscribe({
      next: ({ status, body }) => statuses.push(status, body === undefined ? 0 : 1),
      complete: () => isComplete = true,
    });
    rig.run();
    expect(statuses).toEqual([200, 1, 410, 0]);
    expect(isComplete).toBe(true);
  });

  it.each(["text", "bytes"] as const)(
    "refuses read: %s, which leaves no link to follow",
    (read) => {
      const turn = () => pages(new Rig().batcher, get("a", { read, label: "inbox" }));
      expect(turn).toThrow(OperationError);
      expect(turn).toThrow(
        /\(inbox\) as read must be left out, .*: current value is (?:text|bytes)$/,
      );
    },
  );

  it.each<[string, () => unknown, typeof OperationError | typeof TypeError, RegExp]>([
    ["a derived one", () => after(get("a"), () => get("b")), OperationError, /a derived one/],
    ["a group", () => atomic([post("a")]), OperationError, /an atomic one/],
    ["a URL", () => "a", TypeError, /a string \(make it one: get\(url\)\)$/],
    ["a promise", () => Promise.resolve(get("a")), TypeError, /a Promise \(await it\)$/],
    ["nothing", () => undefined, TypeError, /undefined$/],
  ])("refuses %s at once, for it has no second page", (_, make, kind, shown) => {
    const turn = () => pages(new Rig().batcher, make() as Operation);
    expect(turn).toThrow(kind);
    expect(turn).toThrow(shown);
  });

  it("names no link in its error", () => {
    const rig = new Rig();
    paged(rig, () => ({ "@odata.nextLink": "secret-token" }));
    let failure: unknown;
    pages(rig.batcher, get("secret-token")).subscribe({ error: (error) => failure = error });
    rig.run();
    expect(failure).toBeInstanceOf(OperationError);
    expect((failure as Error).message).toMatch(/^Cannot .+: current value is .+$/);
    expect((failure as Error).message).not.toContain("secret");
  });

  it("reads the link before a schema sees the body, which it may even spoil", () => {
    const rig = new Rig();
    paged(rig, (url) => THREE[url]!);
    const schema: StandardSchemaV1<unknown, string> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (body) => {
          const value = (body as { url: string }).url;
          for (const key of Object.keys(body as object)) {
            delete (body as Record<string, unknown>)[key];
          }
          return { value };
        },
      },
    };
    const bodies: string[] = [];
    const operation = get("a", { schema });
    const operations: unknown[] = [];
    pages(rig.batcher, operation).subscribe(({ body, operation, deltaLink }) => {
      bodies.push(deltaLink === undefined ? body : `${body} ${deltaLink}`);
      operations.push(operation);
    });
    rig.run();
    expect(bodies).toEqual(["a", "b", "c", "d since"]);
    expect(operations[0]).toBe(operation);
  });

  it("keeps headers, context, ordering key and schema, and waits for others once", () => {
    const rig = new Rig();
    paged(rig, (url) => url === "first" ? {} : THREE[url]!);
    const first = get("first", { context: "users('b')" });
    const sent: Operation[] = [];
    const batcher = {
      send: <T>(operation: Operation<T>) => {
        sent.push(operation);
        return rig.batcher.send(operation);
      },
    };
    rig.send(first);
    const headers = { Prefer: "odata.maxpagesize=5", "Content-Type": "text/plain" };
    pages(
      batcher,
      post("a", "x", {
        headers,
        context: "users('b')",
        orderingKey: "k",
        idempotent: true,
        label: "all",
        retry: false,
        dependsOn: [first],
      }),
    ).subscribe();
    rig.run();
    expect(rig.posts.map((line) => line.split(" ").slice(1).join(" "))).toEqual(
      ["first", "a", "b", "c", "d"].map((url) => `users('b'): ${url}`),
    );
    for (const page of sent.slice(1)) {
      expect(page).toMatchObject({
        method: "GET",
        headers: { Prefer: "odata.maxpagesize=5" },
        body: undefined,
        orderingKey: "k",
        idempotent: true,
        label: "all",
        retry: false,
        dependsOn: [],
      });
    }
  });

  it("submits nothing before it is subscribed to, and everything again when it is again", () => {
    const rig = new Rig();
    paged(rig, (url) => THREE[url]!);
    const pages$ = pages(rig.batcher, get("a"));
    rig.run();
    expect(rig.posts).toEqual([]);
    const counts: number[] = [];
    for (let at = 0; at < 2; at++) {
      pages$.pipe(toArray()).subscribe((all) => counts.push(all.length));
    }
    rig.run();
    expect(counts).toEqual([4, 4]);
    expect(rig.posts).toHaveLength(4);
  });

  it("costs no stack, even where a batcher answers at once", async () => {
    const batcher = {
      send: <T>(operation: Operation<T>) => {
        const at = Number(operation.url);
        const body = at < 100_000 ? { "@odata.nextLink": `${at + 1}` } : {};
        return of({ operation, status: 200, headers: {}, body: body as T, attempts: 1 });
      },
    };
    const last = await lastValueFrom(pages(batcher, get("1")));
    expect(last.operation.url).toBe("100000");
  });

  it("completes when a page is never answered", async () => {
    const batcher = { send: <T>() => new Observable<T>((subscriber) => subscriber.complete()) };
    const all = pages(batcher as never, get("a")).pipe(toArray());
    expect(await lastValueFrom(all)).toEqual([]);
  });

  it("resolves a relative link by the context of its answer, and encodes what a service left as it is", () => {
    const rig = new Rig();
    paged(
      rig,
      (url) =>
        url === "a"
          ? {
            "@odata.context": "https://h.example/root/$metadata#A",
            "@odata.nextLink": "A?$skip=1",
          }
          : url.endsWith("1")
          ? { "@odata.nextLink": "B?$filter=n eq 'é'" }
          : {},
    );
    const lines = follow(rig, get("a"));
    rig.run();
    expect(lines).toEqual([
      "@11 a",
      "@22 https://h.example/root/A?$skip=1",
      "@33 B?$filter=n%20eq%20'%C3%A9'",
      "@33 complete",
    ]);
  });

  it("takes a link that is a query alone for one of the page that it stands on", () => {
    const rig = new Rig();
    const context = { "@odata.context": "https://h.example/root/$metadata#A" };
    paged(
      rig,
      (url) =>
        url === "a/b?$top=5"
          ? { ...context, "@odata.nextLink": "?$skip=5" }
          : url === "a/b?$skip=5"
          ? { "@odata.nextLink": "?$skip=10" }
          : {},
    );
    const lines = follow(rig, get("a/b?$top=5"));
    rig.run();
    expect(lines).toEqual([
      "@11 a/b?$top=5",
      "@22 a/b?$skip=5",
      "@33 a/b?$skip=10",
      "@33 complete",
    ]);
  });

  it("reads a whole mailbox of Outlook, of Graph, and of an OData service", async () => {
    const outlook = fakeOutlook();
    const graph = fakeGraph();
    const [token, seven] = [outlook.token, "$top=7"];
    const transport = fetchTransport(outlook.fetch);
    const batchers = [
      [createOutlookBatcher({ token, transport }), get(`messages?${seven}`)],
      [
        createOutlookBatcher({ token, transport }),
        get(`messages?${seven}`, { context: "users('Rufus@contoso.com')" }),
      ],
      [
        createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) }),
        get(`messages?${seven}`, { context: "users/rufus@contoso.com" }),
      ],
      [
        createODataBatcher({ baseUrl: `${outlook.baseUrl}me/`, token, transport }),
        get(`messages?${seven}`),
      ],
    ] as const;
    for (const [batcher, operation] of batchers) {
      const all = await lastValueFrom(pages(batcher, operation).pipe(toArray()));
      const counts = all.map(({ body }) => (body as { value: unknown[] }).value.length);
      expect(counts).toEqual([7, 7, 6]);
    }
  });
});
