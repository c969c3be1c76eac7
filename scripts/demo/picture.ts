import type { Bar } from "./timeline.ts";

const WIDTH = 960;
const LEFT = 110;
const TOP = 44;
const ROW = 19;
const TICKS = 5;

/** Grey words, and colours that are told apart on white and on black. */
const STYLE = `text{font:12px system-ui,sans-serif;fill:#57606a}.t{font-weight:600;font-size:14px}
.post{fill:#2f81f7}.pause{fill:#d29922;opacity:.55}.wait{fill:#8b949e;opacity:.35}.n{fill:#fff;font-size:9px}
.g{stroke:#8b949e;opacity:.3}@media(prefers-color-scheme:dark){text{fill:#9da7b1}.n{fill:#fff}}`;

/**
 * Draws a run: a row a mailbox (and more where POSTs overlap) or a connection, a bar a POST with the number of its
 * parts, the window before it in grey, pauses in yellow.
 *
 * @param title stands above it
 * @param bars what was out, and when
 * @param endMs how long the picture's time is, so that two pictures can be compared
 * @returns the SVG
 */
export function drawTimeline(title: string, bars: readonly Bar[], endMs: number): string {
  const rows = rowsOf(bars);
  const height = TOP + rows.length * ROW + 26;
  const x = (ms: number): number =>
    Math.round((LEFT + Math.min(ms, endMs) / endMs * (WIDTH - LEFT - 30)) * 10) / 10;
  const ticks = Array.from({ length: TICKS + 1 }, (_, at) => at * endMs / TICKS).map((ms) =>
    `<path class="g" d="M${x(ms)} ${TOP - 6}V${height - 20}"/>` +
    `<text x="${x(ms)}" y="${height - 6}" text-anchor="middle">${Math.round(ms)} ms</text>`
  );
  const drawn = rows.flatMap(({ name, bars }, at) => {
    const y = TOP + at * ROW;
    return [
      `<text x="8" y="${y + 11}">${name}</text>`,
      ...bars.map((bar) => drawBar(bar, y, x)),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">`,
    `<style>${STYLE}</style>`,
    `<text class="t" x="8" y="22">${title}</text>`,
    ...ticks,
    ...drawn,
    "</svg>",
  ].join("\n") + "\n";
}

function drawBar(
  { kind, size, startMs, endMs }: Bar,
  y: number,
  x: (ms: number) => number,
): string {
  const left = x(startMs);
  const width = Math.max(1, Math.round((x(endMs) - left - 0.5) * 10) / 10);
  // A window is a thin line above, as POSTs of the one before it may still be out.
  const isThin = kind === "wait";
  const rect = `<rect class="${kind}" x="${left}" y="${isThin ? y - 4 : y}" width="${width}" ` +
    `height="${isThin ? 3 : ROW - 5}"/>`;
  const isReadable = kind === "post" && size > 1 && width >= 12;
  return isReadable ? `${rect}<text class="n" x="${left + 2}" y="${y + 10}">${size}</text>` : rect;
}

interface Row {
  /** Only the first of those with one name has it. */
  readonly name: string;
  readonly bars: Bar[];
}

/** Bars of one row never overlap: where they would, the row gets another one below it. */
function rowsOf(bars: readonly Bar[]): readonly Row[] {
  const groups = new Map<string, Row[]>();
  for (const bar of [...bars].sort((a, b) => a.startMs - b.startMs)) {
    let rows = groups.get(bar.row);
    if (rows === undefined) groups.set(bar.row, rows = []);
    const free = rows.find(({ bars }) =>
      bar.kind === "wait" || bars.every((other) => isApart(other, bar))
    );
    if (free !== undefined) free.bars.push(bar);
    else rows.push({ name: rows.length === 0 ? bar.row : "", bars: [bar] });
  }
  const byNumber = new Intl.Collator("en", { numeric: true });
  return [...groups].sort(([a], [b]) => byNumber.compare(a, b)).flatMap(([, rows]) => rows);
}

function isApart(a: Bar, b: Bar): boolean {
  return a.kind === "wait" || a.endMs <= b.startMs || b.endMs <= a.startMs;
}
