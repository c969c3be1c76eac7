import { Cause, Duration, Effect, Exit, Fiber, TestClock } from "effect3";
import { describe, expect, it } from "vitest";
import { get, post } from "../../../mod.ts";
import { plainService, runTest, Server, settle } from "../support.ts";

const answered = { status: 200 };
const missing = () => ({ status: 404, body: { error: { code: "ErrorItemNotFound" } } });

describe("send", () => {
  it("puts what is sent at the same time into one batch, when the program's clock says so", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { send } = yield* plainService(server, { maxWaitMs: 10 });
      const fiber = yield* Effect.fork(
        Effect.all([send(get("a")), send(get("b"))], { concurrency: "unbounded" }),
      );
      yield* TestClock.adjust(Duration.millis(9));
      expect(server.batches).toEqual([]);
      yield* TestClock.adjust(Duration.millis(1));
      expect(server.batches).toEqual([["a", "b"]]);
      expect(yield* Fiber.join(fiber)).toMatchObject([answered, answered]);
    })));

  it("waits for nothing but the current run when maxWaitMs is 0", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { send } = yield* plainService(server, { maxWaitMs: 0 });
      yield* Effect.all([send(get("a")), send(get("b"))], { concurrency: "unbounded" });
      expect(server.batches).toEqual([["a", "b"]]);
    })));

  it("sends nothing before it runs, and again with each run", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { send } = yield* plainService(server, { maxBatchSize: 1 });
      const twice = send(get("a"));
      expect(server.batches).toEqual([]);
      yield* Effect.zipRight(twice, twice);
      expect(server.batches).toEqual([["a"], ["a"]]);
    })));

  it("has each error of the batcher in its error channel, by its _tag", () =>
    runTest(Effect.gen(function* () {
      const { send } = yield* plainService(new Server(missing), { maxBatchSize: 1 });
      const code = yield* Effect.catchTags(send(get("a")), {
        ResponseError: ({ code }) => Effect.succeed(code),
        NotExecutedError: ({ certain }) => Effect.succeed(String(certain)),
      });
      expect(code).toBe("ErrorItemNotFound");
    })));

  it("dies of what is no operation", () =>
    runTest(Effect.gen(function* () {
      const { send } = yield* plainService(new Server());
      const exit = yield* Effect.exit(send("messages" as unknown as ReturnType<typeof get>));
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBeInstanceOf(TypeError);
    })));

  it("drives retries and pauses by the same clock", () =>
    runTest(Effect.gen(function* () {
      let posts = 0;
      const server = new Server(() =>
        ++posts === 1 ? { status: 429, headers: { "retry-after": "30" } } : {}
      );
      const { send } = yield* plainService(server, { maxBatchSize: 1 });
      const fiber = yield* Effect.fork(send(get("a")));
      yield* TestClock.adjust(Duration.seconds(29));
      expect(server.batches).toHaveLength(1);
      yield* TestClock.adjust(Duration.seconds(1));
      expect(yield* Fiber.join(fiber)).toMatchObject(answered);
      expect(server.batches).toHaveLength(2);
    })));

  it("fails with BatchTimeoutError when the same clock passes timeoutMs", () =>
    runTest(Effect.gen(function* () {
      const { send } = yield* plainService(new Server("later"), {
        maxBatchSize: 1,
        timeoutMs: 1_000,
        retry: false,
      });
      const fiber = yield* Effect.fork(Effect.flip(send(get("a"))));
      yield* TestClock.adjust(Duration.seconds(1));
      expect((yield* Fiber.join(fiber))._tag).toBe("BatchTimeoutError");
    })));

  it("answers many", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { send } = yield* plainService(server, { maxWaitMs: 0 });
      const operations = Array.from({ length: 1_000 }, (_, index) => get(`${index}`));
      yield* Effect.forEach(operations, send, { concurrency: "unbounded" });
      expect(server.batches).toHaveLength(50);
    })));
});

describe("interruption", () => {
  it("withdraws what has not left", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { send } = yield* plainService(server, { maxWaitMs: 10 });
      const left = yield* Effect.fork(send(get("a")));
      const kept = yield* Effect.fork(send(get("b")));
      yield* settle;
      yield* Fiber.interrupt(left);
      yield* TestClock.adjust(Duration.millis(10));
      yield* Fiber.join(kept);
      expect(server.batches).toEqual([["b"]]);
    })));

  it("aborts the batch when nobody waits for it any more", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { send } = yield* plainService(server, { maxBatchSize: 2 });
      const [first, second] = [
        yield* Effect.fork(send(get("a"))),
        yield* Effect.fork(send(get("b"))),
      ];
      yield* settle;
      yield* Fiber.interrupt(first);
      expect(server.aborted).toBe(0);
      yield* Fiber.interrupt(second);
      expect(server.aborted).toBe(1);
    })));

  it("lets a batch with something unsafe in it come to its end", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { send } = yield* plainService(server, { maxBatchSize: 1 });
      const fiber = yield* Effect.fork(send(post("a", {})));
      yield* settle;
      yield* Fiber.interrupt(fiber);
      expect(server.aborted).toBe(0);
      server.release();
    })));

  it("is what a timeout of Effect does", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { send } = yield* plainService(server, { maxBatchSize: 1 });
      const fiber = yield* Effect.fork(Effect.timeout(send(get("a")), Duration.seconds(1)));
      yield* TestClock.adjust(Duration.seconds(1));
      expect(Exit.isFailure(yield* Fiber.await(fiber))).toBe(true);
      expect(server.aborted).toBe(1);
    })));
});

describe("flush and events", () => {
  it("flush does not wait for the window", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { send, flush } = yield* plainService(server, { maxWaitMs: 1_000 });
      const fiber = yield* Effect.fork(send(get("a")));
      yield* settle;
      yield* flush;
      yield* Fiber.join(fiber);
      expect(server.batches).toEqual([["a"]]);
    })));
});
