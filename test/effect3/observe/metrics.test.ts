import { Duration, Effect, Fiber, Metric, TestClock } from "effect3";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { batchMetrics } from "../../../src/effect3.ts";
import { plainService, runTest, Server, settle } from "../support.ts";

const { queued, inFlight, retried } = batchMetrics;
const counts = Effect.map(
  Effect.all([Metric.value(queued), Metric.value(inFlight), Metric.value(retried)]),
  (states) => states.map(({ count }) => count),
);

/** Metrics belong to the whole program, so other tests may have counted too. */
const since = (before: readonly number[]) =>
  Effect.map(counts, (now) => now.map((count, index) => count - before[index]!));

describe("metrics", () => {
  it("count what waits and what is in flight", () =>
    runTest(Effect.gen(function* () {
      const before = yield* counts;
      const server = new Server("later");
      const { send } = yield* plainService(server, { maxBatchSize: 2, concurrency: 1 });
      const fibers = yield* Effect.forEach(
        ["a", "b", "c"],
        (url) => Effect.fork(send(get(url))),
      );
      yield* settle;
      expect(yield* since(before)).toEqual([1, 2, 0]);
      yield* TestClock.adjust(Duration.millis(10));
      server.release();
      yield* Fiber.join(fibers[0]!);
      yield* settle;
      expect(yield* since(before)).toEqual([0, 1, 0]);
      yield* Fiber.interrupt(fibers[2]!);
      expect(yield* since(before)).toEqual([0, 0, 0]);
    })));

  it("count what is sent again", () =>
    runTest(Effect.gen(function* () {
      const before = yield* counts;
      let posts = 0;
      const server = new Server(() =>
        ++posts < 3 ? { status: 429, headers: { "retry-after": "5" } } : {}
      );
      const { send } = yield* plainService(server, { maxBatchSize: 1 });
      const fiber = yield* Effect.fork(send(get("a")));
      yield* settle;
      expect(yield* since(before)).toEqual([1, 0, 1]);
      yield* TestClock.adjust(Duration.seconds(5));
      expect(yield* since(before)).toEqual([1, 0, 2]);
      yield* TestClock.adjust(Duration.seconds(5));
      yield* Fiber.join(fiber);
      expect(yield* since(before)).toEqual([0, 0, 2]);
    })));

  it("carry the labels of the program that sends", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { send } = yield* plainService(server, { maxBatchSize: 1 });
      const fabrikam = Metric.tagged(inFlight, "tenant", "fabrikam");
      const fiber = yield* Effect.fork(Effect.tagMetrics(send(get("a")), "tenant", "fabrikam"));
      yield* settle;
      expect((yield* Metric.value(fabrikam)).count).toBe(1);
      server.release();
      yield* Fiber.join(fiber);
      yield* settle;
      expect((yield* Metric.value(fabrikam)).count).toBe(0);
    })));

  it("say how long a POST took, in seconds, by where it went and its status", () =>
    runTest(Effect.gen(function* () {
      const tenant = Effect.tagMetrics("tenant", "contoso");
      const server = new Server("later");
      const { send } = yield* tenant(plainService(server, { maxBatchSize: 1 }));
      const fiber = yield* Effect.fork(send(get("a")));
      yield* settle;
      yield* TestClock.adjust("2 seconds");
      server.release();
      yield* Fiber.join(fiber);
      yield* settle;
      const answered = batchMetrics.duration.pipe(
        Metric.tagged("tenant", "contoso"),
        Metric.tagged("server.address", "plain.example"),
        Metric.tagged("server.port", "443"),
        Metric.tagged("http.response.status_code", "200"),
      );
      expect(yield* Metric.value(answered)).toMatchObject({ count: 1, sum: 2 });
    })));

  it("come back to nothing, whatever happened", () =>
    runTest(Effect.gen(function* () {
      const before = yield* counts;
      const server = new Server((url) => ({ status: url.endsWith("7") ? 404 : 200 }));
      const { send } = yield* plainService(server, { maxBatchSize: 3 });
      const first = get("first");
      yield* Effect.forEach(
        [
          ...Array.from({ length: 50 }, (_, index) => get(`${index}`)),
          first,
          first,
          get("after", { dependsOn: [first] }),
          get("refused", { dependsOn: [get("never-sent")] }),
        ],
        (operation, index) =>
          index % 5 === 0
            ? Effect.ignore(Effect.timeout(send(operation), Duration.zero))
            : Effect.ignore(send(operation)),
        { concurrency: "unbounded" },
      ).pipe(Effect.fork, Effect.tap(() => TestClock.adjust(Duration.seconds(1))), Effect.flatten);
      expect((yield* since(before)).slice(0, 2)).toEqual([0, 0]);
    })));
});
