import { of } from "rxjs";
import { describe, expect, it } from "vitest";
import { kindOf } from "../../../src/operation/check/kind.ts";

describe("kindOf()", () => {
  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [null, "null"],
    [7, "a number"],
    [() => {}, "a function"],
    [[], "an array"],
    [{}, "an object"],
    [Object.create(null), "an object"],
    [of(1), "an Observable"],
    [Promise.resolve(), "a Promise"],
    [new Headers(), "a Headers"],
    [new AbortController(), "an AbortController"],
    [new URLSearchParams(), "a URLSearchParams"],
    [new Date(), "a Date"],
  ])("names %o: %s", (value, name) => {
    expect(kindOf(value)).toBe(name);
  });

  it("quotes no name that is text of the caller's", () => {
    for (const tag of ["secret", "A secret", "x".repeat(100), "X".repeat(100), ""]) {
      expect(kindOf({ [Symbol.toStringTag]: tag })).toBe("an object");
    }
  });
});
