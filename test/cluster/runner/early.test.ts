import { afterEach, describe, expect, it } from "vitest";
import { from, mergeMap } from "rxjs";
import {
  type AnyOperation,
  type Batcher,
  fetchTransport,
  get,
  post,
  type Transport,
} from "../../../mod.ts";
import type { ClusterBatcher, ClusterEvent, ClusterOptions } from "../../../src/cluster.ts";
import { fakeGraph, type FakeService } from "../../../src/testing.ts";
import { answerTo, fleetOf, until } from "../support.ts";

const open: Batcher[] = [];
afterEach(async () => {
  for (const batcher of open.splice(0)) await batcher.close();
});

/** A service that answers each operation by itself, and those that a test holds not before it lets them go. */
class Gates {
  readonly #waiting = new Map<string, () => void>();

  transport(service: FakeService): Transport {
    const send = fetchTransport(service.fetch);
    return (request) => {
      const text = new TextDecoder().decode(request.body);
      const [subject] = [...this.#waiting.keys()].filter((name) => text.includes(`"${name}"`));
      if (subject === undefined) return send(request);
      const opened = new Promise<void>((open) => this.#waiting.set(subject, open));
      return from(opened).pipe(mergeMap(() => send(request)));
    };
  }

  hold(...subjects: readonly string[]): void {
    for (const subject of subjects) this.#waiting.set(subject, () => {});
  }

  open(subject: string): void {
    this.#waiting.get(subject)?.();
    this.#waiting.delete(subject);
  }
}

function fleet(client: Partial<ClusterOptions> = {}): {
  readonly service: FakeService;
  readonly batcher: ClusterBatcher;
  readonly gates: Gates;
} {
  const service = fakeGraph();
  const gates = new Gates();
  const batcher = fleetOf(service, {
    client: { maxHoldMs: 1, maxWaitMs: 5, ...client },
    graph: { transport: gates.transport(service), maxBatchSize: 1, concurrencyPerContext: 4 },
  });
  open.push(batcher);
  return { service, batcher, gates };
}

const mail = (subject: string, init = {}) => post("me/messages", { subject }, init);

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
  it("is answered with what has settled while one of it takes its time", async () => {
    const { service, batcher, gates } = fleet({ persisted });
    gates.hold("slow");
    const { settled, statuses } = sendAll(batcher, {
      slow: mail("slow"),
      one: mail("one"),
      two: get("me/messages?$top=1"),
    });
    await until(() => settled.length === 2);
    expect(settled.toSorted()).toEqual(["one", "two"]);
    expect(await batcher.mailbox("me").look()).toMatchObject({ queued: 0, out: 1 });
    gates.open("slow");
    expect(await statuses).toEqual([201, 201, 200]);
    expect(settled[2]).toBe("slow");
    expect(service.ledger.received()).toBe(3);
  });

  it("is answered again and again, each operation when it settles", async () => {
    const { service, batcher, gates } = fleet({ persisted });
    gates.hold("a", "b", "c");
    const { settled, statuses } = sendAll(batcher, { a: mail("a"), b: mail("b"), c: mail("c") });
    await until(async () => (await batcher.mailbox("me").look()).out === 3);
    for (const [at, subject] of ["b", "c", "a"].entries()) {
      gates.open(subject);
      await until(() => settled.length === at + 1);
    }
    expect(settled).toEqual(["b", "c", "a"]);
    expect(await statuses).toEqual([201, 201, 201]);
    expect(service.ledger.received()).toBe(3);
  });

  it("keeps those together that have an ordering key", async () => {
    const { batcher, gates } = fleet({ persisted });
    gates.hold("slow");
    const { settled, statuses } = sendAll(batcher, {
      slow: mail("slow", { orderingKey: "k" }),
      one: mail("one"),
    });
    await until(async () => {
      const { queued, out } = await batcher.mailbox("me").look();
      return queued === 0 && out === 1;
    });
    gates.open("slow");
    expect(await statuses).toEqual([201, 201]);
    expect(settled).toEqual(["slow", "one"]); // as they stand in the one answer
  });

  it("tells what happened to each of its operations, also to those that were answered later", async () => {
    const service = fakeGraph();
    const batcher = fleetOf(service, { client: { maxHoldMs: 1, maxWaitMs: 5, persisted } });
    open.push(batcher);
    const events: ClusterEvent[] = [];
    batcher.events.subscribe((event) => events.push(event));
    // long enough to be told of the other one first
    service.next({ name: "status", status: 429, on: "part", times: 1, retryAfter: 2 });
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
    const { batcher, gates } = fleet({ maxHoldMs: Infinity });
    gates.hold("slow");
    const { settled, statuses } = sendAll(batcher, { slow: mail("slow"), one: mail("one") });
    await until(async () => {
      const { queued, out } = await batcher.mailbox("me").look();
      return queued === 0 && out === 1;
    });
    gates.open("slow");
    expect(await statuses).toEqual([201, 201]);
    expect(settled).toEqual(["slow", "one"]);
  });

  it.each([0, -1, NaN])("of %s is refused", (maxHoldMs) => {
    expect(() => fleet({ maxHoldMs })).toThrow(RangeError);
  });
});
