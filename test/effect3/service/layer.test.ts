import {
  Cause,
  Config,
  ConfigProvider,
  Context,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Redacted,
  Scope,
  Stream,
  TestClock,
  TestContext,
} from "effect3";
import { describe, expect, it } from "vitest";
import {
  ClosedError,
  createOutlookBatcher,
  fetchTransport,
  get,
  type OutlookOptions,
  post,
} from "../../../mod.ts";
import {
  batchTag,
  GraphBatch,
  ODataBatch,
  OutlookBatch,
  outlookConfig,
  yieldable,
} from "../../../src/effect3.ts";
import { fakeGraph, fakeOutlook } from "../../../src/testing.ts";
import { plainService, runTest, Server, settle } from "../support.ts";

const outlook = fakeOutlook();
const transport = fetchTransport(outlook.fetch);
const live = OutlookBatch.layer({ token: Redacted.make(outlook.token), transport, maxWaitMs: 0 });

describe("OutlookBatch.layer", () => {
  it("provides the service, whose methods can be called on the tag", async () => {
    const statuses = Effect.gen(function* () {
      const { send } = yield* OutlookBatch;
      const first = yield* send(get("messages"));
      const second = yield* OutlookBatch.send(get("events"));
      const third = yield* OutlookBatch.request(get("contacts"));
      const more = yield* Stream.runCount(OutlookBatch.sendAll(Stream.make(get("events"))));
      return [first.status, second.status, third.status, more];
    });
    expect(await Effect.runPromise(Effect.provide(statuses, live))).toEqual([200, 200, 200, 1]);
  });

  it("dies when an option is wrong", async () => {
    const layer = OutlookBatch.layer({ maxBatchSize: 21 });
    const exit = await Effect.runPromiseExit(Effect.provide(OutlookBatch, layer));
    expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBeInstanceOf(RangeError);
  });

  it("dies of a transport that is none, as the batcher would", async () => {
    const layer = OutlookBatch.layer({ transport: fetch as never });
    const exit = await Effect.runPromiseExit(Effect.provide(OutlookBatch, layer));
    expect(Exit.isFailure(exit) && String(Cause.squash(exit.cause)))
      .toContain("wrap it in fetchTransport()");
  });

  it("can be stood in for in a test", async () => {
    const closed = Layer.effect(
      OutlookBatch,
      Effect.map(Effect.provide(OutlookBatch, live), (service) => ({
        ...service,
        send: () => Effect.fail(yieldable(new ClosedError("Cannot send"))),
      })),
    );
    const error = Effect.provide(Effect.flip(OutlookBatch.send(get("a"))), closed);
    expect((await Effect.runPromise(error)).message).toBe("Cannot send");
  });
});

describe("a tag of one's own", () => {
  interface Fabrikam {
    readonly _: unique symbol;
  }

  it("stands beside OutlookBatch as a second tenant, with names of its own", async () => {
    const tag = batchTag<Fabrikam, OutlookOptions>(
      "test/Fabrikam",
      createOutlookBatcher,
      outlookConfig("FABRIKAM"),
    );
    const layer = Layer.provide(
      tag.layerConfig(Config.map(tag.config, (config) => ({ ...config, transport }))),
      Layer.setConfigProvider(ConfigProvider.fromJson({ FABRIKAM: { TOKEN: outlook.token } })),
    );
    const both = Effect.all([tag.send(get("messages")), OutlookBatch.send(get("messages"))]);
    const answers = await Effect.runPromise(Effect.provide(both, Layer.merge(layer, live)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe("ODataBatch", () => {
  it("is the same for any OData service", async () => {
    const layer = ODataBatch.layer({
      baseUrl: `${outlook.baseUrl}me/`,
      token: outlook.token,
      transport,
    });
    const program = Effect.provide(ODataBatch.send(get("messages")), layer);
    expect((await Effect.runPromise(program)).status).toBe(200);
  });
});

describe("GraphBatch", () => {
  const graph = fakeGraph();
  const program = Effect.map(GraphBatch.send(get("/me/messages")), ({ status }) => status);

  it("is the same for Graph", async () => {
    const layer = GraphBatch.layer({ token: graph.token, transport: fetchTransport(graph.fetch) });
    expect(await Effect.runPromise(Effect.provide(program, layer))).toBe(200);
  });

  it("reads its own names from the environment", async () => {
    const config = Config.map(GraphBatch.config, (options) => ({
      ...options,
      transport: fetchTransport(graph.fetch),
    }));
    const entries = new Map([["GRAPH_TOKEN", graph.token], ["GRAPH_CONCURRENCY", "2"]]);
    const layer = Layer.provide(
      GraphBatch.layerConfig(config),
      Layer.setConfigProvider(ConfigProvider.fromMap(entries, { pathDelim: "_" })),
    );
    expect(await Effect.runPromise(Effect.provide(program, layer))).toBe(200);
  });

  it("stands beside OutlookBatch", async () => {
    const both = Effect.all([program, Effect.as(OutlookBatch.send(get("messages")), 200)]);
    const layers = Layer.merge(
      live,
      GraphBatch.layer({ token: graph.token, transport: fetchTransport(graph.fetch) }),
    );
    expect(await Effect.runPromise(Effect.provide(both, layers))).toEqual([200, 200]);
  });
});

describe("closing the scope", () => {
  it("flushes, waits for what is in hand, and refuses what comes later", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const scope = yield* Scope.make();
      const { send } = yield* Scope.extend(plainService(server, { maxWaitMs: 1_000 }), scope);
      const fiber = yield* Effect.fork(send(post("a", {})));
      yield* settle;
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void));
      yield* settle;
      expect(server.batches).toEqual([["a"]]);
      expect(yield* Fiber.poll(closing)).toMatchObject({ _tag: "None" });
      const refused: ClosedError = yield* Effect.flip(send(get("b"))).pipe(
        Effect.filterOrDieMessage((error) => error._tag === "ClosedError", "it was not refused"),
      );
      expect(refused.message).toContain("closed");
      server.release();
      expect(yield* Fiber.join(fiber)).toMatchObject({ status: 200 });
      yield* Fiber.join(closing);
    })));
});

describe("tokens", () => {
  class Vault extends Context.Tag("Vault")<Vault, { readonly current: Effect.Effect<string> }>() {}

  it("come from an effect, which may need services", async () => {
    const asked: string[] = [];
    const layer = OutlookBatch.layer({
      transport,
      maxWaitMs: 0,
      token: (context) =>
        Effect.flatMap(Vault, ({ current }) => current).pipe(
          Effect.tap(() => Effect.sync(() => asked.push(context))),
          Effect.map(Redacted.make),
        ),
    });
    const vault = Layer.succeed(Vault, { current: Effect.succeed(outlook.token) });
    const program = Effect.map(OutlookBatch.send(get("messages")), ({ status }) => status);
    const provided = Effect.provide(program, Layer.provide(layer, vault));
    expect(await Effect.runPromise(provided)).toBe(200);
    expect(asked).toEqual(["me"]);
  });

  it("may take their time, by the program's clock", () =>
    runTest(Effect.gen(function* () {
      const server = new Server();
      const { send } = yield* plainService(server, {
        maxBatchSize: 1,
        token: () => Effect.delay(Effect.succeed("secret"), Duration.seconds(3)),
      });
      const fiber = yield* Effect.fork(send(get("a")));
      yield* TestClock.adjust(Duration.seconds(2));
      expect(server.batches).toEqual([]);
      yield* TestClock.adjust(Duration.seconds(1));
      expect(yield* Fiber.join(fiber)).toMatchObject({ status: 200 });
    })));

  it("that cannot be had fail the operations of their batch", () =>
    runTest(Effect.gen(function* () {
      const { send } = yield* plainService(new Server(), {
        maxBatchSize: 1,
        retry: false,
        token: () => Effect.fail("no key"),
      });
      const error = yield* Effect.flip(send(get("a")));
      expect(error).toMatchObject({ _tag: "NotExecutedError", certain: true, cause: "no key" });
    })));

  it("that can be none, or cannot be read, end what waits for them, however late they come", () =>
    runTest(Effect.gen(function* () {
      const wiped = Redacted.make("secret");
      Redacted.unsafeWipe(wiped);
      const tokens = [undefined as never, 5 as never, wiped];
      const { send } = yield* plainService(new Server(), {
        maxBatchSize: 1,
        retry: false,
        token: () => Effect.delay(Effect.succeed(tokens.shift()!), Duration.seconds(1)),
      });
      for (const kind of ["undefined", "a number"]) {
        const fiber = yield* Effect.fork(Effect.flip(send(get("a"))));
        yield* TestClock.adjust(Duration.seconds(1));
        const error = yield* Fiber.join(fiber);
        expect(error).toMatchObject({ _tag: "NotExecutedError", certain: true });
        expect(String(error.cause)).toContain(`current value is ${kind}`);
      }
      const fiber = yield* Effect.fork(Effect.exit(send(get("a"))));
      yield* TestClock.adjust(Duration.seconds(1));
      const exit = yield* Fiber.join(fiber);
      expect(Exit.isFailure(exit) && Cause.isDie(exit.cause)).toBe(true);
    })));

  it.each<[string, () => Effect.Effect<string>]>([
    ["dies", () => Effect.die("broken")],
    ["is not even made", () => {
      throw new Error("broken");
    }],
  ])(
    "whose effect %s are a defect of the operations of their batch",
    (_, token) =>
      runTest(Effect.gen(function* () {
        const { send, request } = yield* plainService(new Server(), {
          maxBatchSize: 1,
          retry: false,
          token,
        });
        for (const effect of [send(get("a")), request(get("a"))]) {
          const exit = yield* Effect.exit(effect);
          expect(Exit.isFailure(exit) && Cause.isDie(exit.cause)).toBe(true);
          expect(Exit.isFailure(exit) && Cause.isFailure(exit.cause)).toBe(false);
          expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain("broken");
        }
      })),
  );

  it("are asked for the account of the operations", () =>
    runTest(Effect.gen(function* () {
      const asked: (string | undefined)[] = [];
      const { send } = yield* plainService(new Server(), {
        maxBatchSize: 1,
        token: (_, { account }) => Effect.sync(() => `${asked.push(account)}`),
      });
      yield* send(get("a", { account: "ada" }));
      expect(asked).toEqual(["ada"]);
    })));

  it("are not waited for when nobody waits for the answer", () =>
    runTest(Effect.gen(function* () {
      let interrupted = 0;
      const { send } = yield* plainService(new Server(), {
        maxBatchSize: 1,
        token: () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted++)),
      });
      const fiber = yield* Effect.fork(send(get("a")));
      yield* settle;
      yield* Fiber.interrupt(fiber);
      yield* settle;
      expect(interrupted).toBe(1);
    })));
});

describe("OutlookBatch.layerConfig", () => {
  const from = (entries: Record<string, string>) =>
    Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries)), {
      pathDelim: "_",
    }));
  const layer = OutlookBatch.layerConfig(
    Config.map(OutlookBatch.config, (options) => ({ ...options, transport })),
  );
  const program = Effect.map(OutlookBatch.send(get("messages")), ({ status }) => status);

  const run = (entries: Record<string, string>) =>
    Effect.runPromise(Effect.either(Effect.provide(program, Layer.provide(layer, from(entries)))));

  it("reads the environment", async () => {
    const before = outlook.posts;
    expect(await run({ OUTLOOK_TOKEN: outlook.token, OUTLOOK_MAX_WAIT_MS: "0" }))
      .toMatchObject({ right: 200 });
    expect(outlook.posts).toBe(before + 1);
  });

  it("reads the same path from a provider of any kind", async () => {
    const tree = { OUTLOOK: { TOKEN: outlook.token, MAX_WAIT_MS: 0 } };
    const provided = Layer.provide(
      layer,
      Layer.setConfigProvider(ConfigProvider.fromJson(tree)),
    );
    expect(await Effect.runPromise(Effect.provide(program, provided))).toBe(200);
  });

  it("takes one Config for each option", async () => {
    const wrapped = OutlookBatch.layerConfig({
      token: Config.redacted("MY_TOKEN"),
      maxWaitMs: Config.succeed(0),
      transport: Config.succeed(transport),
    });
    const provided = Layer.provide(wrapped, from({ MY_TOKEN: outlook.token }));
    expect(await Effect.runPromise(Effect.provide(program, provided))).toBe(200);
  });

  it("fails when the token is missing", async () => {
    expect(await run({})).toMatchObject({
      left: { _op: "MissingData", path: ["OUTLOOK", "TOKEN"] },
    });
  });

  it.each([
    ["a number is out of range", {
      OUTLOOK_TOKEN: "very secret",
      OUTLOOK_MAX_BATCH_SIZE: "21",
    }, "Cannot use OUTLOOK_MAX_BATCH_SIZE"],
    ["the token is malformed", { OUTLOOK_TOKEN: "very\nsecret" }, "Cannot use OUTLOOK_TOKEN"],
  ])("fails when %s, names the variable, and shows no token", async (_, entries, named) => {
    const result = await run(entries as Record<string, string>);
    expect(result).toMatchObject({ left: { _op: "InvalidData" } });
    expect(String(result)).toContain(named);
    expect(String(result)).not.toContain("secret");
  });

  it("keeps the token out of logs", async () => {
    const options = await Effect.runPromise(
      Effect.provide(
        Effect.flatMap(Effect.void, () => OutlookBatch.config),
        from({ OUTLOOK_TOKEN: "very secret" }),
      ),
    );
    expect(JSON.stringify(options)).not.toContain("secret");
  });
});

it("needs no advance of a test's clock to end", () =>
  Effect.runPromise(Effect.provide(
    Effect.scoped(Effect.asVoid(plainService(new Server()))),
    TestContext.TestContext,
  )));
