import { Effect, Layer } from "effect";
import { describe, expect, it } from "vitest";
import { createGraphBatcher, post } from "../../../mod.ts";
import { clusterBatcher, embedded, mailboxLayer } from "../../../src/cluster.ts";
import { fakeGraph } from "../../../src/testing.ts";
import { errorOf, fleetOf } from "../support.ts";

const create = createGraphBatcher;
const layer = Layer.provideMerge(mailboxLayer({ create }), embedded());

describe("options that nobody could keep", () => {
  it.each<[string, () => unknown, string]>([
    ["a client's slip", () => clusterBatcher({ layer, keyof: () => "a" } as never), "keyOf?"],
    ["no layer", () => clusterBatcher({} as never), "layer as it must be a Layer"],
    [
      "a key",
      () => clusterBatcher({ layer, keyOf: "a" as never }),
      "keyOf as it must be a function",
    ],
    ["nothing", () => clusterBatcher(null as never), "options of clusterBatcher"],
    ["a runner's slip", () => mailboxLayer({ create, maxqueued: 5 } as never), "maxQueued?"],
    ["no create", () => mailboxLayer({} as never), "create as it must be a function"],
    [
      "no duration",
      () => mailboxLayer({ create, retention: "seven days" as never }),
      "retention as it must be a duration",
    ],
  ])("%s is refused at once", (_, make, shown) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(shown);
  });

  it.each([NaN, 0, -1])("a bound of %s is refused at once", (bound) => {
    expect(() => mailboxLayer({ create, maxQueued: bound })).toThrow(RangeError);
    expect(() => mailboxLayer({ create, maxQueuedInFleet: bound })).toThrow(RangeError);
  });
});

describe("a fleet that never was", () => {
  it.each<[string, Layer.Layer<never, string>]>([
    ["fails", Layer.effectDiscard(Effect.fail("away"))],
    ["dies", Layer.effectDiscard(Effect.die("broken"))],
  ])("was surely sent nothing, when its layer %s", async (_, broken) => {
    const batcher = clusterBatcher({ layer: Layer.provideMerge(broken, embedded()), maxWaitMs: 1 });
    const error = await errorOf(batcher, post("me/messages", {}));
    expect(error).toMatchObject({ _tag: "TransportError", sent: false });
    await expect(batcher.mailbox("me").look()).rejects.toMatchObject({ sent: false });
    await batcher.close();
  });

  it("was surely sent nothing, when its runner's options are wrong", async () => {
    const batcher = fleetOf(fakeGraph(), { graph: { maxBatchSize: 1000 } });
    const error = await errorOf(batcher, post("me/messages", {}));
    expect(error).toMatchObject({ _tag: "TransportError", sent: false });
    await batcher.close();
  });
});

it("a mailbox cannot be looked after any more when the batcher is closed, or closes meanwhile", async () => {
  const batcher = fleetOf(fakeGraph());
  const meanwhile = batcher.mailbox("me").drain().catch((error: unknown) => error);
  await batcher.close();
  expect(await meanwhile).toMatchObject({ _tag: "ClosedError" });
  await expect(batcher.mailbox("me").look()).rejects.toMatchObject({ _tag: "ClosedError" });
});
