import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Effect, Layer, ManagedRuntime } from "effect";
import { SqlClient } from "effect/sql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGraphBatcher, fetchTransport, post } from "../../../mod.ts";
import { embedded, mailboxLayer } from "../../../src/cluster.ts";
import { wireOperationOf } from "../../../src/cluster/message/request.ts";
import { ReadVersions } from "../../../src/cluster/message/version.ts";
import { delivers, keeps, type Message } from "../../../src/cluster/runner/entity.ts";
import { fakeGraph, type FakeService } from "../../../src/testing.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/rxbatch-upgrade-`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A runner that reads these forms of messages; there is one after another on the same folder. */
function runner(service: FakeService, versions: readonly number[]) {
  const options = { token: service.token, transport: fetchTransport(service.fetch), maxWaitMs: 1 };
  const mailboxes = Layer.provide(
    mailboxLayer({ create: createGraphBatcher, options }),
    Layer.succeed(ReadVersions, versions),
  );
  return ManagedRuntime.make(Layer.provideMerge(mailboxes, embedded({ folder })));
}

/** A message of this form. */
function messageOf(version: number, key = `v${version}`): Message {
  const operation = post("me/messages", { subject: key });
  const operations = [wireOperationOf(operation, { key, isKept: false })];
  return { version, key, wantsEvents: false, content: JSON.stringify({ operations }) };
}

/** A client that waits for the answer. */
function send(message: Message) {
  return Effect.flatMap(delivers, (deliver) => deliver("me", message, { isPersisted: true }));
}

/** A client that dies when its message is stored. */
function store(message: Message) {
  return Effect.flatMap(keeps, (keepFor) => keepFor("me")(message));
}

const stored = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ processed: boolean }>`SELECT processed FROM cluster_messages ORDER BY rowid`,
);

it(
  "a message of the next version waits for a runner of it, which reads those of this one too",
  async () => {
    const service = fakeGraph();
    const old = runner(service, [1]);
    await old.runPromise(store(messageOf(2)));
    // a mailbox that has one that it cannot read goes on with the others
    expect(await old.runPromise(send(messageOf(1)))).toContain('"outcomes"');
    expect(service.posts).toBe(1);
    expect((await old.runPromise(stored)).map(({ processed }) => processed)).toEqual([false, true]);
    await old.runPromise(store(messageOf(1, "later")));
    await old.dispose();

    const upgraded = runner(service, [1, 2]);
    expect(await upgraded.runPromise(send(messageOf(2)))).toContain('"outcomes"');
    expect(await upgraded.runPromise(send(messageOf(1, "later")))).toContain('"outcomes"');
    expect(service.ledger.received()).toBe(3);
    await upgraded.dispose();
  },
  60_000,
);
