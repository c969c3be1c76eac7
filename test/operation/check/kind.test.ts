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
    [{ subscribe: true }, "an object"],
    [new Uint8Array(), "a Uint8Array"],
    [Promise.resolve(), "a Promise"],
    [new Headers(), "a Headers"],
    [new AbortController(), "an AbortController"],
    [new URLSearchParams(), "a URLSearchParams"],
    [new Date(), "a Date"],
  ])("names %o: %s", (value, name) => {
    expect(kindOf(value)).toBe(name);
  });
});
