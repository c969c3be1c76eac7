import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Effect, Layer, ManagedRuntime } from "effect";
import { SqlClient } from "effect/sql";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createGraphBatcher, fetchTransport, post } from "../../../mod.ts";
import { embedded, type Journal, mailboxLayer, sqlJournal } from "../../../src/cluster.ts";
import { wireOperationOf } from "../../../src/cluster/message/request.ts";
import { delivers, operates } from "../../../src/cluster/runner/entity.ts";
import { forget } from "../../../src/cluster/runner/retention.ts";
import { fakeGraph } from "../../../src/testing.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/rxbatch-retention-`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const messages = yield* sql<{ id: string }>`
    SELECT payload::jsonb ->> 'key' AS id FROM cluster_messages WHERE kind = 0 ORDER BY rowid`;
  const replies = yield* sql`SELECT id FROM cluster_replies`;
  const marks = yield* sql<{ id: string }>`SELECT key AS id FROM rxbatch_mark ORDER BY at_ms`;
  return {
    messages: messages.map(({ id }) => id),
    replies: replies.length,
    marks: marks.map(({ id }) => id),
  };
});

it(
  "what was answered goes after retention, in both tables of the engine and in the journal; the rest stays",
  async () => {
    const service = fakeGraph();
    const options = {
      token: service.token,
      transport: fetchTransport(service.fetch),
      maxWaitMs: 1,
    };
    const mailboxes = mailboxLayer({ create: createGraphBatcher, options });
    const runtime = ManagedRuntime.make(Layer.provideMerge(mailboxes, embedded({ folder })));
    const journal: Journal = await runtime.runPromise(sqlJournal());
    const send = (...subjects: readonly string[]) =>
      Effect.flatMap(delivers, (deliver) => {
        const operations = subjects.map((subject) =>
          wireOperationOf(post("me/messages", { subject }), { key: subject, isKept: false })
        );
        const content = JSON.stringify({ operations });
        const message = { version: 1, key: subjects.join(), wantsEvents: false, content };
        return deliver("me", message, { isPersisted: true });
      });

    await runtime.runPromise(send("answered"));
    await runtime.runPromise(operates("me", "pause"));
    // one of its two has ended before the mailbox was paused, as the journal knows
    await runtime.runPromise(
      journal.settle([{
        ...{ mailbox: "me", key: "ended", message: "ended,waits", label: undefined },
        ...{ outcome: '{"attempts":1,"responses":[]}', mayHaveRun: true, isUncertain: false },
      }]),
    );
    const waiting = runtime.runPromise(send("ended", "waits"));
    await vi.waitUntil(async () => (await runtime.runPromise(operates("me", "look"))).queued === 1);

    await runtime.runPromise(forget(journal, "1 hour"));
    expect(await runtime.runPromise(tables)).toEqual({
      messages: ["answered", "ended,waits"],
      replies: 1,
      marks: ["answered", "ended"],
    });

    await runtime.runPromise(forget(journal, "-1 hour")); // an hour later
    expect(await runtime.runPromise(tables)).toEqual({
      messages: ["ended,waits"],
      replies: 0,
      marks: ["answered", "ended"], // an outcome may be needed to answer the mailbox
    });

    await runtime.runPromise(operates("me", "resume"));
    const { outcomes } = JSON.parse(await waiting);
    expect(outcomes[1].responses[0].status).toBe(201);
    await runtime.runPromise(forget(journal, "-1 hour"));
    expect(await runtime.runPromise(tables)).toEqual({ messages: [], replies: 0, marks: [] });
    await runtime.dispose();
  },
  60_000,
);
