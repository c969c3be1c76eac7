import { afterEach, describe, expect, it } from "vitest";
import { type AnyOperation, type Batcher, get, post } from "../../../mod.ts";
import type { ClusterBatcher, ClusterEvent, ClusterOptions } from "../../../src/cluster.ts";
import { fakeGraph, type FakeService } from "../../../src/testing.ts";
import { answerTo, fleetOf, until } from "../support.ts";

const open: Batcher[] = [];
afterEach(async () => {
  for (const batcher of open.splice(0)) await batcher.close();
});

function fleet(
  client: Partial<ClusterOptions> = {},
): { readonly service: FakeService; readonly batcher: ClusterBatcher } {
  const service = fakeGraph();
  const batcher = fleetOf(service, { client: { maxHoldMs: 1, maxWaitMs: 5, ...client } });
  open.push(batcher);
  return { service, batcher };
}

const mail = (subject: string, init = {}) => post("me/messages", { subject }, init);

/** The first part that comes is throttled, for as long as a test needs to look. */
const THROTTLED = { name: "status", status: 429, on: "part", times: 1, retryAfter: 0.5 } as const;

/** Sends all together, and keeps which have settled, in that order. */
function sendAll(batcher: Batcher, operations: Readonly<Record<string, AnyOperation>>) {
  const settled: string[] = [];
  const all = Object.entries(operations).map(async ([name, operation]) => {
    const { status } = await answerTo(batcher, operation);
    settled.push(name);
    return status;
  });
  return { settled, statuses: Promise.all(all) };
}

describe.each([{ persisted: false }, { persisted: true }])("a message, %o", ({ persisted }) => {
  it("is answered with what has settled while one of it is throttled", async () => {
    const { service, batcher } = fleet({ persisted });
    service.next(THROTTLED);
    const { settled, statuses } = sendAll(batcher, {
      slow: mail("slow"),
      one: mail("one"),
      two: get("me/messages?$top=1"),
    });
    await until(() => settled.length === 2);
    expect(settled.toSorted()).toEqual(["one", "two"]);
    expect(await batcher.mailbox("me").look()).toMatchObject({ queued: 1, out: 0 });
    expect(await statuses).toEqual([201, 201, 200]);
    expect(settled[2]).toBe("slow");
    expect(service.ledger.batches.map(({ size }) => size)).toEqual([3, 1]);
  });

  it("is answered again and again, each operation when it settles", async () => {
    const { service, batcher } = fleet({ persisted });
    service.next({ ...THROTTLED, times: 2, retryAfter: 0.3 });
    const { settled, statuses } = sendAll(batcher, { a: mail("a"), b: mail("b"), c: mail("c") });
    await until(() => settled.length === 1);
    service.next({ ...THROTTLED, retryAfter: 0.3 });
    await until(() => settled.length === 2);
    expect(await statuses).toEqual([201, 201, 201]);
    expect(service.ledger.batches.map(({ size }) => size)).toEqual([3, 2, 1]);
    expect(service.ledger.entries.filter(({ carriedOut }) => carriedOut)).toHaveLength(3);
  });

  it("keeps those together that have an ordering key", async () => {
    const { service, batcher } = fleet({ persisted });
    service.next(THROTTLED);
    const { settled, statuses } = sendAll(batcher, {
      slow: mail("slow", { orderingKey: "k" }),
      one: mail("one"),
    });
    expect(await statuses).toEqual([201, 201]);
    expect(settled).toEqual(["slow", "one"]); // as they stand in the one answer
    expect(service.posts).toBe(2);
  });

  it("tells what happened to each of its operations, also to those that were answered later", async () => {
    const { service, batcher } = fleet({ persisted });
    const events: ClusterEvent[] = [];
    batcher.events.subscribe((event) => events.push(event));
    service.next(THROTTLED);
    const [slow, one] = [mail("slow"), mail("one")];
    const { settled, statuses } = sendAll(batcher, { slow, one });
    await until(() => settled.length === 1);
    await statuses;
    await until(() => events.filter(({ type }) => type === "settled").length === 2);
    const told = events.flatMap((event) => {
      if (event.type === "sent") return [`sent ${event.operations.join()}`];
      if (event.type === "retried") return [`retried ${event.operation}`];
      return event.type === "settled" ? [`settled ${event.operation}`] : [];
    });
    const [first, second] = [slow.id, one.id];
    expect(told).toEqual([
      ...[`sent ${first},${second}`, `retried ${first}`, `settled ${second}`],
      ...[`sent ${first}`, `settled ${first}`],
    ]);
  });
});

describe("an option maxHoldMs", () => {
  it("of Infinity answers a message as one", async () => {
    const { service, batcher } = fleet({ maxHoldMs: Infinity });
    service.next(THROTTLED);
    const { settled, statuses } = sendAll(batcher, { slow: mail("slow"), one: mail("one") });
    expect(await statuses).toEqual([201, 201]);
    expect(settled).toEqual(["slow", "one"]); // as they stand in the one answer
    expect(service.posts).toBe(2);
  });

  it.each([0, -1, NaN])("of %s is refused", (maxHoldMs) => {
    expect(() => fleet({ maxHoldMs })).toThrow(RangeError);
  });
});
