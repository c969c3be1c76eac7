import { expect, it } from "vitest";
import { atomic, post } from "../../../mod.ts";
import type { Entry } from "../../../src/pipeline/entry.ts";
import { Roster } from "../../../src/pipeline/send/roster.ts";

/** What a roster looks at. */
function entryOf(built: Entry["built"], changeSets: number): Entry {
  return { built, encoded: { changeSets } } as unknown as Entry;
}

it("rule 31: whoever only might have joined a batch takes no place of others in it", () => {
  const member = post("A", {});
  const waiting = entryOf(atomic([member]), 1);
  const going = entryOf(atomic([post("B", {})]), 1);
  const alone = entryOf(member, 0);
  const roster = new Roster(1);
  expect(roster.accepts(waiting, [])).toBe(true);
  expect(roster.accepts(alone, [])).toBe(true);
  expect(roster.accepts(going, [])).toBe(true);
  roster.joined(going);
  expect(roster.accepts(waiting, [going])).toBe(false);
  expect(roster.accepts(alone, [going])).toBe(true);
  roster.joined(alone);
  expect(new Roster().accepts(waiting, [alone])).toBe(false);
});

it("rule 31: a batch in which an operation stands twice takes no group", () => {
  const twice = entryOf(post("A", {}), 0);
  const group = entryOf(atomic([post("B", {})]), 1);
  const roster = new Roster();
  for (const batch of [[], [twice]]) {
    expect(roster.accepts(twice, batch)).toBe(true);
    roster.joined(twice);
  }
  for (const _ of [1, 2]) expect(roster.accepts(group, [twice, twice])).toBe(false);
  expect(roster.accepts(twice, [twice, twice])).toBe(true);
});
