import { describe, expect, it } from "vitest";
import { drawTimeline } from "../../../scripts/demo/picture.ts";
import type { Bar } from "../../../scripts/demo/timeline.ts";

function bar(row: string, startMs: number, endMs: number, init: Partial<Bar> = {}): Bar {
  return { row, startMs, endMs, kind: "post", size: 20, ...init };
}

interface Rect {
  readonly kind: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function rectsOf(svg: string): Rect[] {
  const rects = svg.matchAll(
    /<rect class="(\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"\/>/g,
  );
  return [...rects].map(([, kind, ...numbers]) => {
    const [x, y, width, height] = numbers.map(Number) as [number, number, number, number];
    return { kind: kind!, x, y, width, height };
  });
}

function rowNamesOf(svg: string): string[] {
  return [...svg.matchAll(/<text x="8" y="\d+">([^<]+)<\/text>/g)].map(([, name]) => name!);
}

describe("drawTimeline", () => {
  it("draws a bar as long as its time, from its beginning, within the picture", () => {
    const svg = drawTimeline("two", [bar("mailbox 1", 0, 50), bar("mailbox 1", 50, 100)], 100);
    const [first, second] = rectsOf(svg);
    expect(first!.x).toBe(110);
    expect(second!.x).toBe(110 + 410);
    expect(first!.width).toBe(second!.width);
    expect(second!.x + second!.width).toBeLessThanOrEqual(930);
    expect(first!.y).toBe(second!.y);
  });

  it("never draws one POST or pause over another", () => {
    const bars = [
      bar("mailbox 1", 0, 50),
      bar("mailbox 1", 20, 70),
      bar("mailbox 1", 30, 90, { kind: "pause", size: 0 }),
      bar("mailbox 1", 50, 80),
    ];
    const rects = rectsOf(drawTimeline("overlaps", bars, 100));
    const clashes = rects.filter((a, at) =>
      rects.slice(at + 1).some((b) => a.y === b.y && a.x < b.x + b.width && b.x < a.x + a.width)
    );
    expect(rects).toHaveLength(4);
    expect(clashes).toEqual([]);
  });

  it("names a row once, in the order of its number", () => {
    const bars = ["mailbox 10", "mailbox 2", "mailbox 2"].map((row) => bar(row, 0, 10));
    expect(rowNamesOf(drawTimeline("rows", bars, 10))).toEqual(["mailbox 2", "mailbox 10"]);
  });

  it("draws a window as a thin line in the row of its POST, and says how many a POST carries", () => {
    const wait = bar("mailbox 1", 0, 10, { kind: "wait" });
    const svg = drawTimeline("window", [bar("mailbox 1", 10, 100), wait], 100);
    const [thin, post] = rectsOf(svg);
    expect([thin!.kind, post!.kind]).toEqual(["wait", "post"]);
    expect(thin!.height).toBeLessThan(post!.height);
    expect(thin!.x + thin!.width).toBeLessThanOrEqual(post!.x);
    expect(svg).toContain(`<text class="n" x="${post!.x + 2}" y="54">20</text>`);
  });

  it("has a scale from nothing to the end, a title, and colours for both schemes", () => {
    const svg = drawTimeline("a run", [bar("mailbox 1", 0, 10)], 500);
    expect([...svg.matchAll(/>(\d+) ms</g)].map(([, ms]) => Number(ms)))
      .toEqual([0, 100, 200, 300, 400, 500]);
    expect(svg).toContain('aria-label="a run"');
    expect(svg).toContain("prefers-color-scheme:dark");
  });
});
