import { Deferred, Duration, Effect, Exit, Fiber, Ref, Stream, TestClock } from "effect3";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { arrayOf, plainService, runTest, Server, settle } from "../support.ts";

describe("sendAll", () => {
  it("gives one result for each operation, whatever becomes of it", () =>
    runTest(Effect.gen(function* () {
      const server = new Server((url) => ({ status: url === "3" ? 404 : 200 }));
      const { sendAll } = yield* plainService(server, { maxBatchSize: 5 });
      const operations = Stream.map(Stream.range(1, 12), (number) => get(`${number}`));
      const results = arrayOf(yield* Stream.runCollect(sendAll(operations)));
      expect(results.map(({ operation }) => operation.url).sort()).toHaveLength(12);
      expect(results.filter(({ ok }) => !ok).map(({ operation }) => operation.url)).toEqual(["3"]);
      expect(server.batches.map((batch) => batch.length)).toEqual([5, 5, 2]);
    })));

  it("ends with an empty stream", () =>
    runTest(Effect.gen(function* () {
      const { sendAll } = yield* plainService(new Server());
      expect(yield* Stream.runCount(sendAll(Stream.empty))).toBe(0);
    })));

  it("pulls no faster than batches leave", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const pulled = yield* Ref.make(0);
      const { sendAll } = yield* plainService(server, { maxBatchSize: 2, concurrency: 1 });
      const operations = Stream.range(1, 100).pipe(
        Stream.rechunk(1),
        Stream.map((number) => get(`${number}`)),
        Stream.tap(() => Ref.update(pulled, (count) => count + 1)),
      );
      const fiber = yield* Effect.fork(Stream.runDrain(sendAll(operations, { maxInHand: 4 })));
      yield* promises;
      expect(yield* Ref.get(pulled)).toBe(4);
      expect(server.batches).toEqual([["1", "2"]]);
      server.release();
      yield* promises;
      expect(yield* Ref.get(pulled)).toBe(6);
      yield* Fiber.interrupt(fiber);
    })));

  it("pulls no faster than results are taken", () =>
    runTest(Effect.gen(function* () {
      const pulled = yield* Ref.make(0);
      const { sendAll } = yield* plainService(new Server(), { maxBatchSize: 1 });
      const operations = Stream.range(1, 100).pipe(
        Stream.rechunk(1),
        Stream.map((number) => get(`${number}`)),
        Stream.tap(() => Ref.update(pulled, (count) => count + 1)),
      );
      const taken = yield* Stream.runCollect(
        Stream.take(sendAll(operations, { maxInHand: 3 }), 2),
      );
      expect(taken).toHaveLength(2);
      expect(yield* Ref.get(pulled)).toBeLessThanOrEqual(6);
    })));

  it("leaves what is in hand when it is interrupted, and stops the source", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const stopped = yield* Deferred.make<string>();
      const { sendAll } = yield* plainService(server, { maxBatchSize: 2 });
      const operations = Stream.concat(Stream.make(get("a"), get("b"), get("c")), Stream.never)
        .pipe(
          Stream.ensuring(Deferred.succeed(stopped, "stopped")),
        );
      const fiber = yield* Effect.fork(Stream.runDrain(sendAll(operations)));
      yield* promises;
      expect(server.batches).toEqual([["a", "b"]]);
      yield* Fiber.interrupt(fiber);
      expect(yield* Deferred.await(stopped)).toBe("stopped");
      expect(server.aborted).toBe(1);
      yield* TestClock.adjust(Duration.seconds(1));
      expect(server.batches).toHaveLength(1);
    })));

  it("fails as its source fails, and leaves what is in hand", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { sendAll } = yield* plainService(server, { maxBatchSize: 1 });
      const operations = Stream.concat(Stream.make(get("a")), Stream.fail("broken" as const));
      const failure: "broken" = yield* Effect.flip(Stream.runDrain(sendAll(operations)));
      expect(failure).toBe("broken");
      expect(server.aborted).toBe(1);
    })));

  it("dies as its source dies", () =>
    runTest(Effect.gen(function* () {
      const { sendAll } = yield* plainService(new Server());
      const exit = yield* Effect.exit(Stream.runDrain(sendAll(Stream.dieMessage("broken"))));
      expect(Exit.isFailure(exit) && exit.cause.toString()).toContain("broken");
    })));

  it("dies of what is no option", () =>
    runTest(Effect.gen(function* () {
      const { sendAll } = yield* plainService(new Server());
      const exit = yield* Effect.exit(
        Stream.runDrain(sendAll(Stream.make(get("a")), { maxInHand: 0 })),
      );
      expect(Exit.isFailure(exit) && exit.cause.toString()).toContain("maxInHand");
    })));

  it("has what its source needs", () =>
    runTest(Effect.gen(function* () {
      const { sendAll } = yield* plainService(new Server());
      const operations = Stream.fromEffect(Effect.acquireRelease(
        Effect.succeed(get("a")),
        () => Effect.void,
      ));
      expect(yield* Stream.runCount(Stream.scoped(Effect.succeed(1)))).toBe(1);
      expect(yield* Stream.runCount(sendAll(operations))).toBe(1);
    })));
});

describe("events", () => {
  it("tell what happens, and end with the service", () =>
    runTest(Effect.gen(function* () {
      const types = yield* Effect.scoped(Effect.gen(function* () {
        const { send, events } = yield* plainService(new Server(), { maxBatchSize: 1 });
        const fiber = yield* Effect.forkDaemon(Stream.runCollect(events));
        yield* settle;
        yield* send(get("a"));
        return fiber;
      }));
      const events = arrayOf(yield* Fiber.join(types));
      expect(events.map(({ type }) => type)).toEqual(["queued", "sent", "settled", "answered"]);
    })));
});

/** Lets promises and fibers run as far as they can. */
const promises = Effect.forEach(
  Array.from({ length: 40 }),
  () => Effect.zipRight(Effect.promise(() => Promise.resolve()), Effect.yieldNow()),
  { discard: true },
);
