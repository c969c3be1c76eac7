import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Collector } from "../../src/mime/collector.ts";
import { fuzz } from "../support/fuzz.ts";
import { chunksOf, isSame, joined, octets } from "../support/octets.ts";

describe("Collector", () => {
  it("gives a single piece back as it came", () => {
    const collector = new Collector();
    const piece = octets("whole");
    collector.add(new Uint8Array(0));
    collector.add(piece);
    expect(collector.take().joined()).toBe(piece);
    expect(collector.take()).toHaveLength(0);
  });

  it("collects pieces of every size, time after time", () => {
    const collector = new Collector();
    const sizes = fc.array(fc.oneof(fc.nat(40), fc.constantFrom(1023, 32_768, 40_000, 200_000)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const pieces = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
        for (const piece of pieces) collector.add(piece);
        const whole = joined(pieces);
        const taken = collector.take();
        expect(taken).toHaveLength(whole.length);
        expect(isSame(taken.joined(), whole)).toBe(true);
        expect(collector.take()).toHaveLength(0);
      }),
      fuzz(100),
    );
  });

  it("keeps large pieces as the views they are", () => {
    const collector = new Collector();
    const pieces = [new Uint8Array(600), new Uint8Array(70_000)];
    for (const piece of pieces) collector.add(piece);
    const taken = collector.take();
    expect(taken.first).toBe(pieces[0]);
    expect(taken.from(600).first).toBe(pieces[1]);
  });

  it("keeps eight small pieces as views, and large ones however many came before", () => {
    const collector = new Collector();
    const sizes = [511, 1, 1, 1, 512, 1, 1, 1, 1, 400, 512, 400];
    const pieces = sizes.map((size) => new Uint8Array(size));
    for (const piece of pieces) collector.add(piece);
    const taken = collector.take();
    const starts = sizes.map((_, at) => sizes.slice(0, at).reduce((sum, size) => sum + size, 0));
    const isView = starts.map((start, at) => taken.from(start).first === pieces[at]);
    expect(isView.map(Number).join("")).toBe("111111111010");
    expect(taken).toHaveLength(sizes.reduce((sum, size) => sum + size));
  });

  it("has room for a larger piece behind the smallest", () => {
    const collector = new Collector();
    const whole = new Uint8Array(8 + 511).map((_, at) => at);
    for (let at = 0; at < 8; at++) collector.add(whole.subarray(at, at + 1));
    collector.add(whole.subarray(8));
    expect(isSame(collector.take().joined(), whole)).toBe(true);
  });

  it("keeps a flood of single octets in a few blocks", () => {
    const collector = new Collector();
    const whole = new Uint8Array(300_000).map((_, at) => at);
    for (const chunk of chunksOf(whole, 1)) collector.add(chunk);
    const taken = collector.take();
    expect(isSame(taken.joined(), whole)).toBe(true);
    const blocks = new Set<ArrayBufferLike>();
    for (let at = 0; at < whole.length; at += 100) {
      blocks.add(taken.from(at).first.buffer);
    }
    expect(blocks.size).toBeLessThan(20);
    let blockBytes = 0;
    for (const block of blocks) blockBytes += block.byteLength;
    expect(blockBytes).toBeLessThan(2 * whole.length);
  });
});
