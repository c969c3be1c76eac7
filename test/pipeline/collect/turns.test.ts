import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { Turns } from "../../../src/pipeline/collect/turns.ts";
import { Entry, Mark } from "../../../src/pipeline/entry.ts";

const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };

/** Operations of one ordering key, as they were submitted. */
function queued(turns: Turns, ...urls: readonly string[]): Entry[] {
  return urls.map((url) => {
    const entry = new Entry(get(url, { orderingKey: "k" }), home, sink);
    turns.queueUp(entry, "k");
    return entry;
  });
}

/** They let the next one go in the order of submission, and one of them at most has the turn. */
describe("rule 11: turns of one ordering key", () => {
  it("go by submission, one at a time", () => {
    const turns = new Turns();
    const [a, b, c] = queued(turns, "a", "b", "c");
    expect([a, b, c].map((entry) => [entry!.waits, entry!.ties!.hasTurn])).toEqual([
      [0, true],
      [1, false],
      [1, false],
    ]);
    expect(turns.end(a!)).toBe(b);
    expect([a!.ties!.hasTurn, b!.ties!.hasTurn]).toEqual([false, true]);
    expect(a!.ties!.nextOfKey).toBe(undefined);
    expect(turns.end(b!)).toBe(c);
    expect(turns.end(c!)).toBe(undefined);
  });

  it("begin anew when the last one has ended, and go on when one came before", () => {
    const turns = new Turns();
    const [a, b] = queued(turns, "a", "b");
    turns.end(a!);
    const [c] = queued(turns, "c");
    expect(c!.waits).toBe(1);
    expect(turns.end(b!)).toBe(c);
    turns.end(c!);
    const [d] = queued(turns, "d");
    expect([d!.waits, d!.ties!.hasTurn]).toEqual([0, true]);
  });

  it("pass over those who are settled, and let go of them", () => {
    const turns = new Turns();
    const [a, left, failed, b] = queued(turns, "a", "left", "failed", "b");
    left!.state = "left";
    failed!.state = "failed";
    expect(turns.end(a!)).toBe(b);
    expect([left, failed].map((entry) => entry!.ties!.nextOfKey)).toEqual([undefined, undefined]);
    expect(turns.end(left!)).toBe(undefined);
  });

  it("are of each key by itself", () => {
    const turns = new Turns();
    const [a, b] = ["x", "y"].map((key) => {
      const entry = new Entry(get("a", { orderingKey: key }), home, sink);
      turns.queueUp(entry, key);
      return entry;
    });
    expect([a!.waits, b!.waits]).toEqual([0, 0]);
  });

  it("end for nobody else with one that has none", () => {
    const turns = new Turns();
    const [a, b, c] = queued(turns, "a", "b", "c");
    expect(turns.end(b!)).toBe(undefined);
    expect(b!.ties!.nextOfKey).toBe(c);
    expect(turns.end(new Entry(get("free"), home, sink))).toBe(undefined);
    expect(turns.end(a!)).toBe(b);
    expect(turns.end(a!)).toBe(undefined);
  });
});
