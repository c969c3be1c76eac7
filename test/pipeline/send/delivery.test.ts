import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { Lane } from "../../../src/pipeline/collect/lane.ts";
import { Entry, Mark } from "../../../src/pipeline/entry.ts";
import { Batch } from "../../../src/pipeline/send/batch.ts";
import { Delivery } from "../../../src/pipeline/send/delivery.ts";
import type { Part } from "../../../src/wire/wire.ts";
import { plainWire } from "../../support/plain_wire.ts";

const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };

function part(status = 200, more: Partial<Part> = {}): Part {
  return { index: undefined, status, headers: {}, readBody: () => undefined, ...more };
}

/** A batch of `a` and `b`, each of a lane of its own, in front of who is told; a header `near` slows down. */
class Setting {
  readonly told: string[] = [];
  readonly entries: readonly Entry[];
  readonly batch: Batch;
  readonly delivery: Delivery;

  constructor() {
    const lanes = ["x", "y"].map((key, at) => {
      const context = { key, name: key, url: `https://a.example/${key}` };
      return new Lane(at + 1, { context, account: undefined }, { size: 3, bytes: 100 });
    });
    this.batch = new Batch({ lane: lanes[0]!, number: 1, reason: "count" }, () => {});
    this.batch.lanes.push(lanes[1]!);
    this.entries = ["a", "b"].map((url, at) => this.entry(url, lanes[at]!));
    this.batch.entries = this.entries;
    const say = (text: string) => void this.told.push(text);
    const numbers = (some: readonly Lane[]) => some.map(({ number }) => number).join("+");
    this.delivery = new Delivery(
      {
        wire: plainWire({ nearLimitMs: nearOf }),
        postCalls: {
          obey: (some, headers, date) =>
            say(`${numbers(some)} obeys ${headers["retry-after"]} at ${date}`),
          slowDown: ({ number }, delayMs) => say(`${number} slows down ${delayMs}`),
          answer: (_, { operation }, { status }) => say(`${operation.url} ${status}`),
        },
      },
      this.batch,
      {
        reads: () => say("reads"),
        caughtUp: () => say("caught up"),
        ended: ({ kind }) => say(kind),
      },
    );
  }

  entry(url: string, { context }: Lane): Entry {
    const entry = new Entry(get(url), home, sink);
    return Object.assign(entry, { context, state: "flying", flight: this.batch });
  }
}

function nearOf(headers: Readonly<Record<string, string>>): number | undefined {
  return headers["near"] === undefined ? undefined : Number(headers["near"]);
}

describe("rule 22: what an answer asks for", () => {
  it("counts for all lanes that its batch carries, whatever its status", () => {
    const { batch, delivery, told } = new Setting();
    const head = { status: 200, headers: { "retry-after": "3", near: "7" } };
    delivery.began(head);
    expect(told).toEqual(["1+2 obeys 3 at undefined", "1 slows down 7", "2 slows down 7"]);
    expect(batch.head).toBe(head);
  });

  it("counts for the lane of its operation alone, where a part says it", () => {
    const { delivery, told } = new Setting();
    delivery.deliver(1, part(200, { headers: { near: "7" } }));
    expect(told).toEqual(["reads", "2 slows down 7", "b 200"]);
  });

  it("counts when an error among the members of a group says it, by the answer's own time", () => {
    const { delivery, told } = new Setting();
    delivery.began({ status: 200, headers: { date: "now" } });
    const members = [399, 400].map((status) =>
      part(status, { headers: { "retry-after": `${status}` } })
    );
    delivery.deliver(0, part(200, { members }));
    expect(told.slice(1)).toEqual(["reads", "1 obeys 400 at now", "a 200"]);
  });

  it("counts for all lanes in a part that belongs to nobody, when it is an error", () => {
    const { delivery, told } = new Setting();
    delivery.began({ status: 200, headers: { date: "now" } });
    told.length = 0;
    const headers = { "retry-after": "5", near: "7" };
    delivery.stray(part(399, { headers }));
    expect(told).toEqual(["1 slows down 7", "2 slows down 7"]);
    told.length = 0;
    delivery.stray(part(207, { members: [part(400, { headers })] }));
    expect(told).toEqual(["1 slows down 7", "2 slows down 7", "1+2 obeys 5 at now"]);
  });
});

describe("rule 19: a part for one who has left", () => {
  it("tells nobody, yet a pause in it counts", () => {
    const { delivery, entries, told } = new Setting();
    entries[0]!.state = "left";
    delivery.deliver(0, part(200));
    delivery.deliver(0, part(429, { headers: { "retry-after": "5" } }));
    expect(told).toEqual(["reads", "reads", "1+2 obeys 5 at undefined"]);
  });

  it("goes to those who share its place, and is no stray as long as one of them waits", () => {
    const { batch, delivery, entries, told } = new Setting();
    const rider = Object.assign(new Entry(get("rider"), home, sink), {
      context: entries[0]!.context,
      state: "flying",
      flight: batch,
    });
    batch.riders.take(entries[0]!, [rider]);
    delivery.deliver(0, part(429));
    expect(told).toEqual(["reads", "a 429", "rider 429"]);
    told.length = 0;
    entries[0]!.state = "left";
    delivery.deliver(0, part(429));
    expect(told).toEqual(["reads", "rider 429"]);
    told.length = 0;
    Object.assign(entries[0]!, { state: "flying" });
    rider.state = "left";
    delivery.deliver(0, part(429));
    expect(told).toEqual(["reads", "a 429"]);
  });
});

describe("the POST of an answer", () => {
  it("is told when all that has come is read, and how it ended", () => {
    const { delivery, told } = new Setting();
    delivery.caughtUp();
    delivery.ended({ kind: "abandoned" });
    expect(told).toEqual(["caught up", "abandoned"]);
  });
});
