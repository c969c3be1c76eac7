import type { Marble, Scene, Span } from "./scene.ts";

const WIDTH = 720;
const LEFT = 96;
const RIGHT = 24;
const RADIUS = 9;
const ROW = 36;

/** Greys and colours that are read on white and on black. */
const STYLE = "text{font:12px system-ui,sans-serif;fill:#7d8590}.m{fill:#2f81f7}.e{fill:#f85149}" +
  ".l{fill:#fff;text-anchor:middle}.window{fill:#8b949e;opacity:.35}.post{fill:#2f81f7}" +
  ".p{fill:#fff}.pause{fill:#d29922;opacity:.6}.g{stroke:#8b949e;opacity:.35}";

/** Draws what was submitted, what each lane did, and what subscribers were told, from left to right in time. */
export function drawMarbles(scene: Scene, title: string, endMs: number): string {
  const x = (ms: number): number => Math.round(LEFT + ms / endMs * (WIDTH - LEFT - RIGHT));
  const lanes = [...new Set(scene.spans.map(({ lane }) => lane))];
  const lines: string[] = [];
  let y = RADIUS + 4;
  y = marbleRow("submitted", scene.submitted, y);
  for (const name of lanes) {
    y = laneRow(name, scene.spans.filter(({ lane }) => lane === name), y);
  }
  y = marbleRow("told", scene.told, y);
  const stepMs = endMs > 40 ? 10 : 5;
  const ticks = Array.from({ length: Math.floor(endMs / stepMs) + 1 }, (_, at) => at * stepMs);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${
      y + 12
    }" width="${WIDTH}" role="img" aria-label="${title}">`,
    `<style>${STYLE}</style>`,
    ...ticks.map((ms) =>
      `<path class="g" d="M${x(ms)} 0V${y - 6}"/>` +
      `<text x="${x(ms)}" y="${y + 8}" text-anchor="middle">${ms} ms</text>`
    ),
    ...lines,
    "</svg>",
    "",
  ].join("\n");

  /** Those of one moment stand below each other. */
  function marbleRow(name: string, marbles: readonly Marble[], top: number): number {
    lines.push(`<text x="4" y="${top + 4}">${name}</text>`);
    const stacks = new Map<number, number>();
    for (const { atMs, name, isError } of marbles) {
      const place = stacks.get(atMs) ?? 0;
      stacks.set(atMs, place + 1);
      const centre = top + place * (2 * RADIUS + 2);
      lines.push(
        `<circle class="${isError === true ? "e" : "m"}" cx="${
          x(atMs)
        }" cy="${centre}" r="${RADIUS}"/>` +
          `<text class="l" x="${x(atMs)}" y="${centre + 4}">${name}</text>`,
      );
    }
    return top + (Math.max(1, ...stacks.values()) - 1) * (2 * RADIUS + 2) + ROW;
  }

  /** A window is a thin line above; POSTs and pauses at the same time stand below each other. */
  function laneRow(name: string, spans: readonly Span[], top: number): number {
    lines.push(`<text x="4" y="${top + 4}">${name}</text>`);
    const endsMs: number[] = [];
    for (const { kind, fromMs, toMs, says } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
      const width = Math.max(1, x(toMs) - x(fromMs) - 1);
      if (kind === "window") {
        lines.push(
          `<rect class="window" x="${x(fromMs)}" y="${top - 15}" width="${width}" height="4"/>`,
        );
        continue;
      }
      const free = endsMs.findIndex((endMs) => endMs <= fromMs);
      const place = free === -1 ? endsMs.length : free;
      endsMs[place] = toMs;
      const centre = top + place * 22;
      lines.push(
        `<rect class="${kind}" x="${x(fromMs)}" y="${centre - 9}" width="${width}" height="18"/>` +
          `<text class="p" x="${x(fromMs) + 4}" y="${centre + 4}">${says}</text>`,
      );
    }
    return top + Math.max(0, endsMs.length - 1) * 22 + ROW;
  }
}
