import { Effect, Fiber, Stream } from "effect";
import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { plainService, runTest, Server, settle } from "../support.ts";

const three = (url: string) => {
  const place = Number(url);
  return { body: place < 3 ? { "@odata.nextLink": `${place + 1}` } : { "@odata.deltaLink": "d" } };
};

describe("pages", () => {
  it("gives all pages in order, and the link to what will have changed", () =>
    runTest(Effect.gen(function* () {
      const server = new Server(three);
      const { pages } = yield* plainService(server, { maxBatchSize: 1 });
      const read = yield* Stream.runCollect(pages(get("1")));
      expect(read.map(({ operation }) => operation.url)).toEqual(["1", "2", "3"]);
      expect(read.map(({ deltaLink }) => deltaLink)).toEqual([undefined, undefined, "d"]);
    })));

  it("asks for a page when it is pulled, and not before", () =>
    runTest(Effect.gen(function* () {
      const server = new Server(three);
      const { pages } = yield* plainService(server, { maxBatchSize: 1 });
      yield* Stream.runForEach(Stream.take(pages(get("1")), 2), () => settle);
      expect(server.batches).toEqual([["1"], ["2"]]);
    })));

  it("fails with the error of a page, after those before it", () =>
    runTest(Effect.gen(function* () {
      const server = new Server((url) => url === "2" ? { status: 404 } : three(url));
      const { pages } = yield* plainService(server, { maxBatchSize: 1 });
      const seen: string[] = [];
      const error = yield* Effect.flip(Stream.runForEach(
        pages(get("1")),
        ({ operation }) => Effect.sync(() => seen.push(operation.url)),
      ));
      expect([seen, error._tag]).toEqual([["1"], "ResponseError"]);
    })));

  it("fails with what is refused before the first page", () =>
    runTest(Effect.gen(function* () {
      const { pages } = yield* plainService(new Server());
      const error = yield* Effect.flip(Stream.runDrain(pages(get("1", { read: "text" }))));
      expect(error._tag).toBe("OperationError");
    })));

  it("leaves the page that is under way when it is interrupted", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const { pages } = yield* plainService(server, { maxBatchSize: 1 });
      const fiber = yield* Effect.forkChild(Stream.runDrain(pages(get("1"))));
      yield* settle;
      expect(server.batches).toEqual([["1"]]);
      yield* Fiber.interrupt(fiber);
      expect(server.aborted).toBe(1);
    })));
});
