import { Effect } from "effect";
import { afterEach, describe, expect, it } from "vitest";
import { type Batcher, del, get, post } from "../../../mod.ts";
import { memoryJournal, type Seal } from "../../../src/cluster.ts";
import { fakeGraph } from "../../../src/testing.ts";
import { answerTo, errorOf, fleetOf, type FleetOptions } from "../support.ts";

const open: Batcher[] = [];
afterEach(async () => {
  for (const batcher of open.splice(0)) await batcher.close();
});

function fleet(options: FleetOptions) {
  const service = fakeGraph();
  const batcher = fleetOf(service, options);
  open.push(batcher);
  return { service, batcher };
}

/** Seals nothing, and fails on some of its calls. */
function failingAt(...calls: readonly number[]): Seal {
  let count = 0;
  return {
    seal(text) {
      if (calls.includes(++count)) throw new RangeError("no key");
      return text;
    },
    open: (text) => text,
  };
}

describe("an answer", () => {
  it("rule 17: with what JSON cannot hold is a DecodeError of its operation alone, and nothing goes twice", async () => {
    const parseJson = (text: string): unknown => {
      const value: unknown = JSON.parse(text);
      return text.includes("Lunch?") || text.includes('"error"') ? { count: 2n ** 60n } : value;
    };
    const { service, batcher } = fleet({ graph: { parseJson } });
    const write = post("me/messages", { subject: "Lunch?" });
    const [made, read, gone] = await Promise.all([
      errorOf(batcher, write),
      answerTo(batcher, get("me/events?$top=1")),
      errorOf(batcher, del("me/messages/none")),
    ]);
    expect(made).toMatchObject({ _tag: "DecodeError", operation: write, attempts: 1, status: 201 });
    expect(made.message).toContain("parseJson of its runner must make what JSON can hold");
    expect(read.status).toBe(200);
    expect(gone).toMatchObject({ _tag: "ResponseError", status: 404 });
    expect([service.posts, service.ledger.received()]).toEqual([1, 3]);
  });

  it("waits for a seal that fails, as does what is to be kept", async () => {
    // The message itself, what becomes of the write, and the answer.
    const { service, batcher } = fleet({ seal: failingAt(2, 4) });
    expect((await answerTo(batcher, post("me/messages", { subject: "Lunch?" }))).status).toBe(201);
    expect(service.ledger.received()).toBe(1);
  });

  it("waits for a journal that throws in place of failing", async () => {
    const journal = await Effect.runPromise(memoryJournal());
    const mark = journal.mark.bind(journal);
    let throws = 2;
    journal.mark = (marks) => {
      if (throws-- > 0) throw new RangeError("not ready");
      return mark(marks);
    };
    const { service, batcher } = fleet({ journal });
    expect((await answerTo(batcher, post("me/messages", { subject: "Lunch?" }))).status).toBe(201);
    expect(service.ledger.received()).toBe(1);
  });
});

it("a message that its client cannot seal was surely not sent", async () => {
  const { service, batcher } = fleet({ client: { seal: failingAt(1) } });
  const error = await errorOf(batcher, post("me/messages", { subject: "Lunch?" }));
  expect(error).toMatchObject({ _tag: "TransportError", sent: false });
  expect(service.posts).toBe(0);
  expect((await answerTo(batcher, get("me/events"))).status).toBe(200);
});
