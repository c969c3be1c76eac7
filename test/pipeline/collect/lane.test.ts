import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { type Boarding, Lane } from "../../../src/pipeline/collect/lane.ts";
import { Mixes } from "../../../src/pipeline/collect/mix.ts";
import { Share } from "../../../src/pipeline/collect/share.ts";
import { Entry, Mark } from "../../../src/pipeline/entry.ts";

const context = { key: "me", name: "me", url: "https://plain.example/me/$batch" };
const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };

function laneOf(size: number, bytes = 1000): Lane {
  return new Lane(1, { context, account: undefined }, { size, bytes });
}

/** An entry that adds so many octets to a body, and was in so many POSTs before. */
function entryOf(url: string, { bytes = 10, attempts = 0 } = {}): Entry {
  const operation = get(url);
  const entry = new Entry(operation, home, sink);
  return Object.assign(entry, { context, encoded: { operation, bytes }, attempts });
}

function urlsOf(entries: Iterable<Entry>): string[] {
  return [...entries].map(({ operation }) => operation.url!);
}

/** The next batch, when each of these boards as is said, and all others join. */
function taken(lane: Lane, boardings: Readonly<Record<string, Boarding>> = {}): string[] {
  const batch: Entry[] = [];
  lane.take(batch, (entry) => boardings[entry.operation.url!] ?? "joins");
  return urlsOf(batch);
}

describe("rule 22: what was in a POST before", () => {
  it("goes before what never was, which does not pass it where it finds no room", () => {
    const lane = laneOf(20, 100);
    lane.push(entryOf("fresh"));
    lane.push(entryOf("large", { attempts: 1, bytes: 60 }));
    lane.push(entryOf("larger", { attempts: 1, bytes: 70 }));
    expect(taken(lane)).toEqual(["large"]);
    expect(taken(lane)).toEqual(["larger", "fresh"]);
    expect(lane).toMatchObject({ live: 0, size: 0, bytes: 0 });
  });
});

describe("a lane", () => {
  it("shows no more of those who wait than are asked for, in the order in which they go", () => {
    const lane = laneOf(20);
    for (const url of ["a", "b", "c"]) lane.push(entryOf(url));
    lane.push(entryOf("again", { attempts: 1 }));
    expect(urlsOf(lane.front(0))).toEqual([]);
    expect(urlsOf(lane.front(1))).toEqual(["again"]);
    expect(urlsOf(lane.front(3))).toEqual(["again", "a", "b"]);
    expect(urlsOf(lane.front(9))).toEqual(["again", "a", "b", "c"]);
    expect(urlsOf(lane.repeated)).toEqual(["again"]);
  });

  it("takes what is too large for any batch alone, and what fits to the octet", () => {
    const lane = laneOf(20, 100);
    lane.push(entryOf("huge", { bytes: 101 }));
    for (const url of ["a", "b"]) lane.push(entryOf(url, { bytes: 50 }));
    lane.push(entryOf("c", { bytes: 1 }));
    expect([taken(lane), taken(lane), taken(lane)]).toEqual([["huge"], ["a", "b"], ["c"]]);
  });

  it("counts what the batch of another lane holds already", () => {
    const lane = laneOf(3, 100);
    for (const url of ["a", "b"]) lane.push(entryOf(url));
    const full = ["x", "y", "z"].map((url) => entryOf(url));
    lane.take(full, () => "joins");
    expect(full).toHaveLength(3);
    const heavy = [entryOf("x", { bytes: 85 })];
    lane.take(heavy, () => "joins");
    expect(urlsOf(heavy)).toEqual(["x", "a"]);
    expect(lane).toMatchObject({ live: 1, size: 1, bytes: 10 });
  });

  it("looks at no more of those who stay than a batch holds", () => {
    const lane = laneOf(2);
    for (const url of ["first", "a", "b", "c"]) lane.push(entryOf(url));
    expect(taken(lane, { a: "stays" })).toEqual(["first", "b"]);
    lane.push(entryOf("d"));
    lane.push(entryOf("e"));
    const seen: string[] = [];
    lane.take([entryOf("other")], (entry) => {
      seen.push(entry.operation.url!);
      return "stays";
    });
    expect(seen).toEqual(["a", "c"]);
    expect(lane.live).toBe(4);
  });

  it("says since when the one has waited that has waited longest", () => {
    const lane = laneOf(20);
    expect(lane.waitsSinceMs).toBe(Infinity);
    const [fresh, repeated] = [entryOf("a"), entryOf("b", { attempts: 1 })];
    lane.push(Object.assign(fresh, { queuedAtMs: 5 }));
    expect(lane.waitsSinceMs).toBe(5);
    lane.push(Object.assign(repeated, { queuedAtMs: 7 }));
    expect(lane.waitsSinceMs).toBe(5);
    lane.remove(fresh);
    expect(lane.waitsSinceMs).toBe(7);
    lane.push(Object.assign(entryOf("c"), { queuedAtMs: 9 }));
    expect(lane.waitsSinceMs).toBe(7);
  });

  it("begins with nothing in it, closed, and in no line", () => {
    expect(laneOf(20)).toMatchObject({
      live: 0,
      size: 0,
      bytes: 0,
      isOpen: false,
      isInLine: false,
      dueFor: undefined,
      bookings: [],
      readyAtMs: 0,
    });
  });

  it("mixes with others of its account where the wire says so, and knows its own", () => {
    const mixes = new Mixes<Lane>();
    const lane = (mix: string | undefined, account?: string) => {
      const name = { context: { ...context, mix }, account };
      return new Lane(1, name, { size: 20, bytes: 1000 }, mixes.join(mix, account));
    };
    const one = lane("all", "a");
    expect(one.mixesWith(one)).toBe(false);
    expect(laneOf(20).mixesWith(laneOf(20))).toBe(false);
    const others = [lane("all", "a"), lane("all", "b"), lane("other", "a"), lane(undefined, "a")];
    expect(others.map((other) => one.mixesWith(other))).toEqual([true, false, false, false]);
    const entry = Object.assign(entryOf("a"), { context: one.context });
    expect([one.has(entry), others[0]!.has(entry)]).toEqual([true, false]);
  });

  it("lets go of those who must wait elsewhere", () => {
    const lane = laneOf(20);
    const waits = entryOf("waits");
    for (const entry of [waits, entryOf("a")]) lane.push(entry);
    expect(taken(lane, { waits: "waits" })).toEqual(["a"]);
    expect(waits.state).toBe("held");
    expect(lane).toMatchObject({ live: 0, size: 0, bytes: 0 });
  });
});

describe("rule 33: reads that are one to the server", () => {
  function sharing(lane: Lane, ...entries: readonly Entry[]): void {
    const share = new Share("key", new Map());
    for (const entry of entries) {
      entry.share = share;
      lane.push(entry);
    }
  }

  it("weigh as one while one of them waits", () => {
    const lane = laneOf(20);
    // The same read may have been written in more octets.
    const [first, second] = [entryOf("a"), entryOf("a", { bytes: 12 })];
    sharing(lane, first, second);
    expect(lane).toMatchObject({ live: 2, size: 1, bytes: 10 });
    lane.remove(first);
    expect(lane).toMatchObject({ live: 1, size: 1, bytes: 10 });
    lane.remove(second);
    expect(lane).toMatchObject({ live: 0, size: 0, bytes: 0 });
  });

  it("share anew when they come back, unless they were in a POST together", () => {
    const lane = laneOf(20);
    const [fresh, repeated, stays] = [entryOf("a"), entryOf("b", { attempts: 1 }), entryOf("c")];
    sharing(lane, fresh);
    sharing(lane, repeated);
    sharing(lane, stays);
    expect(lane.takeOut((entry) => entry !== stays)).toEqual([repeated, fresh]);
    expect([fresh.state, repeated.state, stays.state]).toEqual(["held", "held", "queued"]);
    expect([fresh.share, repeated.share === undefined]).toEqual([undefined, false]);
    expect(lane.live).toBe(1);
  });
});
