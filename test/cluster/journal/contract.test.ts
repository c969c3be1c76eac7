import { PGlite } from "@electric-sql/pglite";
import { Effect, Layer, ManagedRuntime } from "effect";
import { Reactivity } from "effect/reactivity";
import { SqlClient } from "effect/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Journal, type Mark, memoryJournal, sqlJournal } from "../../../src/cluster.ts";
import { clientOf } from "../../../src/cluster/fleet/folder_client.ts";

const database = Layer.effect(
  SqlClient.SqlClient,
  Effect.flatMap(
    Effect.acquireRelease(
      Effect.promise(() => PGlite.create()),
      (pglite) => Effect.promise(() => pglite.close()),
    ),
    clientOf,
  ),
).pipe(Layer.provide(Reactivity.layer));

const runtime = ManagedRuntime.make(database);
beforeAll(() => runtime.context(), 60_000);
afterAll(() => runtime.dispose());

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect);

let made = 0;
const journals: Readonly<Record<string, () => Promise<Journal>>> = {
  "in memory": () => run(memoryJournal()),
  "in PostgreSQL": () => runtime.runPromise(sqlJournal({ prefix: `journal${++made}` })),
};

function markOf(key: string, epoch: number, more: Partial<Mark> = {}): Mark {
  const mark = { mailbox: "me", key, epoch, message: "m1", isUnsafe: true };
  return { ...mark, label: undefined, digest: undefined, ...more };
}

function endOf(key: string, outcome = "done", isUncertain = false) {
  const end = { mailbox: "me", key, message: "m1", label: undefined, mayHaveRun: true };
  return { ...end, outcome, isUncertain };
}

describe.each(Object.entries(journals))("a journal %s", (_where, create) => {
  it("knows what was marked, and how it ended", async () => {
    const journal = await create();
    expect(await run(journal.take("me"))).toEqual({ epoch: 1, isPaused: false });
    const marks = [markOf("a", 1, { label: "A", digest: "d" }), markOf("b", 1)];
    expect(await run(journal.mark(marks))).toEqual(new Set());
    await run(journal.settle([endOf("a", "first"), { ...endOf("a", "last"), label: "A" }]));
    const [a, b] = (await run(journal.find("me", ["a", "b", "c"])))
      .toSorted((one, other) => one.key.localeCompare(other.key));
    expect(a).toMatchObject({ key: "a", epoch: 1, outcome: "last", label: "A", digest: "d" });
    expect(b).toMatchObject({ key: "b", outcome: undefined, isUnsafe: true, digest: undefined });
    expect(await run(journal.find("you", ["a"]))).toEqual([]);
  });

  it("marks nothing for who held the mailbox before", async () => {
    const journal = await create();
    for (let epoch = 1; epoch <= 2; epoch++) await run(journal.take("me"));
    await run(journal.take("you"));
    const marks = [markOf("a", 1), markOf("b", 1, { mailbox: "you" })];
    expect(await run(journal.mark(marks))).toEqual(new Set(["me"]));
    expect(await run(journal.find("me", ["a"]))).toEqual([]);
    expect(await run(journal.find("you", ["b"]))).toHaveLength(1);
  });

  it("takes back marks, and no outcomes", async () => {
    const journal = await create();
    await run(journal.take("me"));
    await run(journal.mark([markOf("a", 1), markOf("b", 1)]));
    await run(journal.settle([endOf("b")]));
    await run(journal.clear([{ mailbox: "me", key: "a" }, { mailbox: "me", key: "b" }]));
    expect((await run(journal.find("me", ["a", "b"]))).map(({ key }) => key)).toEqual(["b"]);
  });

  it("lists what nobody knows, of runners that are gone and of answers that never came", async () => {
    const journal = await create();
    await run(journal.take("me"));
    await run(journal.mark([markOf("gone", 1), markOf("safe", 1, { isUnsafe: false })]));
    await run(journal.mark([markOf("lost", 1), markOf("known", 1)]));
    await run(journal.settle([endOf("lost", "?", true), endOf("known")]));
    const keys = async () =>
      (await run(journal.uncertain(undefined, 10))).map(({ key }) => key).toSorted();
    expect(await keys()).toEqual(["lost"]);
    await run(journal.take("me"));
    expect(await keys()).toEqual(["gone", "lost"]);
    expect(await run(journal.uncertain("you", 10))).toEqual([]);
    expect(await run(journal.uncertain("me", 1))).toHaveLength(1);
  });

  it("remembers a pause for whoever takes the mailbox next", async () => {
    const journal = await create();
    await run(journal.pause("me", true));
    expect((await run(journal.take("me"))).isPaused).toBe(true);
    await run(journal.pause("me", false));
    expect((await run(journal.take("me"))).isPaused).toBe(false);
  });

  it("forgets what has ended and is old, so many at a time, and not what has not ended", async () => {
    const journal = await create();
    await run(journal.take("me"));
    await run(journal.mark(["a", "b", "open"].map((key) => markOf(key, 1))));
    await run(journal.settle([endOf("a"), endOf("b"), { ...endOf("c"), mailbox: "you" }]));
    const old = { beforeMs: Date.now() + 1_000, limit: 10, except: [] };
    expect(await run(journal.prune({ ...old, beforeMs: 0 }))).toBe(0);
    expect(await run(journal.prune({ ...old, limit: 1, except: ["you"] }))).toBe(1);
    expect(await run(journal.prune({ ...old, except: ["you"] }))).toBe(1);
    expect(await run(journal.prune({ ...old, except: ["you"] }))).toBe(0);
    expect(await run(journal.prune(old))).toBe(1);
    expect((await run(journal.find("me", ["a", "b", "open"]))).map(({ key }) => key))
      .toEqual(["open"]);
  });

  it("adds up what other runners have in hand", async () => {
    const journal = await create();
    const report = (runner: string, queued: number) => run(journal.report({ runner, queued }));
    expect(await report("a", 3)).toBe(0);
    expect(await report("b", 4)).toBe(3);
    expect(await report("c", 1)).toBe(7);
    expect(await report("a", 0)).toBe(5);
    expect(await report("b", 4)).toBe(1);
  });

  it("keeps half a character, and a label with NUL in it, as far as a database can", async () => {
    const journal = await create();
    await run(journal.take("me"));
    await run(journal.mark([markOf("a", 1, { label: "\0\ud800x" })]));
    const [entry] = await run(journal.find("me", ["a"]));
    expect(entry?.label).toMatch(/x$/);
  });
});

it("a journal in PostgreSQL counts no runner that has said nothing for ten seconds", async () => {
  const journal = await runtime.runPromise(sqlJournal({ prefix: "silent" }));
  const report = (runner: string, queued: number) => run(journal.report({ runner, queued }));
  const age = (seconds: number) =>
    runtime.runPromise(Effect.flatMap(
      SqlClient.SqlClient,
      (sql) =>
        sql`UPDATE silent_load SET at = now() - ${seconds}::int * interval '1 second' WHERE runner = 'a'`,
    ));
  await report("a", 3);
  await age(8);
  expect(await report("b", 0)).toBe(3);
  await age(11);
  expect(await report("b", 0)).toBe(0);
});
