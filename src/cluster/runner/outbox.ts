import { type Batcher, BatchError } from "../../../mod.ts";
import type { JournalWriter } from "../journal/writer.ts";
import { outcomeOf, type WireOutcome } from "../message/answer.ts";
import { failureOf } from "../message/failure.ts";
import type { PostOffice } from "./post_office.ts";
import type { Running, Waiter } from "./running.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** What a mailbox works with: all of its runner share them. */
export interface MailboxStages {
  readonly batcher: Batcher;
  readonly office: PostOffice;
  readonly writer: JournalWriter;
}

/** The operations of one mailbox that are in the hands of the batcher, from there to their end. */
export class Outbox {
  readonly #stages: MailboxStages;
  readonly #running = new Map<string, Running>();

  constructor(stages: MailboxStages) {
    this.#stages = stages;
  }

  /** The one of this key, if it is here. */
  get(key: string): Running | undefined {
    return this.#running.get(key);
  }

  /** Takes back what is not out. */
  withdrawAll(): void {
    for (const running of [...this.#running.values()]) if (!running.isOut) this.#withdraw(running);
  }

  send(running: Running): void {
    const { batcher, office } = this.#stages;
    this.#running.set(running.mark.key, running);
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
        outcome: JSON.stringify(outcome),
      });
    }
    running.tell(outcome);
  }

  /** @returns when it has ended, where it is out and nobody else waits for it */
  leave(running: Running, waiter: Waiter): Promise<void> | undefined {
    running.waiters.delete(waiter);
    if (running.isEnded || running.waiters.size > 0) return undefined;
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
    running.subscription?.unsubscribe();
    if (running.isMarked) this.#stages.writer.clear(running.mark);
    return undefined;
  }

  #forget(running: Running): void {
    running.isEnded = true;
    this.#running.delete(running.mark.key);
    this.#stages.office.forget(running);
  }
}

function verdict(error: unknown): Verdict {
  return verdictOf(error instanceof BatchError ? error : undefined);
}
