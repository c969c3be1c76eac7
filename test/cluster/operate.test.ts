import { Effect } from "effect";
import { describe, expect, it } from "vitest";
import { LimitError, post } from "../../mod.ts";
import { type Journal, memoryJournal, settleByHand } from "../../src/cluster.ts";
import { fakeGraph, type FakeService } from "../../src/testing.ts";
import { answerTo, errorOf, fleetOf, until } from "./support.ts";

const newJournal = (): Promise<Journal> => Effect.runPromise(memoryJournal());
const byLabel = { keyOf: ({ label }: { readonly label: string | undefined }) => label };
const NO_ANSWER = { name: "latency", ms: Infinity } as const;

const mail = (subject: string, init = {}) => post("me/messages", { subject }, init);
const subjectsOf = (service: FakeService): string[] =>
  service.ledger.entries.map(({ bodyText }) => JSON.parse(bodyText!).subject);

describe("a mailbox in the hands of an operator", () => {
  it("sends nothing while it is paused, and then all of it in the order in which it came", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service);
    const mailbox = batcher.mailbox("me");
    expect(await mailbox.pause()).toMatchObject({ isPaused: true, queued: 0, out: 0 });
    const answers = ["1", "2", "3"].map((subject) =>
      answerTo(batcher, mail(subject, { orderingKey: "one" }))
    );
    const parent = mail("parent");
    const pair = [parent, mail("child", { dependsOn: [parent] })].map((one) =>
      answerTo(batcher, one)
    );
    await until(async () => (await mailbox.look()).queued === 2);
    expect(service.posts).toBe(0);
    expect((await mailbox.look()).oldestMs).toBeGreaterThanOrEqual(0);
    await mailbox.resume();
    await Promise.all([...answers, ...pair]);
    const subjects = subjectsOf(service);
    expect(subjects.filter((subject) => subject.length === 1)).toEqual(["1", "2", "3"]);
    expect(subjects.indexOf("child")).toBeGreaterThan(subjects.indexOf("parent"));
    expect(subjects).toHaveLength(5);
    await batcher.close();
  });

  it("takes back what waits in its batcher, and loses nothing of it", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service, { graph: { maxWaitMs: 60_000 } });
    const mailbox = batcher.mailbox("me");
    const answer = answerTo(batcher, mail("waits"));
    await until(async () => (await mailbox.look()).queued === 1);
    await mailbox.pause();
    const others = Array.from({ length: 19 }, (_, at) => answerTo(batcher, mail(`${at}`)));
    await until(async () => (await mailbox.look()).queued === 20);
    expect(service.posts).toBe(0);
    await mailbox.resume();
    await Promise.all([answer, ...others]);
    expect([service.posts, subjectsOf(service)[0]]).toEqual([1, "waits"]);
    await batcher.close();
  });

  it("stays paused when another runner takes it", async () => {
    const service = fakeGraph();
    const journal = await newJournal();
    const before = fleetOf(service, { journal });
    await before.mailbox("me").pause();
    await before.close();
    const after = fleetOf(service, { journal });
    expect(await after.mailbox("me").look()).toMatchObject({ isPaused: true });
    await after.mailbox("me").resume();
    expect((await answerTo(after, mail("again"))).status).toBe(201);
    await after.close();
  });

  it("is drained when what was there has ended; what comes meanwhile waits", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service);
    const mailbox = batcher.mailbox("me");
    service.next({ name: "latency", ms: 30 });
    const first = answerTo(batcher, mail("first"));
    await until(() => service.posts === 1);
    const drained = mailbox.drain();
    await until(async () => (await mailbox.look()).isPaused);
    const second = answerTo(batcher, mail("second"));
    expect(await drained).toMatchObject({ out: 0, isPaused: true });
    expect((await first).status).toBe(201);
    expect(subjectsOf(service)).toEqual(["first"]);
    await mailbox.resume();
    expect((await second).status).toBe(201);
    await batcher.close();
  });

  it("refuses more than maxQueued, of all clients together", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service, { maxQueued: 2 });
    await batcher.mailbox("me").pause();
    const answers = ["1", "2"].map((subject) => answerTo(batcher, mail(subject)));
    await until(async () => (await batcher.mailbox("me").look()).queued === 2);
    const error = await errorOf(batcher, mail("3"));
    expect(error).toBeInstanceOf(LimitError);
    expect(error).toMatchObject({ limit: "maxQueued", attempts: 0 });
    await batcher.mailbox("me").resume();
    await Promise.all(answers);
    expect(subjectsOf(service)).toEqual(["1", "2"]);
    await batcher.close();
  });
});

describe("a fleet with a bound", () => {
  it("refuses more than maxQueuedInFleet, of all mailboxes of all runners together", async () => {
    const service = fakeGraph();
    const journal = await newJournal();
    // what another runner has in hand
    await Effect.runPromise(journal.report({ runner: "other", queued: 2 }));
    const batcher = fleetOf(service, { maxQueuedInFleet: 4, journal });
    const boxes = ["users/a@contoso.com", "users/b@contoso.com"];
    for (const box of boxes) await batcher.mailbox(box).pause();
    const held = boxes.map((box) => batcher.send(post(`${box}/messages`, {})).subscribe());
    for (const box of boxes) {
      await until(async () => (await batcher.mailbox(box).look()).queued === 1);
    }
    const error = await errorOf(batcher, mail("one more"));
    expect(error).toBeInstanceOf(LimitError);
    expect(error).toMatchObject({ limit: "maxQueuedInFleet", attempts: 0 });
    expect(error.message).toMatch(/current value is about 4$/);
    for (const one of held) one.unsubscribe();
    for (const box of boxes) {
      await until(async () => (await batcher.mailbox(box).look()).queued === 0);
    }
    expect((await answerTo(batcher, mail("there is room"))).status).toBe(201);
    await batcher.close();
  });
});

describe("an operation that is uncertain", () => {
  /** One whose runner is gone. */
  async function uncertain() {
    const service = fakeGraph();
    const journal = await newJournal();
    const order = () => mail("order", { label: "order" });
    const dying = fleetOf(service, { journal, client: byLabel });
    service.next(NO_ANSWER);
    const lost = dying.send(order()).subscribe({ error: () => {} });
    await until(() => service.posts === 1);
    const batcher = fleetOf(service, { journal, client: byLabel });
    expect(await errorOf(batcher, order())).toMatchObject({ certain: false });
    lost.unsubscribe();
    const [entry] = await Effect.runPromise(journal.uncertain("me", 1));
    return { service, journal, order, batcher, entry: entry! };
  }

  it("has the answer that somebody found out", async () => {
    const { service, journal, order, batcher, entry } = await uncertain();
    const fate = { ran: true, status: 201, body: { id: "found" } } as const;
    await Effect.runPromise(settleByHand(journal, entry, fate));
    expect(await answerTo(batcher, order())).toMatchObject({ status: 201, body: { id: "found" } });
    expect(service.posts).toBe(1);
    expect(await Effect.runPromise(journal.uncertain(undefined, 10))).toEqual([]);
    await batcher.close();
  });

  it("goes again when somebody says that it did not run", async () => {
    const { service, journal, order, batcher, entry } = await uncertain();
    await Effect.runPromise(settleByHand(journal, entry, { ran: false }));
    expect((await answerTo(batcher, order())).status).toBe(201);
    expect(service.posts).toBe(2);
    await batcher.close();
  });
});
