import { type Batcher, BatchError } from "../../../mod.ts";
import type { JournalWriter } from "../journal/writer.ts";
import { outcomeOf, outcomeText, type WireOutcome } from "../message/answer.ts";
import { failureOf } from "../message/failure.ts";
import type { Load } from "./load.ts";
import type { PostOffice } from "./post_office.ts";
import type { Running, Waiter } from "./running.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** What a mailbox works with: all of its runner share them. */
export interface MailboxStages {
  readonly batcher: Batcher;
  readonly office: PostOffice;
  readonly writer: JournalWriter;
  /** The time, in milliseconds. */
  readonly now: () => number;
  /** The most operations that one mailbox may have in hand. */
  readonly maxQueued: number;
  readonly load: Load;
}

/** Who has to know which operations end. */
export interface Watch {
  /** Their keys. */
  readonly ended: ReadonlySet<string>;
  readonly stop: () => void;
}

/** The operations of one mailbox that are in the hands of the batcher, from there to their end. */
export class Outbox {
  readonly #stages: MailboxStages;
  readonly #running = new Map<string, Running>();
  readonly #watches = new Set<Set<string>>();
  /** What waits until the mailbox is resumed. */
  #held = new Set<Running>();
  #isPaused: boolean;
  #drained: (() => void)[] = [];

  constructor(stages: MailboxStages, isPaused: boolean) {
    this.#stages = stages;
    this.#isPaused = isPaused;
  }

  /** The one of this key, if it is here. */
  get(key: string): Running | undefined {
    return this.#running.get(key);
  }

  get size(): number {
    return this.#running.size;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** What is here, in the order in which it came. */
  get all(): Iterable<Running> {
    return this.#running.values();
  }

  /** Takes back what is not out: children before their parents, whose leaving would fail them. */
  withdrawAll(): void {
    for (const running of this.#waiting().reverse()) this.#withdraw(running);
  }

  watch(): Watch {
    const ended = new Set<string>();
    this.#watches.add(ended);
    return { ended, stop: () => this.#watches.delete(ended) };
  }

  send(running: Running): void {
    this.#running.set(running.mark.key, running);
    this.#stages.load.here++;
    if (this.#isPaused) this.#held.add(running);
    else this.#submit(running);
  }

  /** From now on nothing leaves; with `all` not even what the batcher has and has not sent. */
  pause(all: boolean): void {
    this.#isPaused = true;
    if (!all) return;
    const waiting = this.#waiting();
    for (const running of [...waiting].reverse()) {
      this.#takeBack(running);
      running.isMarked = false;
    }
    this.#held = new Set(waiting);
  }

  resume(): void {
    const held = this.#held;
    this.#held = new Set();
    this.#isPaused = false;
    for (const running of held) this.#submit(running);
  }

  /** Calls back when everything that is not held has ended. */
  whenDrained(listener: () => void): void {
    if (this.#running.size === this.#held.size) listener();
    else this.#drained.push(listener);
  }

  #waiting(): Running[] {
    return [...this.#running.values()].filter(({ isOut }) => !isOut);
  }

  #submit(running: Running): void {
    const { batcher, office } = this.#stages;
    office.register(running);
    running.subscription = batcher.send(running.operation).subscribe({
      next: (response) =>
        this.#ended(
          running,
          outcomeOf(response, running.operation.method === undefined),
          verdictOf(undefined),
        ),
      error: (error: unknown) =>
        this.#ended(running, { failure: failureOf(error) }, verdict(error)),
    });
  }

  #ended(running: Running, outcome: WireOutcome, { mayHaveRun, isUncertain }: Verdict): void {
    this.#forget(running);
    const { mailbox, key, message, label, isUnsafe } = running.mark;
    if (running.isJournaled) {
      this.#stages.writer.settle({
        ...{ mailbox, key, message, label, mayHaveRun },
        isUncertain: isUncertain && isUnsafe,
        outcome: outcomeText(outcome),
      });
    }
    running.tell(outcome);
  }

  /** @returns when it has ended, where it is out and nobody else waits for it */
  leave(running: Running, waiter: Waiter): Promise<void> | undefined {
    running.waiters.delete(waiter);
    return running.waiters.size > 0 ? undefined : this.#end(running);
  }

  /** The mailbox goes. @returns when what is out has ended */
  async leaveAll(): Promise<void> {
    await Promise.all(Array.from(this.#running.values()).reverse().map((one) => this.#end(one)));
  }

  #end(running: Running): Promise<void> | undefined {
    if (running.isEnded) return undefined;
    if (!running.isOut) return this.#withdraw(running);
    return new Promise((resolve) =>
      running.whenOver.push(() => {
        // It was refused, and would go again.
        if (!running.isEnded) this.#withdraw(running);
        resolve();
      })
    );
  }

  #withdraw(running: Running): undefined {
    this.#forget(running);
    this.#takeBack(running);
    return undefined;
  }

  #takeBack(running: Running): void {
    this.#stages.office.forget(running);
    running.subscription?.unsubscribe();
    if (running.isMarked) this.#stages.writer.clear(running.mark);
  }

  #forget(running: Running): void {
    running.isEnded = true;
    for (const ended of this.#watches) ended.add(running.mark.key);
    if (this.#running.delete(running.mark.key)) this.#stages.load.here--;
    this.#held.delete(running);
    this.#stages.office.forget(running);
    if (this.#running.size > this.#held.size) return;
    const drained = this.#drained;
    this.#drained = [];
    for (const listener of drained) listener();
  }
}

function verdict(error: unknown): Verdict {
  return verdictOf(error instanceof BatchError ? error : undefined);
}
