import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteSearch } from "../../../src/mime/multipart/byte_search.ts";
import { fuzz } from "../../support/fuzz.ts";
import { octets } from "../../support/octets.ts";

describe("ByteSearch", () => {
  it("finds the first occurrence at or after a place", () => {
    const search = new ByteSearch("--b");
    const bytes = octets("--b x --b");
    expect(search.find(bytes, 0)).toBe(0);
    expect(search.find(bytes, 1)).toBe(6);
    expect(search.find(bytes, 7)).toBe(-1);
    expect(search.find(new Uint8Array(0), 0)).toBe(-1);
  });

  /** Texts full of near matches, with needles that repeat themselves, and of pairs that share a slot. */
  const character = fc.constantFrom("-", "a", "b", "\u0001", "c", "\u0009", "e");
  const needle = fc.string({ unit: character, minLength: 2, maxLength: 70 });
  const fragments = (sought: string) =>
    fc.array(
      fc.oneof(
        fc.tuple(fc.nat(sought.length), fc.nat(sought.length)).map((cut) => sought.slice(...cut)),
        fc.string({ unit: character, maxLength: 9 }),
        fc.string({ unit: "binary-ascii", maxLength: 90 }),
        fc.constant(sought),
      ),
      { maxLength: 8 },
    ).map((pieces) => pieces.join(""));
  const world = needle.chain((sought) => fc.tuple(fc.constant(sought), fragments(sought)));

  it("agrees with indexOf on texts full of near matches", () => {
    fc.assert(
      fc.property(world, fc.nat(20), ([sought, text], from) => {
        expect(new ByteSearch(sought).find(octets(text), from)).toBe(text.indexOf(sought, from));
      }),
      fuzz(2_000),
    );
  });

  it("finds the beginning of a line alone, when it is asked for that", () => {
    const search = new ByteSearch("--b");
    const bytes = octets("--b x--b\n--b\r--b--b");
    expect(search.findInLine(bytes, 0)).toBe(9);
    expect(search.findInLine(bytes, 10)).toBe(13);
    expect(search.findInLine(bytes, 14)).toBe(-1);
    fc.assert(
      fc.property(world, fc.nat(20), ([sought, text], from) => {
        const lines = text.replaceAll("c", "\n");
        let expected = lines.indexOf(sought, from);
        while (expected !== -1 && !/[\r\n]/.test(lines[expected - 1] ?? "")) {
          expected = lines.indexOf(sought, expected + 1);
        }
        expect(new ByteSearch(sought).findInLine(octets(lines), from)).toBe(expected);
      }),
      fuzz(1_000),
    );
  });

  it("says when a text cannot end with the beginning of what is sought", () => {
    const search = new ByteSearch("--boundary");
    const ends = ["{}", "--", "b-", "--bo", "xx", "\r\n"];
    const says = ends.map((end) => search.mayBegin(octets(end).at(-2)!, octets(end).at(-1)!));
    expect(says).toEqual([false, true, true, true, false, false]);
  });

  it("says when a text may end with the beginning of what is sought, and from where on", () => {
    fc.assert(
      fc.property(world, fc.nat(69), ([sought, text], taken) => {
        const beginning = sought.slice(0, 1 + taken % (sought.length - 1));
        const bytes = octets(`x${text}${beginning}`);
        const search = new ByteSearch(sought);
        let at = -1;
        do at = search.find(bytes, at + 1); while (at !== -1);
        expect(search.mayBegin(bytes.at(-2)!, bytes.at(-1)!)).toBe(true);
        expect(search.openFrom).toBeLessThanOrEqual(bytes.length - beginning.length);
      }),
      fuzz(2_000),
    );
  });
});
