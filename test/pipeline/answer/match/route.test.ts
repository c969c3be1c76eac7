import { describe, expect, it } from "vitest";
import { Route, type RouteRules } from "../../../../src/pipeline/answer/match/route.ts";
import type { Part } from "../../../../src/wire/wire.ts";

/**
 * A place of an answer as these tests write it: an id, `?` for none, `x` for one that was never sent; `=1` for an id in
 * the answer itself, `!` for an error, `z` for no HTTP answer; in brackets what it holds instead.
 */
function partOf(token: string): Part {
  const held = /^\[(.*)\]$/.exec(token)?.[1];
  const [, id = "?", inner, mark] = /^(\d+|\?|x)?(?:=(\d+|x))?([!z]?)$/.exec(token) ?? [];
  return {
    index: held !== undefined ? undefined : numberOf(id),
    innerIndex: inner === undefined ? undefined : numberOf(inner),
    members: held?.split(",").filter((each) => each !== "").map(partOf),
    status: mark === "!" ? 500 : mark === "z" ? 0 : 200,
    headers: {},
    readBody: () => undefined,
  };
}

function numberOf(id: string): number | undefined {
  return id === "?" ? undefined : id === "x" ? -1 : Number(id);
}

/**
 * What becomes of an answer with these places: `a1` says that the first part went to operation 1, `-b` that the second
 * belongs to nobody; behind the bar stands what is known at the end alone.
 */
function routed(answer: string, rules: Partial<RouteRules> = {}): string {
  const said: string[] = [];
  const parts = answer.split(" ").filter((token) => token !== "").map(partOf);
  const nameOf = (part: Part) => String.fromCharCode(97 + parts.indexOf(part));
  const route = new Route({ size: 3, isOrdered: true, mayStop: true, ...rules }, {
    deliver: (place, part) => said.push(`${nameOf(part)}${place}`),
    stray: (part) => said.push(`-${nameOf(part)}`),
  });
  for (const part of parts) route.part(part);
  said.push("|");
  expect(route.count).toBe(parts.length);
  const { stop, mismatch } = route.end();
  if (stop !== undefined) said.push(`stop ${nameOf(stop.part)}${stop.place}`);
  if (mismatch !== undefined) said.push(`(${mismatch})`);
  return said.join(" ");
}

const UNORDERED = { isOrdered: false };
const GOES_ON = { mayStop: false };

describe("rule 14: an id names its operation", () => {
  it.each<[answer: string, routed: string, rules?: Partial<RouteRules>]>([
    ["0 1 2", "a0 b1 c2 |"],
    ["2 0 1", "a2 b0 c1 |"],
    ["2 0 1", "a2 b0 c1 |", UNORDERED],
    ["0 1 2 ?", "a0 b1 c2 | -d"],
    ["1 1 0", "a1 | -b -c (two parts with one id)"],
    ["0 0 2", "a0 | -b -c (two parts with one id)"],
    ["0 x 2", "a0 | -b -c (a part with an id that was never sent)"],
    ["0 3 2", "a0 | -b -c (a part with an id that was never sent)"],
    ["0 x 0", "a0 | -b -c (a part with an id that was never sent)"],
    ["0 1", "a0 b1 | (2 parts for 3 operations)"],
    ["1 2", "a1 b2 | (2 parts for 3 operations)"],
    ["0z 1 2", "a0 b1 c2 |"],
    ["", "| (0 parts for 3 operations)"],
  ])("%s: %s", (answer, expected, rules) => {
    expect(routed(answer, rules)).toBe(expected);
  });
});

describe("rule 14: a place without an id", () => {
  it.each<[why: string, answer: string, routed: string, rules?: Partial<RouteRules>]>([
    ["goes to the only one left", "? 0 2", "b0 c2 | a1"],
    ["goes to the only one left, in any order", "2 ? 0", "a2 c0 | b1", UNORDERED],
    ["goes to nobody when ids were wrong", "? 0 0", "b0 | -a -c (two parts with one id)"],
    [
      "goes to nobody when the count is wrong",
      "? 0",
      "b0 | -a (2 parts for 3 operations)",
      GOES_ON,
    ],
    ["goes to nobody when there is one more", "? 0 1 0", "b0 c1 | -a -d (two parts with one id)"],
    ["stands for its position", "? ? ?", "| a0 b1 c2"],
    ["stands for its position beside ids that agree", "? ? 2", "c2 | a0 b1"],
    [
      "stands for nothing beside ids that do not",
      "? ? 1",
      "c1 | -a -b (2 parts that name no operation)",
    ],
    [
      "stands for nothing without order",
      "? ? 2",
      "c2 | -a -b (2 parts that name no operation)",
      UNORDERED,
    ],
    ["stands for nothing without a count", "? ? ? ?", "| -a -b -c -d (4 parts for 3 operations)"],
  ])("%s: %s", (_why, answer, expected, rules) => {
    expect(routed(answer, rules)).toBe(expected);
  });
});

describe("rule 14: an id in the answer itself", () => {
  it.each<[why: string, answer: string, routed: string, rules?: Partial<RouteRules>]>([
    ["counts when all name all once", "?=1 ?=0 ?=2", "| a1 b0 c2", UNORDERED],
    ["counts beside ids of the parts", "1 ?=2 ?=0", "a1 | b2 c0", UNORDERED],
    ["is not asked where all have been named", "1 0 2=0", "a1 b0 c2 |"],
    ["does not count twice", "?=1 ?=1 ?=2", "| a0 b1 c2"],
    ["does not count for one that was named", "0 ?=0 ?=1", "a0 | b1 c2"],
    ["does not count when one has none", "?=1 ? ?=0", "| a0 b1 c2"],
    ["does not count when one is foreign", "?=1 ?=x ?=0", "| a0 b1 c2"],
    ["does not count when places are missing", "?=1 ?=0", "| -a -b (2 parts for 3 operations)"],
    [
      "does not count when the ids of parts are wrong",
      "x ?=1 ?=2",
      "| -a -b -c (a part with an id that was never sent)",
    ],
  ])("%s: %s", (_why, answer, expected, rules) => {
    expect(routed(answer, rules)).toBe(expected);
  });
});

describe("rule 14: a server that stopped at an error", () => {
  it.each<[answer: string, routed: string, rules?: Partial<RouteRules>]>([
    ["0 1!", "a0 b1 | stop b1"],
    ["1! 0", "a1 b0 | stop a1"],
    ["0!", "a0 | stop a0"],
    ["0 1!", "a0 b1 | stop b1", UNORDERED],
    ["? ?!", "| a0 b1 stop b1"],
    ["0 ?!", "a0 | b1 stop b1"],
    ["? 1!", "b1 | a0 stop b1"],
    ["?!", "| a0 stop a0"],
  ])("is known by its places: %s", (answer, expected, rules) => {
    expect(routed(answer, rules)).toBe(expected);
  });

  it.each<[why: string, answer: string, routed: string, rules?: Partial<RouteRules>]>([
    ["its server goes on", "0 1!", "a0 b1 | (2 parts for 3 operations)", GOES_ON],
    ["the error is not the last", "0! 1", "a0 b1 | (2 parts for 3 operations)"],
    ["there are two errors", "0! 1!", "a0 b1 | (2 parts for 3 operations)"],
    ["there is none", "0 1", "a0 b1 | (2 parts for 3 operations)"],
    ["others than the first answered", "0 2!", "a0 b2 | (2 parts for 3 operations)"],
    ["others than the first answered", "1 2!", "a1 b2 | (2 parts for 3 operations)"],
    ["others than the first answered", "2 1!", "a2 b1 | (2 parts for 3 operations)"],
    ["all answered", "0 1 2!", "a0 b1 c2 |"],
    ["positions prove nothing", "? ?!", "| -a -b (2 parts for 3 operations)", UNORDERED],
    ["the error has a position before others", "?! ?", "| -a -b (2 parts for 3 operations)"],
    ["two errors have positions", "?! ?!", "| -a -b (2 parts for 3 operations)"],
    ["one error has an id, one a position", "0! ?!", "a0 | -b (2 parts for 3 operations)"],
    ["the error with an id stands before", "0! ?", "a0 | -b (2 parts for 3 operations)"],
    ["the error with a position stands before", "?! 1", "b1 | -a (2 parts for 3 operations)"],
    ["ids disagree with positions", "1 ?!", "a1 | -b (2 parts for 3 operations)"],
    ["an id is foreign", "0 x!", "a0 | -b (a part with an id that was never sent)"],
    ["an id came twice", "0 1! 0", "a0 b1 | -c (two parts with one id)", { size: 4 }],
    ["a part holds no answer", "0z 1!", "a0 b1 | (2 parts for 3 operations)"],
    ["a place holds others", "[0] 1!", "-a b1 | (2 parts for 3 operations)"],
    ["there are more places than operations", "0 1 2! ?", "a0 b1 c2 | -d"],
  ])("is not assumed when %s: %s", (_why, answer, expected, rules) => {
    expect(routed(answer, rules)).toBe(expected);
  });
});

describe("rule 14: a place that holds others", () => {
  it.each<[why: string, answer: string, routed: string]>([
    ["is no answer to those that it names", "[0] 1 2", "-a b1 c2 | (a part that holds no answer)"],
    ["takes their places", "[0,1] 2 ?", "-a b2 | -c (1 parts that name no operation)"],
    ["leaves none to two others", "[0,1] ? ?", "-a | -b -c (2 parts that name no operation)"],
    ["names them once", "[0,0] 0 1", "-a | -b -c (two parts with one id)"],
    ["is nobody's without ids", "[] 1 2", "b1 c2 | -a (a part that holds no answer)"],
    [
      "is nobody's with ids of others",
      "[x] 1 2",
      "| -a -b -c (a part with an id that was never sent)",
    ],
    ["is nobody's with ids that came", "0 [0] 2", "a0 | -b -c (two parts with one id)"],
  ])("%s: %s", (_why, answer, expected) => {
    expect(routed(answer)).toBe(expected);
  });
});

describe("rule 14: a place for a group", () => {
  const first = { groupSizes: [2, undefined, undefined] };
  const second = { groupSizes: [undefined, 2, undefined] };

  it.each<[why: string, answer: string, routed: string, rules: Partial<RouteRules>]>([
    ["holds a part for each member", "[0,0] 1 2", "a0 b1 c2 |", first],
    ["may come before others", "[1,1] 0 2", "a1 b0 c2 |", second],
    ["holds the one error of all", "[0!] 1 2", "a0 b1 c2 |", first],
    ["is the one error of all", "0! 1 2", "a0 b1 c2 |", first],
    ["is the only one left", "[?,?] 1 2", "b1 c2 | a0", first],
    ["has a position", "? [?,?] ?", "| a0 b1 c2", second],
    ["is where the server stopped", "0 [1,1!]", "a0 b1 | stop b1", second],
    [
      "is none with one part too many",
      "[0,0,0] 1 2",
      "-a b1 c2 | (a part that holds no answer)",
      first,
    ],
    ["is none without a member's", "[0] 1 2", "-a b1 c2 | (a part that holds no answer)", first],
    [
      "is none with an error beside a success, and one member's missing",
      "[0,0!] 1 2",
      "-a b1 c2 | (a part that holds no answer)",
      {
        groupSizes: [3, undefined, undefined],
      },
    ],
    [
      "is none that answers with one success",
      "0 1 2",
      "-a b1 c2 | (a part that holds no answer)",
      first,
    ],
    ["is none of two groups", "[0,1] 2 ?", "-a b2 | -c (1 parts that name no operation)", {
      groupSizes: [2, 2, undefined],
    }],
  ])("%s: %s", (_why, answer, expected, rules) => {
    expect(routed(answer, rules)).toBe(expected);
  });
});
