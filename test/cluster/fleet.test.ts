import { Effect, Layer } from "effect";
import { Sharding } from "effect/cluster";
import { describe, expect, it } from "vitest";
import { get, type GraphOptions, OperationError, post, TransportError } from "../../mod.ts";
import {
  embedded,
  type Journal,
  JournalError,
  memoryJournal,
  type Settlement,
} from "../../src/cluster.ts";
import { fakeGraph } from "../../src/testing.ts";
import { answerTo, errorOf, fleetOf, until } from "./support.ts";

const newJournal = (): Promise<Journal> => Effect.runPromise(memoryJournal());
const byLabel = { keyOf: ({ label }: { readonly label: string | undefined }) => label };

/** A POST that never gets an answer: its runner dies with it. */
const NO_ANSWER = { name: "latency", ms: Infinity } as const;

describe("a fleet", () => {
  it("never sends a token, nor what was sealed, through a message", async () => {
    const service = fakeGraph();
    const { journal, written } = heard(await newJournal());
    const seen: string[] = [];
    const batcher = fleetOf(service, {
      journal,
      seal: {
        seal(text) {
          seen.push(text);
          return btoa(encodeURIComponent(text));
        },
        open: (sealed) => decodeURIComponent(atob(sealed)),
      },
    });
    const { body } = await answerTo(batcher, post<{ id: string }>("me/messages", { subject: "s" }));
    await batcher.close();
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen.filter((text) => text.includes(service.token))).toEqual([]);
    expect(written.map(({ outcome }) => outcome.includes(body.id))).toEqual([false]);
  });

  it("refuses an operation with an Authorization of its own", async () => {
    const batcher = fleetOf(fakeGraph());
    const operation = get("me/messages", { headers: { Authorization: "Bearer secret" } });
    const error = await errorOf(batcher, operation);
    expect(error).toBeInstanceOf(OperationError);
    expect(error.message).toContain("tokens live on runners");
    expect(error.message).not.toContain("secret");
    await batcher.close();
  });

  it("refuses a mailbox whose name no database keeps", async () => {
    const batcher = fleetOf(fakeGraph());
    const error = await errorOf(batcher, get(`users/${"x".repeat(300)}@contoso.com/messages`));
    expect(error.message).toMatch(/no longer than 255 characters: current value is \d+$/);
    await batcher.close();
  });

  it("asks for the token of an account on the runner", async () => {
    const mailboxes = { "rufus@contoso.com": {}, "danas@contoso.com": {} };
    const tokens = { rufus: "rufus@contoso.com", danas: "danas@contoso.com" };
    const service = fakeGraph({ mailboxes, tokens });
    const token: GraphOptions["token"] = (_context, { account }) => account!;
    const batcher = fleetOf(service, { graph: { token } });
    await Promise.all(
      ["rufus", "danas"].map((account) => answerTo(batcher, get("me/messages", { account }))),
    );
    expect(service.ledger.entries.map(({ mailbox }) => mailbox).sort()).toEqual([
      "danas@contoso.com",
      "rufus@contoso.com",
    ]);
    await batcher.close();
  });

  it("tells where a batch was sent from", async () => {
    const batcher = fleetOf(fakeGraph());
    const runners: (string | undefined)[] = [];
    batcher.events.subscribe(({ type, runner }) => type === "sent" && runners.push(runner));
    await answerTo(batcher, get("me/messages"));
    expect(runners).toEqual(["localhost:34431"]);
    await batcher.close();
  });

  it("carries many operations for a mailbox in few messages and full batches", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service);
    const operations = Array.from({ length: 200 }, () => get("me/messages?$top=1"));
    await Promise.all(operations.map((operation) => answerTo(batcher, operation)));
    expect(service.posts).toBe(10);
    await batcher.close();
  });

  it("says in one sentence why it cannot be built", async () => {
    const batcher = fleetOf(fakeGraph(), { client: { layer: failing } });
    const error = await errorOf(batcher, get("me/messages"));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ sent: false, isFinal: true });
    expect(error.message).toContain("the layer of the cluster must be built");
    await batcher.close();
  });

  it("waits for a runner that serves nobody no longer than timeoutMs", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service, { client: { layer: embedded(), timeoutMs: 50 } });
    const errors = await Promise.all(
      [get("me/messages"), post("me/messages", {})].map((one) => errorOf(batcher, one)),
    );
    expect(errors.map(({ _tag }) => _tag)).toEqual(["BatchTimeoutError", "BatchTimeoutError"]);
    expect(service.posts).toBe(0);
    await batcher.close();
  });

  it("waits for a runner that does not answer no longer than timeoutMs", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service, { client: { timeoutMs: 500 } });
    await answerTo(batcher, get("me/messages"));
    service.next({ name: "latency", ms: 1_500 });
    const error = await errorOf(batcher, post("me/messages", { subject: "once" }));
    expect(error._tag).toBe("BatchTimeoutError");
    expect(service.posts).toBe(2);
    await batcher.close();
  });

  it("settles as not read what a runner with another seal cannot open", async () => {
    const rot = { seal: (text: string) => `!${text}`, open: (text: string) => text.slice(1) };
    const batcher = fleetOf(fakeGraph(), { client: { seal: rot } });
    const error = await errorOf(batcher, post("me/messages", {}));
    expect(error).toMatchObject({ _tag: "TransportError", sent: false });
    expect(error.message).toContain("must be readable here");
    await batcher.close();
  });
});

describe("a journal whose database is away", () => {
  it("lets nothing unsafe leave before it is marked, and loses nothing", async () => {
    const service = fakeGraph();
    const { journal } = heard(await newJournal());
    const full = new JournalError(new Error("disk full"));
    let failures = 0;
    const away: Journal = {
      ...journal,
      mark: (marks) =>
        Effect.suspend(() => {
          expect(service.posts).toBe(0);
          return failures++ === 0 ? Effect.fail(full) : journal.mark(marks);
        }),
    };
    const batcher = fleetOf(service, { journal: away });
    expect((await answerTo(batcher, post("me/messages", { subject: "marked" }))).status).toBe(201);
    expect([failures, service.posts]).toEqual([2, 1]);
    await batcher.close();
  });
});

describe("a message that is stored", () => {
  it("is answered as one that is not", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service, { client: { persisted: true } });
    const parent = post<{ id: string }>("me/messages", { subject: "stored" });
    const child = get("me/messages", { dependsOn: [parent] });
    const [created, read] = await Promise.all([
      answerTo(batcher, parent),
      answerTo(batcher, child),
    ]);
    expect([created.status, read.status]).toEqual([201, 200]);
    await batcher.close();
  });
});

describe("an operation with a key", () => {
  it("is sent once, however often it is called, and gets the stored answer after a restart", async () => {
    const service = fakeGraph();
    const journal = await newJournal();
    const order = () =>
      post<{ id: string }>("me/messages", { subject: "17" }, { label: "order-17" });
    const first = fleetOf(service, { journal, client: byLabel });
    const [one, two] = await Promise.all([answerTo(first, order()), answerTo(first, order())]);
    await first.close();
    const second = fleetOf(service, { journal, client: byLabel });
    const three = await answerTo(second, order());
    await second.close();
    expect([two.body.id, three.body.id]).toEqual([one.body.id, one.body.id]);
    expect(service.ledger.received()).toBe(1);
  });

  it("is neither sent again nor called lost when it ends while it is looked up", async () => {
    const service = fakeGraph();
    const { journal } = heard(await newJournal());
    const order = () => post<{ id: string }>("me/messages", { subject: "17" }, { label: "17" });
    let finds = 0;
    let first: Promise<unknown> = Promise.resolve();
    const slow: Journal = {
      ...journal,
      find: (mailbox, keys) =>
        Effect.tap(
          journal.find(mailbox, keys),
          () => ++finds === 2 ? Effect.promise(() => first) : Effect.void,
        ),
    };
    const batcher = fleetOf(service, { journal: slow, client: byLabel });
    service.next({ name: "latency", ms: 50 });
    const one = answerTo(batcher, order());
    first = one;
    await until(() => service.posts === 1);
    const two = await answerTo(batcher, order());
    expect(two.body.id).toBe((await one).body.id);
    expect([service.posts, finds]).toEqual([1, 3]);
    await batcher.close();
  });

  it("ends as uncertain, and is not sent again, when the runner that had sent it is gone", async () => {
    const service = fakeGraph();
    const journal = await newJournal();
    const mail = () => post("me/messages", { subject: "once" }, { label: "mail" });
    const dying = fleetOf(service, { journal, client: byLabel });
    service.next(NO_ANSWER);
    const lost = dying.send(mail()).subscribe({ error: () => {} });
    await until(() => service.posts === 1);

    const next = fleetOf(service, { journal, client: byLabel });
    const error = await errorOf(next, mail());
    expect(error).toMatchObject({ _tag: "NotExecutedError", certain: false });
    expect(service.posts).toBe(1);
    const uncertain = await Effect.runPromise(journal.uncertain(undefined, 10));
    expect(uncertain.map(({ key, mailbox }) => [key, mailbox])).toEqual([["=mail", "me"]]);
    await next.close();
    lost.unsubscribe();
  });

  it("goes again when it surely did not run", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service, {
      client: byLabel,
      graph: { retry: false },
    });
    const mail = () => post("me/messages", { subject: "again" }, { label: "again" });
    service.next({ name: "status", status: 429, on: "part", times: 1 });
    expect(await errorOf(batcher, mail())).toMatchObject({ status: 429 });
    expect((await answerTo(batcher, mail())).status).toBe(201);
    await batcher.close();
  });

  it("goes again when it may, and its runner is gone", async () => {
    const service = fakeGraph();
    const journal = await newJournal();
    const read = () => get("me/messages", { label: "read" });
    const dying = fleetOf(service, { journal, client: byLabel });
    service.next(NO_ANSWER);
    const lost = dying.send(read()).subscribe({ error: () => {} });
    await until(() => service.posts === 1);
    const next = fleetOf(service, { journal, client: byLabel });
    expect((await answerTo(next, read())).status).toBe(200);
    await next.close();
    lost.unsubscribe();
  });

  it.each([
    ["another body", () => post("me/messages", { subject: "18" }, { label: "order" })],
    ["another URL", () => post("me/events", { subject: "17" }, { label: "order" })],
    ["another method", () => get("me/messages", { label: "order" })],
  ])("is refused when it stands for another request: %s", async (_what, another) => {
    const service = fakeGraph();
    const batcher = fleetOf(service, { client: byLabel, graph: { maxWaitMs: 20 } });
    const order = () => post("me/messages", { subject: "17" }, { label: "order" });
    const first = answerTo(batcher, order());
    const meanwhile = await errorOf(batcher, another());
    expect((await first).status).toBe(201);
    for (const error of [meanwhile, await errorOf(batcher, another())]) {
      expect(error).toBeInstanceOf(OperationError);
      expect(error.message).toContain("a key of keyOf must stand for one request");
      expect(error.attempts).toBe(0);
    }
    expect((await answerTo(batcher, order())).status).toBe(201);
    expect(service.ledger.received()).toBe(1);
    await batcher.close();
  });

  it("may stand for another request when the first surely did not run", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service, { client: byLabel, graph: { retry: false } });
    service.next({ name: "status", status: 429, on: "part", times: 1 });
    const one = post("me/messages", { subject: "one" }, { label: "key" });
    expect(await errorOf(batcher, one)).toMatchObject({ status: 429 });
    const two = post("me/messages", { subject: "two" }, { label: "key" });
    expect((await answerTo(batcher, two)).status).toBe(201);
    await batcher.close();
  });

  it("is refused when its key is none", async () => {
    const batcher = fleetOf(fakeGraph(), { client: { keyOf: () => "" } });
    const error = await errorOf(batcher, get("me/messages"));
    expect(error.message).toContain("keyOf must give a string of 1 to 200 characters");
    await batcher.close();
  });
});

describe("a mailbox that another runner has taken", () => {
  it("sends nothing of what waits here", async () => {
    const service = fakeGraph();
    const journal = await newJournal();
    const before = fleetOf(service, { journal });
    await answerTo(before, get("me/messages"));
    const after = fleetOf(service, { journal });
    await answerTo(after, get("me/messages"));
    const { posts } = service;

    const stale = before.send(post("me/messages", { subject: "stale" })).subscribe();
    // what another mailbox sends has been marked behind it
    await answerTo(before, post("users/rufus@contoso.com/messages", { subject: "other" }));
    expect(service.posts).toBe(posts + 1);
    stale.unsubscribe();
    await after.close();
  });
});

/** A journal that keeps what is written into it. */
function heard(journal: Journal): { readonly journal: Journal; readonly written: Settlement[] } {
  const written: Settlement[] = [];
  const settle: Journal["settle"] = (settlements) => {
    written.push(...settlements);
    return journal.settle(settlements);
  };
  return {
    written,
    journal: {
      take: (mailbox) => journal.take(mailbox),
      pause: (mailbox, isPaused) => journal.pause(mailbox, isPaused),
      find: (mailbox, keys) => journal.find(mailbox, keys),
      mark: (marks) => journal.mark(marks),
      settle,
      clear: (keys) => journal.clear(keys),
      uncertain: (mailbox, limit) => journal.uncertain(mailbox, limit),
      prune: (outdated) => journal.prune(outdated),
      report: (report) => journal.report(report),
    },
  };
}

const failing: Layer.Layer<Sharding.Sharding, Error> = Layer.effect(
  Sharding.Sharding,
  Effect.fail(new Error("no database")),
);
