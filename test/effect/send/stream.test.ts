import { Deferred, Duration, Effect, Exit, Fiber, Ref, Stream } from "effect";
import { TestClock } from "effect/testing";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { plainService, runTest, Server, settle } from "../support.ts";

describe("stream", () => {
  it("gives one result for each operation, whatever becomes of it", () =>
    runTest(Effect.gen(function* () {
      const server = new Server((url) => ({ status: url === "3" ? 404 : 200 }));
      const { stream } = yield* plainService(server, { maxBatchSize: 5 });
      const operations = Stream.map(Stream.range(1, 12), (number) => get(`${number}`));
      const results = yield* Stream.runCollect(stream(operations));
      expect(results.map(({ operation }) => operation.url).sort()).toHaveLength(12);
      expect(results.filter(({ ok }) => !ok).map(({ operation }) => operation.url)).toEqual(["3"]);
      expect(server.batches.map((batch) => batch.length)).toEqual([5, 5, 2]);
    })));

  it("ends with an empty stream", () =>
    runTest(Effect.gen(function* () {
      const { stream } = yield* plainService(new Server());
      expect(yield* Stream.runCount(stream(Stream.empty))).toBe(0);
    })));

  it("pulls no faster than batches leave", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const pulled = yield* Ref.make(0);
      const { stream } = yield* plainService(server, { maxBatchSize: 2, concurrency: 1 });
      const operations = Stream.range(1, 100).pipe(
        Stream.rechunk(1),
        Stream.map((number) => get(`${number}`)),
        Stream.tap(() => Ref.update(pulled, (count) => count + 1)),
      );
      const fiber = yield* Effect.forkChild(Stream.runDrain(stream(operations, { maxInHand: 4 })));
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
      const { stream } = yield* plainService(new Server(), { maxBatchSize: 1 });
      const operations = Stream.range(1, 100).pipe(
        Stream.rechunk(1),
        Stream.map((number) => get(`${number}`)),
        Stream.tap(() => Ref.update(pulled, (count) => count + 1)),
      );
      const taken = yield* Stream.runCollect(
        Stream.take(stream(operations, { maxInHand: 3 }), 2),
      );
      expect(taken).toHaveLength(2);
      expect(yield* Ref.get(pulled)).toBeLessThanOrEqual(6);
    })));

  it("leaves what is in hand when it is interrupted, and stops the source", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const stopped = yield* Deferred.make<string>();
      const { stream } = yield* plainService(server, { maxBatchSize: 2 });
      const operations = Stream.concat(Stream.make(get("a"), get("b"), get("c")), Stream.never)
        .pipe(
          Stream.ensuring(Deferred.succeed(stopped, "stopped")),
        );
      const fiber = yield* Effect.forkChild(Stream.runDrain(stream(operations)));
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
      const { stream } = yield* plainService(server, { maxBatchSize: 1 });
      const operations = Stream.concat(Stream.make(get("a")), Stream.fail("broken" as const));
      const failure: "broken" = yield* Effect.flip(Stream.runDrain(stream(operations)));
      expect(failure).toBe("broken");
      expect(server.aborted).toBe(1);
    })));

  it("dies as its source dies", () =>
    runTest(Effect.gen(function* () {
      const { stream } = yield* plainService(new Server());
      const exit = yield* Effect.exit(Stream.runDrain(stream(Stream.die(new Error("broken")))));
      expect(Exit.isFailure(exit) && exit.cause.toString()).toContain("broken");
    })));

  it("dies of what is no option", () =>
    runTest(Effect.gen(function* () {
      const { stream } = yield* plainService(new Server());
      const exit = yield* Effect.exit(
        Stream.runDrain(stream(Stream.make(get("a")), { maxInHand: 0 })),
      );
      expect(Exit.isFailure(exit) && exit.cause.toString()).toContain("maxInHand");
    })));

  it("has what its source needs", () =>
    runTest(Effect.gen(function* () {
      const { stream } = yield* plainService(new Server());
      const operations = Stream.fromEffect(Effect.acquireRelease(
        Effect.succeed(get("a")),
        () => Effect.void,
      ));
      expect(yield* Stream.runCount(stream(operations))).toBe(1);
    })));
});

describe("events", () => {
  it("tell what happens, and end with the service", () =>
    runTest(Effect.gen(function* () {
      const types = yield* Effect.scoped(Effect.gen(function* () {
        const { send, events } = yield* plainService(new Server(), { maxBatchSize: 1 });
        const fiber = yield* Effect.forkDetach(Stream.runCollect(events));
        yield* settle;
        yield* send(get("a"));
        return fiber;
      }));
      const events = yield* Fiber.join(types);
      expect(events.map(({ type }) => type)).toEqual(["queued", "sent", "settled", "answered"]);
    })));
});

/** Lets promises and fibers run as far as they can. */
const promises = Effect.forEach(
  Array.from({ length: 40 }),
  () => Effect.andThen(Effect.promise(() => Promise.resolve()), Effect.yieldNow),
  { discard: true },
);
