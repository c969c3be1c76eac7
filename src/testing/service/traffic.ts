/** Counts the batch POSTs, and how many were under way at once. */
export class Traffic {
  posts = 0;
  maxConcurrency = 0;
  #now = 0;
  readonly #nowByMailbox = new Map<string, number>();
  readonly #maxByMailbox = new Map<string, number>();

  /** @returns what to call when the POST has ended; only the first call counts */
  enter(): () => void {
    this.maxConcurrency = Math.max(++this.#now, this.maxConcurrency);
    return once(() => this.#now--);
  }

  /** The POST is for these mailboxes. @returns what to call when it has ended; only the first call counts */
  visit(mailboxes: Iterable<string>): () => void {
    const visited = [...mailboxes];
    for (const mailbox of visited) {
      const now = this.#nowOf(mailbox) + 1;
      this.#nowByMailbox.set(mailbox, now);
      this.#maxByMailbox.set(mailbox, Math.max(now, this.maxConcurrencyOf(mailbox)));
    }
    return once(() => {
      for (const mailbox of visited) this.#nowByMailbox.set(mailbox, this.#nowOf(mailbox) - 1);
    });
  }

  /** Forgets the past; what is under way stays under way. */
  reset(): void {
    this.posts = 0;
    this.maxConcurrency = this.#now;
    this.#maxByMailbox.clear();
  }

  maxConcurrencyOf(mailbox: string): number {
    return this.#maxByMailbox.get(mailbox) ?? 0;
  }

  #nowOf(mailbox: string): number {
    return this.#nowByMailbox.get(mailbox) ?? 0;
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
