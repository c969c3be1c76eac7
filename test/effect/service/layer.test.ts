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
} from "effect";
import { TestClock } from "effect/testing";
import { describe, expect, it } from "vitest";
import { ClosedError, createOutlookBatcher, fetchTransport, get, post } from "../../../mod.ts";
import {
  type BatchService,
  batchTag,
  GraphBatch,
  ODataBatch,
  OutlookBatch,
  serviceConfig,
  TypeId,
  yieldable,
} from "../../../src/effect.ts";
import { fakeGraph, fakeOutlook } from "../../../src/testing.ts";
import { plainService, runTest, Server, settle } from "../support.ts";

const outlook = fakeOutlook();
const transport = fetchTransport(outlook.fetch);
const live = OutlookBatch.layer({ token: Redacted.make(outlook.token), transport, maxWaitMs: 0 });

const env = (entries: Record<string, string>) =>
  ConfigProvider.layer(ConfigProvider.fromEnv({ env: entries }));

describe("OutlookBatch.layer", () => {
  it("provides the service, whose members can be called on the tag", async () => {
    const statuses = Effect.gen(function* () {
      const { send } = yield* OutlookBatch;
      const first = yield* send(get("messages"));
      const second = yield* OutlookBatch.send(get("events"));
      const third = yield* OutlookBatch.request(get("contacts"));
      const more = yield* Stream.runCount(OutlookBatch.stream(Stream.make(get("events"))));
      const piped = yield* Stream.make(get("events"), get("contacts")).pipe(
        OutlookBatch.stream({ maxInHand: 1 }),
        Stream.runCount,
      );
      const pages = yield* Stream.runCount(OutlookBatch.pages(get("messages?$top=9")));
      return [first.status, second.status, third.status, more, piped, pages];
    });
    expect(await Effect.runPromise(Effect.provide(statuses, live))).toEqual(
      [200, 200, 200, 1, 2, 3],
    );
  });

  it("makes a service that is told from other values, and can be piped", async () => {
    const service = await Effect.runPromise(Effect.provide(OutlookBatch, live));
    expect(service[TypeId]).toBe(TypeId);
    expect(service.pipe((self: BatchService) => self.send)).toBe(service.send);
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
      Effect.map(Effect.provide(OutlookBatch, live), (service) =>
        OutlookBatch.of({
          ...service,
          [TypeId]: TypeId,
          pipe: service.pipe,
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
    const tag = batchTag<Fabrikam, Parameters<typeof createOutlookBatcher>[0] & object>(
      "test/Fabrikam",
      createOutlookBatcher,
      serviceConfig("FABRIKAM", createOutlookBatcher),
    );
    const options = Config.map(tag.config, (config) => ({ ...config, transport }));
    const layer = Layer.provide(
      tag.layerConfig(options),
      env({ FABRIKAM_TOKEN: outlook.token, FABRIKAM_MAX_WAIT_MS: "0" }),
    );
    const both = Effect.all([tag.send(get("messages")), OutlookBatch.send(get("messages"))]);
    const answers = await Effect.runPromise(Effect.provide(both, Layer.merge(layer, live)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe("GraphBatch and ODataBatch", () => {
  const graph = fakeGraph();
  const program = Effect.map(GraphBatch.send(get("/me/messages")), ({ status }) => status);

  it("are the same for Graph and for any OData service", async () => {
    const layer = GraphBatch.layer({ token: graph.token, transport: fetchTransport(graph.fetch) });
    expect(await Effect.runPromise(Effect.provide(program, layer))).toBe(200);
    const odata = ODataBatch.layer({
      baseUrl: `${outlook.baseUrl}me/`,
      token: outlook.token,
      transport,
    });
    const { status } = await Effect.runPromise(
      Effect.provide(ODataBatch.send(get("messages")), odata),
    );
    expect(status).toBe(200);
  });

  it("read names of their own from the environment", async () => {
    const config = Config.map(GraphBatch.config, (options) => ({
      ...options,
      transport: fetchTransport(graph.fetch),
    }));
    const layer = Layer.provide(
      GraphBatch.layerConfig(config),
      env({ GRAPH_TOKEN: graph.token, GRAPH_CONCURRENCY: "2" }),
    );
    expect(await Effect.runPromise(Effect.provide(program, layer))).toBe(200);
    const odata = Effect.provide(ODataBatch.config, env({ ODATA_BASE_URL: "https://a.example/" }));
    expect(await Effect.runPromise(odata)).toMatchObject({ baseUrl: "https://a.example/" });
    const nowhere = Effect.flip(Effect.provide(ODataBatch.config, env({})));
    expect(String(await Effect.runPromise(nowhere))).toContain("BASE_URL");
  });
});

describe("closing the scope", () => {
  it("flushes, waits for what is in hand, and refuses what comes later", () =>
    runTest(Effect.gen(function* () {
      const server = new Server("later");
      const scope = yield* Scope.make();
      const { send } = yield* Scope.provide(plainService(server, { maxWaitMs: 1_000 }), scope);
      const fiber = yield* Effect.forkChild(send(post("a", {})));
      yield* settle;
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void));
      yield* settle;
      expect(server.batches).toEqual([["a"]]);
      expect(closing.pollUnsafe()).toBeUndefined();
      const refused = yield* Effect.flip(send(get("b")));
      expect(refused._tag).toBe("ClosedError");
      server.release();
      expect(yield* Fiber.join(fiber)).toMatchObject({ status: 200 });
      yield* Fiber.join(closing);
    })));
});

describe("tokens", () => {
  class Vault
    extends Context.Service<Vault, { readonly current: Effect.Effect<string> }>()("Vault") {}

  it("come from an effect, which may need services", async () => {
    const asked: string[] = [];
    const layer = OutlookBatch.layer({
      transport,
      maxWaitMs: 0,
      token: (context) =>
        Effect.flatMap(Vault, ({ current }) => current).pipe(
          Effect.tap(() => Effect.sync(() => asked.push(context))),
          Effect.map((token) => Redacted.make(token)),
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
      const fiber = yield* Effect.forkChild(send(get("a")));
      yield* TestClock.adjust(Duration.seconds(2));
      expect(server.batches).toEqual([]);
      yield* TestClock.adjust(Duration.seconds(1));
      expect(yield* Fiber.join(fiber)).toMatchObject({ status: 200 });
    })));

  it("that cannot be had fail the operations of their batch, with what they failed of", () =>
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
      Redacted.wipeUnsafe(wiped);
      const tokens = [undefined as never, 5 as never, wiped];
      const { send } = yield* plainService(new Server(), {
        maxBatchSize: 1,
        retry: false,
        token: () => Effect.delay(Effect.succeed(tokens.shift()!), Duration.seconds(1)),
      });
      for (const kind of ["undefined", "a number"]) {
        const fiber = yield* Effect.forkChild(Effect.flip(send(get("a"))));
        yield* TestClock.adjust(Duration.seconds(1));
        const error = yield* Fiber.join(fiber);
        expect(error).toMatchObject({ _tag: "NotExecutedError", certain: true });
        expect(String(error.cause)).toContain(`current value is ${kind}`);
      }
      const fiber = yield* Effect.forkChild(Effect.exit(send(get("a"))));
      yield* TestClock.adjust(Duration.seconds(1));
      const exit = yield* Fiber.join(fiber);
      expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true);
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
          expect(Exit.isFailure(exit) && exit.cause.reasons.map(({ _tag }) => _tag)).toEqual([
            "Die",
          ]);
          expect(String(exit)).toContain("broken");
        }
      })),
  );

  it("are not waited for when nobody waits for the answer", () =>
    runTest(Effect.gen(function* () {
      let interrupted = 0;
      const { send } = yield* plainService(new Server(), {
        maxBatchSize: 1,
        token: () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted++)),
      });
      const fiber = yield* Effect.forkChild(send(get("a")));
      yield* settle;
      yield* Fiber.interrupt(fiber);
      yield* settle;
      expect(interrupted).toBe(1);
    })));
});

describe("OutlookBatch.layerConfig", () => {
  const layer = OutlookBatch.layerConfig(
    Config.map(OutlookBatch.config, (options) => ({ ...options, transport })),
  );
  const program = Effect.map(OutlookBatch.send(get("messages")), ({ status }) => status);

  const run = (from: Layer.Layer<never>, given = layer) =>
    Effect.runPromise(Effect.result(Effect.provide(program, Layer.provide(given, from))));

  it("reads the environment", async () => {
    const before = outlook.posts;
    expect(await run(env({ OUTLOOK_TOKEN: outlook.token, OUTLOOK_MAX_WAIT_MS: "0" })))
      .toMatchObject({ success: 200 });
    expect(outlook.posts).toBe(before + 1);
  });

  it("reads the same path from a provider of any kind", async () => {
    const tree = { OUTLOOK: { TOKEN: outlook.token, MAX_WAIT_MS: "0" } };
    expect(await run(ConfigProvider.layer(ConfigProvider.fromUnknown(tree))))
      .toMatchObject({ success: 200 });
    const file = `OUTLOOK_TOKEN=${outlook.token}\nOUTLOOK_MAX_WAIT_MS=0`;
    expect(await run(ConfigProvider.layer(ConfigProvider.fromDotEnvContents(file))))
      .toMatchObject({ success: 200 });
  });

  it("takes one Config for each option", async () => {
    const wrapped = OutlookBatch.layerConfig({
      token: Config.Redacted("MY_TOKEN"),
      maxWaitMs: Config.succeed(0),
      transport: Config.succeed(transport),
    });
    expect(await run(env({ MY_TOKEN: outlook.token }), wrapped)).toMatchObject({ success: 200 });
  });

  it.each([
    ["the token is missing", {}, "OUTLOOK"],
    ["the token is malformed", { OUTLOOK_TOKEN: "very\nsecret" }, "OUTLOOK_TOKEN: "],
    ["a number is out of range", {
      OUTLOOK_TOKEN: "very secret",
      OUTLOOK_MAX_BATCH_SIZE: "21",
    }, "OUTLOOK_MAX_BATCH_SIZE: "],
    [
      "a number is none",
      { OUTLOOK_TOKEN: "very secret", OUTLOOK_TIMEOUT_MS: "soon" },
      "TIMEOUT_MS",
    ],
    ["the URL is none", { OUTLOOK_TOKEN: "a", OUTLOOK_BASE_URL: "x" }, "OUTLOOK_BASE_URL: "],
  ])("fails when %s, names the variable, and shows no token", async (_, entries, named) => {
    const result = await run(env(entries as Record<string, string>));
    expect(result).toMatchObject({ failure: { _tag: "ConfigError" } });
    const text = result._tag === "Failure" ? String(result.failure) : "";
    expect(text).toContain(named);
    expect(text).not.toContain("secret");
  });

  it("keeps the token out of logs", async () => {
    const options = await Effect.runPromise(
      Effect.provide(OutlookBatch.config, env({ OUTLOOK_TOKEN: "very secret" })),
    );
    expect(JSON.stringify(options)).not.toContain("secret");
  });
});

it("needs no advance of a test's clock to end", () =>
  Effect.runPromise(Effect.provide(
    Effect.scoped(Effect.asVoid(plainService(new Server()))),
    TestClock.layer(),
  )));
