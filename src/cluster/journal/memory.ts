import { Clock, Effect } from "effect";
import {
  type Journal,
  type JournalEntry,
  type Mark,
  type Outdated,
  type Report,
  type Settlement,
  SILENT_MS,
  type Taken,
} from "./journal.ts";

interface Row extends JournalEntry {
  readonly isUncertain: boolean;
}

interface Book {
  epoch: number;
  isPaused: boolean;
  readonly rows: Map<string, Row>;
}

/**
 * A journal that lives as long as the layer that it was made in: it outlives mailboxes that move within one process, and
 * nothing else.
 *
 * @returns an effect that makes it
 *
 * @example
 * ```ts
 * import { Effect } from "effect";
 * import { memoryJournal } from "@rxbatch/rxbatch/cluster";
 *
 * const journal = await Effect.runPromise(memoryJournal());
 * const { epoch } = await Effect.runPromise(journal.take("me"));
 * console.log(epoch); // 1
 * ```
 */
export function memoryJournal(): Effect.Effect<Journal> {
  return Effect.map(
    Clock.Clock,
    (clock) => new MemoryJournal(() => clock.currentTimeMillisUnsafe()),
  );
}

class MemoryJournal implements Journal {
  readonly #now: () => number;
  readonly #books = new Map<string, Book>();
  readonly #reports = new Map<string, Report & { readonly atMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  take(mailbox: string): Effect.Effect<Taken> {
    return Effect.sync(() => {
      const book = this.#bookOf(mailbox);
      return { epoch: ++book.epoch, isPaused: book.isPaused };
    });
  }

  pause(mailbox: string, isPaused: boolean): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#bookOf(mailbox).isPaused = isPaused;
    });
  }

  find(mailbox: string, keys: readonly string[]): Effect.Effect<readonly JournalEntry[]> {
    return Effect.sync(() => {
      const { rows } = this.#bookOf(mailbox);
      return keys.map((key) => rows.get(key)).filter((row) => row !== undefined);
    });
  }

  mark(marks: readonly Mark[]): Effect.Effect<ReadonlySet<string>> {
    return Effect.sync(() => {
      const fenced = new Set<string>();
      for (const mark of marks) {
        const { epoch, rows } = this.#bookOf(mark.mailbox);
        if (epoch !== mark.epoch) fenced.add(mark.mailbox);
        else {
          rows.set(mark.key, {
            ...mark,
            outcome: undefined,
            mayHaveRun: true,
            isUncertain: false,
            atMs: this.#now(),
          });
        }
      }
      return fenced;
    });
  }

  settle(settlements: readonly Settlement[]): Effect.Effect<void> {
    return Effect.sync(() => {
      for (const settlement of settlements) {
        const { rows } = this.#bookOf(settlement.mailbox);
        const { epoch = 0, isUnsafe = false, digest } = rows.get(settlement.key) ?? {};
        rows.set(settlement.key, { ...settlement, epoch, isUnsafe, digest, atMs: this.#now() });
      }
    });
  }

  clear(keys: readonly { readonly mailbox: string; readonly key: string }[]): Effect.Effect<void> {
    return Effect.sync(() => {
      for (const { mailbox, key } of keys) {
        const { rows } = this.#bookOf(mailbox);
        if (rows.get(key)?.outcome === undefined) rows.delete(key);
      }
    });
  }

  uncertain(
    mailbox: string | undefined,
    limit: number,
  ): Effect.Effect<readonly JournalEntry[]> {
    return Effect.sync(() => {
      const books = mailbox === undefined ? this.#books.values() : [this.#bookOf(mailbox)];
      const rows = [...books].flatMap(({ epoch, rows }) =>
        [...rows.values()].filter((row) =>
          row.isUncertain || (row.isUnsafe && row.outcome === undefined && row.epoch < epoch)
        )
      );
      return rows.sort((a, b) => a.atMs - b.atMs).slice(0, limit);
    });
  }

  prune({ beforeMs, limit, except }: Outdated): Effect.Effect<number> {
    return Effect.sync(() => {
      let count = 0;
      for (const [mailbox, { rows }] of this.#books) {
        if (except.includes(mailbox)) continue;
        for (const [key, { atMs, outcome }] of rows) {
          if (count === limit) return count;
          if (atMs < beforeMs && outcome !== undefined && rows.delete(key)) count++;
        }
      }
      return count;
    });
  }

  report(report: Report): Effect.Effect<number> {
    return Effect.sync(() => {
      this.#reports.set(report.runner, { ...report, atMs: this.#now() });
      let others = 0;
      for (const { runner, queued, atMs } of this.#reports.values()) {
        if (atMs < this.#now() - SILENT_MS) this.#reports.delete(runner);
        else if (runner !== report.runner) others += queued;
      }
      return others;
    });
  }

  #bookOf(mailbox: string): Book {
    const known = this.#books.get(mailbox);
    if (known !== undefined) return known;
    const book: Book = { epoch: 0, isPaused: false, rows: new Map() };
    this.#books.set(mailbox, book);
    return book;
  }
}
