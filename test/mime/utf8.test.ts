import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8Length } from "../../src/mime/utf8.ts";
import { fuzz } from "../support/fuzz.ts";
import { octets } from "../support/octets.ts";

describe("utf8Length()", () => {
  it.each([
    ["", 0],
    ["plain", 5],
    ["Grüße", 7],
    ["会議", 6],
    ["🗓", 4],
    ["\ud83d", 3],
    ["\uddd3\ud83d", 6],
  ])("counts %j as %i octets", (text, length) => {
    expect(utf8Length(text)).toBe(length);
  });

  it("cuts no pair of a long text in two", () => {
    for (const start of ["", "x", "xx", "\ud83d"]) {
      const text = start + "🗓ü".repeat(20_000);
      expect(utf8Length(text)).toBe(octets(text).length);
    }
    for (const pair of ["🗓", "\u{10000}", "\u{10ffff}", "\udc00x"]) {
      for (const before of [8_190, 8_191]) {
        const text = "€".repeat(before) + pair + "€";
        expect(utf8Length(text)).toBe(octets(text).length);
      }
    }
  });

  it("counts what TextEncoder writes, lone surrogates too", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
        }),
        (text) => {
          expect(utf8Length(text)).toBe(octets(text).length);
        },
      ),
      fuzz(500),
    );
  });
});
