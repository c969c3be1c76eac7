import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteSearch } from "../../src/mime/byte_search.ts";
import { fuzz } from "../support/fuzz.ts";
import { octets } from "../support/octets.ts";

describe("ByteSearch", () => {
  it("finds the first occurrence at or after a place", () => {
    const search = new ByteSearch("--b");
    const bytes = octets("--b x --b");
    expect(search.find(bytes, 0)).toBe(0);
    expect(search.find(bytes, 1)).toBe(6);
    expect(search.find(bytes, 7)).toBe(-1);
    expect(search.find(new Uint8Array(0), 0)).toBe(-1);
  });

  it("agrees with indexOf on texts full of near matches", () => {
    const near: fc.Arbitrary<string> = fc.string({
      unit: fc.constantFrom("-", "a", "b"),
      maxLength: 200,
    });
    const needle = fc.string({ unit: fc.constantFrom("-", "a", "b"), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(near, needle, fc.nat(20), (text, sought, from) => {
        expect(new ByteSearch(sought).find(octets(text), from)).toBe(text.indexOf(sought, from));
      }),
      fuzz(1_000),
    );
  });
});
