import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Octets } from "../../src/mime/octets.ts";
import { fuzz } from "../support/fuzz.ts";
import { joined, octets, text } from "../support/octets.ts";
import { inPieces } from "./support.ts";

describe("Octets", () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const places = fc.array(fc.nat(60), { maxLength: 8 });

  it("are the same however they are cut", () => {
    fc.assert(
      fc.property(bytes, places, fc.nat(70), fc.nat(70), (all, cuts, start, end) => {
        const some = inPieces(all, cuts);
        expect(some).toHaveLength(all.length);
        expect(some.joined()).toEqual(all);
        expect(some.copy()).toEqual(all);
        expect(some.from(start).joined()).toEqual(all.subarray(start));
        expect(some.from(start)).toHaveLength(all.subarray(start).length);
        expect(some.from(start).first.length > 0).toBe(start < all.length);
        expect(some.upTo(end).joined()).toEqual(all.subarray(0, end));
        expect(some.upTo(end)).toHaveLength(all.subarray(0, end).length);
        expect(some.every((octet) => octet < 250)).toBe(all.every((octet) => octet < 250));
        expect(joined([some.first, some.from(some.first.length).joined()])).toEqual(all);
      }),
      fuzz(500),
    );
  });

  it.each([
    ["a few", 3],
    ["as many as are put together in a scratch array", 131_072],
    ["more than that", 131_073],
  ])("are decoded whole, characters that are cut too: %s", (_, length) => {
    const whole = "\u20ac".repeat(Math.ceil(length / 3)).slice(0, length);
    const encoded = octets(whole).subarray(0, length);
    const decoder = new TextDecoder();
    const expected = decoder.decode(encoded);
    expect(inPieces(encoded, [1, 500, length - 1]).decode(decoder)).toBe(expected);
    expect(Octets.of(encoded).decode(decoder)).toBe(expected);
  });

  it("show nothing of what was decoded before", () => {
    const decoder = new TextDecoder();
    expect(inPieces(octets("a long text"), [4]).decode(decoder)).toBe("a long text");
    expect(inPieces(octets("short"), [2]).decode(decoder)).toBe("short");
    expect(inPieces(octets(""), []).decode(decoder)).toBe("");
  });

  it("fill a shared array to its last octet, and never more", () => {
    const pair = (length: number, fill: number) =>
      new Octets([Uint8Array.of(fill), new Uint8Array(length - 1).fill(fill)], length);
    const untilFresh = () => {
      let first = pair(2, 7).joined();
      while (first.byteOffset !== 0) first = pair(2, 7).joined();
      return first;
    };
    for (const last of [16_382, 16_383]) {
      const first = untilFresh();
      const size = first.buffer.byteLength;
      expect(size).toBeGreaterThan(first.length);
      const all = [first, ...[1, 2, 3].map((fill) => pair(16_384, fill).joined())];
      all.push(pair(last, 4).joined());
      const isFull = 2 + 3 * 16_384 + last === size;
      expect(all.at(-1)!.buffer === first.buffer).toBe(isFull);
      expect(all.map((array) => array.length)).toEqual([2, 16_384, 16_384, 16_384, last]);
      for (const [at, array] of all.entries()) {
        expect(array.every((octet) => octet === [7, 1, 2, 3, 4][at])).toBe(true);
      }
    }
  });

  it("have a copy that shares its array with nothing", () => {
    const some = inPieces(octets("some text"), [4]);
    const copy = some.copy();
    expect(copy.buffer.byteLength).toBe(copy.length);
    copy.fill(0);
    expect(text(some.copy())).toBe("some text");
    expect(text(some.joined())).toBe("some text");
  });

  it("keep the pieces that they hold whole", () => {
    const pieces = [octets("first"), octets("second")];
    const some = new Octets(pieces, 11);
    expect(some.upTo(11)).toBe(some);
    for (const end of [5, 6, 10]) expect(some.upTo(end).first).toBe(pieces[0]);
    expect(some.from(5).first).toBe(pieces[1]);
    expect(some.from(0).first).toBe(pieces[0]);
  });

  it("are views until they are copied", () => {
    const chunk = Buffer.from("xxPNGxx");
    const some = Octets.of(chunk).from(2).upTo(3);
    expect(some.joined().buffer).toBe(chunk.buffer);
    const copy = some.copy();
    expect(Buffer.isBuffer(copy)).toBe(false);
    chunk.fill(0);
    expect(text(copy)).toBe("PNG");
  });
});
