import { Effect } from "effect";
import type { Seal } from "../message/seal.ts";
import { patiently, sealed } from "./patience.ts";
import type { Journal, JournalError, JournalKey, Mark, Settlement } from "./journal.ts";

/** Marks that wait to be written, and who waits for them. */
interface Marking {
  readonly marks: readonly Mark[];
  readonly written: (fenced: ReadonlySet<string>) => void;
}

/**
 * Writes a journal in the order in which things happened: how earlier operations ended stands there before a mark of later
 * ones does, so what a mark was built on is never lost before it. What comes while it writes goes with the next statement.
 */
export class JournalWriter {
  readonly #journal: Journal;
  readonly #seal: Seal;
  readonly #run: <A>(effect: Effect.Effect<A>) => Promise<A>;
  #markings: Marking[] = [];
  #settlements: Settlement[] = [];
  #cleared: JournalKey[] = [];
  #waiting: (() => void)[] = [];
  #isWriting = false;

  constructor(
    journal: Journal,
    { seal, run }: { seal: Seal; run: <A>(effect: Effect.Effect<A>) => Promise<A> },
  ) {
    this.#journal = journal;
    this.#seal = seal;
    this.#run = run;
  }

  /** @returns the mailboxes that another runner has taken */
  mark(marks: readonly Mark[]): Promise<ReadonlySet<string>> {
    return new Promise((written) => {
      this.#markings.push({ marks, written });
      this.#write();
    });
  }

  settle(settlement: Settlement): void {
    this.#settlements.push(settlement);
    this.#write();
  }

  clear(key: JournalKey): void {
    this.#cleared.push(key);
    this.#write();
  }

  /** Calls back when everything that was given so far is written, at once when it is. */
  whenWritten(listener: () => void): void {
    if (this.#isWriting) this.#waiting.push(listener);
    else listener();
  }

  #write(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    // What is told in the same run goes with one statement.
    await undefined;
    while (this.#hasWork) await this.#writeOnce();
    this.#isWriting = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const listener of waiting) listener();
  }

  get #hasWork(): boolean {
    return this.#markings.length + this.#settlements.length + this.#cleared.length > 0;
  }

  async #writeOnce(): Promise<void> {
    const [markings, settlements, cleared] = [this.#markings, this.#settlements, this.#cleared];
    const waiting = this.#waiting;
    this.#markings = [];
    this.#settlements = [];
    this.#cleared = [];
    this.#waiting = [];
    if (cleared.length > 0) await this.#safely(() => this.#journal.clear(cleared));
    if (settlements.length > 0) {
      const kept = await Promise.all(settlements.map(async (settlement) => ({
        ...settlement,
        outcome: await this.#run(sealed(this.#seal, settlement.outcome)),
      })));
      await this.#safely(() => this.#journal.settle(kept));
    }
    for (const listener of waiting) listener();
    if (markings.length === 0) return;
    const marks = markings.flatMap((marking) => marking.marks);
    const fenced = await this.#safely(() => this.#journal.mark(marks));
    for (const { written } of markings) written(fenced);
    // Who left meanwhile has his mark taken back: that belongs to what is written before anybody is told that all is.
    await undefined;
  }

  #safely<A>(write: () => Effect.Effect<A, JournalError>): Promise<A> {
    return this.#run(patiently(Effect.suspend(write)));
  }
}
