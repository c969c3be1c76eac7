import { Duration, Effect, Equal, Fiber, Hash, Request, TestClock } from "effect3";
import { describe, expect, it } from "vitest";
import { del, get, head, type Operation, post } from "../../../mod.ts";
import { operationRequest } from "../../../src/effect3.ts";
import { decode } from "../../../src/schema.ts";
import { Schema } from "@effect/schema";
import { plainService, runTest, Server, settle } from "../support.ts";

const caching = Effect.withRequestCaching(true);

describe("request", () => {
  it("leaves in one go with all that Effect.forEach collects", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { request } = yield* plainService(server, { maxWaitMs: 0 });
      const urls = Array.from({ length: 45 }, (_, index) => `${index}`);
      const answers = yield* Effect.forEach(urls, (url) => request(get(url)), { batching: true });
      expect(server.batches.map((batch) => batch.length)).toEqual([20, 20, 5]);
      expect(answers.map(({ operation }) => operation.url)).toEqual(urls);
    })));

  it("fails for itself alone", () =>
    runTest(Effect.gen(function* () {
      const server = new Server((url) => ({ status: url === "b" ? 404 : 200 }));
      const { request } = yield* plainService(server, { maxWaitMs: 0 });
      const statuses = yield* Effect.forEach(["a", "b", "c"], (url) =>
        request(get(url)).pipe(
          Effect.map(({ status }) => status),
          Effect.catchTag("ResponseError", ({ status }) => Effect.succeed(status)),
        ), { batching: true });
      expect(statuses).toEqual([200, 404, 200]);
      expect(server.batches).toEqual([["a", "b", "c"]]);
    })));

  it("asks once for equal reads when caching is on, and keeps the answer", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { request } = yield* plainService(server, { maxWaitMs: 0 });
      const urls = ["a", "b", "a", "a"];
      const first = yield* caching(
        Effect.forEach(urls, (url) => request(get(url)), { batching: true }),
      );
      expect(server.batches).toEqual([["a", "b"]]);
      expect(first).toHaveLength(4);
      yield* caching(request(get("a")));
      expect(server.batches).toHaveLength(1);
      yield* request(get("a"));
      expect(server.batches).toHaveLength(2);
    })));

  it("asks twice for what changes something", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { request } = yield* plainService(server, { maxWaitMs: 0 });
      const send = () => request(post("a", {}));
      yield* caching(Effect.all([send(), send()], { batching: true }));
      expect(server.batches).toEqual([["a", "a"]]);
    })));

  it("keeps nothing of one service for another", () =>
    runTest(Effect.gen(function* () {
      const [mine, theirs] = [new Server(), new Server()];
      const me = yield* plainService(mine, { maxWaitMs: 0 });
      const they = yield* plainService(theirs, { maxWaitMs: 0 });
      yield* caching(Effect.all([me.request(get("a")), they.request(get("a"))]));
      expect([mine.batches, theirs.batches]).toEqual([[["a"]], [["a"]]]);
    })));

  it("is withdrawn with the fiber that waits", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { request, send } = yield* plainService(server, { maxWaitMs: 10 });
      const left = yield* Effect.fork(
        Effect.forEach(["a", "b"], (url) => request(get(url)), { concurrency: "unbounded" }),
      );
      const kept = yield* Effect.fork(send(get("c")));
      yield* settle;
      yield* Fiber.interrupt(left);
      yield* TestClock.adjust(Duration.millis(10));
      yield* Fiber.join(kept);
      expect(server.batches).toEqual([["c"]]);
    })));

  it("stays as long as somebody else waits for the same", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { request } = yield* plainService(server, { maxBatchSize: 1 });
      const left = yield* Effect.fork(caching(request(get("a"))));
      yield* settle;
      const kept = yield* Effect.fork(caching(request(get("a"))));
      yield* settle;
      yield* Effect.fork(Fiber.interrupt(left));
      yield* settle;
      expect(server.aborted).toBe(0);
      server.release();
      expect(yield* Fiber.join(kept)).toMatchObject({ status: 200 });
      expect(server.batches).toHaveLength(1);
    })));

  it("aborts a batch that nobody waits for any more", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { request } = yield* plainService(server, { maxBatchSize: 1 });
      const fiber = yield* Effect.fork(request(get("a")));
      yield* settle;
      yield* Fiber.interrupt(fiber);
      expect(server.aborted).toBe(1);
    })));

  it("is asked again after it was interrupted, also with caching", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { request } = yield* plainService(server, { maxBatchSize: 1 });
      const fiber = yield* Effect.fork(caching(request(get("a"))));
      yield* settle;
      yield* Fiber.interrupt(fiber);
      const again = yield* Effect.fork(caching(request(get("a"))));
      yield* settle;
      server.release();
      expect(yield* Fiber.join(again)).toMatchObject({ status: 200 });
      expect(server.batches).toHaveLength(2);
    })));

  it("works with requests of one's own making", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { resolver } = yield* plainService(server, { maxWaitMs: 0 });
      const request = operationRequest(get("a"), resolver);
      expect(Request.isRequest(request)).toBe(true);
      expect(yield* Effect.request(request, resolver)).toMatchObject({ status: 200 });
    })));
});

describe("two requests", () => {
  const resolver = {};
  const schema = decode(Schema.Number);
  const first = get("a");

  it.each<[string, boolean, Operation, Operation]>([
    ["that read the same", true, get("a"), get("a")],
    ["of two accounts", false, get("a", { account: "ada" }), get("a", { account: "grace" })],
    ["that are read otherwise", false, get("a"), get("a", { read: "bytes" })],
    ["to which a 404 is an answer", false, get("a"), get("a", { okStatuses: [404] })],
    ["of one operation", true, first, first],
    ["of one operation that changes something", true, ...twice(del("a"))],
    ["with the same schema", true, get("a", { schema }), get("a", { schema })],
    ["whose headers differ in letter case alone", true, accepting("Accept"), accepting("accept")],
    ["with and without the default context", true, get("a"), get("a", { context: "me" })],
    ["with other URLs", false, get("a"), get("b")],
    ["with other methods", false, get("a"), head("a")],
    ["with another schema", false, get("a", { schema }), get("a")],
    ["with other headers", false, get("a"), accepting("Accept")],
    ["in another context", false, get("a"), get("a", { context: "users('x')" })],
    ["that change something", false, del("a"), del("a")],
    ["that wait for others", false, get("a", { dependsOn: [first] }), get("a")],
    ["with an ordering key", false, get("a", { orderingKey: "x" }), get("a", { orderingKey: "x" })],
  ])("%s: %s", (_, expected, left, right) => {
    const [a, b] = [operationRequest(left, resolver), operationRequest(right, resolver)];
    expect(Equal.equals(a, b)).toBe(expected);
    if (expected) expect(Hash.hash(a)).toBe(Hash.hash(b));
  });

  it("through other resolvers are not equal", () => {
    expect(Equal.equals(operationRequest(first, {}), operationRequest(first, {})))
      .toBe(false);
  });
});

function twice(operation: Operation): [Operation, Operation] {
  return [operation, operation];
}

function accepting(name: string): Operation {
  return get("a", { headers: { [name]: "application/json" } });
}
