import type { BatchEvent } from "@rxbatch/rxbatch";
import type { Observer } from "rxjs";

/** One POST, request or pause, on its row. */
export interface Bar {
  readonly row: string;
  readonly startMs: number;
  endMs: number;
  readonly kind: "post" | "pause" | "wait";
  /** How many operations it carries. */
  readonly size: number;
}

/** Keeps when what was out: of a batcher by its events, of single requests by being told. */
export class Timeline {
  readonly bars: Bar[] = [];
  readonly #clockMs: () => number;
  readonly #originMs: number;
  readonly #posts = new Map<number, Bar>();
  /** By row of requests: the one that is out. */
  readonly #rows: (Bar | undefined)[] = [];

  /** @param clockMs the time, by a clock that does not step */
  constructor(clockMs: () => number = () => performance.now()) {
    this.#clockMs = clockMs;
    this.#originMs = clockMs();
  }

  get #nowMs(): number {
    return this.#clockMs() - this.#originMs;
  }

  /** For the option `events`. */
  readonly events: Pick<Observer<BatchEvent>, "next"> = {
    next: (event) => {
      if (event.type === "sent") this.#sent(event.batch, event.lane, event.size, event.waitedMs);
      else if (event.type === "answered") this.#answered(event.batch);
      else if (event.type === "paused") this.#paused(event.lane, event.delayMs);
    },
  };

  /** A request begins. @returns what ends it */
  request(): () => void {
    const free = this.#rows.findIndex((bar) => bar === undefined);
    const at = free === -1 ? this.#rows.length : free;
    const bar = this.#bar(`connection ${at + 1}`, "post", 1);
    this.#rows[at] = bar;
    return () => {
      bar.endMs = this.#nowMs;
      this.#rows[at] = undefined;
    };
  }

  #sent(batch: number, lane: number, size: number, waitedMs: number): void {
    const bar = this.#bar(`mailbox ${lane}`, "post", size);
    this.#posts.set(batch, bar);
    const startMs = bar.startMs - waitedMs;
    this.bars.push({ ...bar, startMs, endMs: bar.startMs, kind: "wait" });
  }

  #answered(batch: number): void {
    const bar = this.#posts.get(batch);
    if (bar !== undefined) bar.endMs = this.#nowMs;
  }

  /** One that is told while another holds makes that one longer. */
  #paused(lane: number, delayMs: number): void {
    const row = `mailbox ${lane}`;
    const now = this.#nowMs;
    const running = this.bars.find((bar) =>
      bar.kind === "pause" && bar.row === row && bar.endMs >= now
    );
    const bar = running ?? this.#bar(row, "pause", 0);
    bar.endMs = now + delayMs;
  }

  #bar(row: string, kind: Bar["kind"], size: number): Bar {
    const startMs = this.#nowMs;
    const bar = { row, startMs, endMs: startMs, kind, size };
    this.bars.push(bar);
    return bar;
  }
}
