/** Counts the batch POSTs, and how many were under way at once. */
export class Traffic {
  posts = 0;
  maxConcurrency = 0;
  #now = 0;
  readonly #nowByMailbox = new Map<string, number>();
  readonly #maxByMailbox = new Map<string, number>();

  /** @returns what to call, once, when the POST has ended */
  enter(mailbox: string): () => void {
    const now = (this.#nowByMailbox.get(mailbox) ?? 0) + 1;
    this.#nowByMailbox.set(mailbox, now);
    this.#maxByMailbox.set(mailbox, Math.max(now, this.maxConcurrencyOf(mailbox)));
    this.maxConcurrency = Math.max(++this.#now, this.maxConcurrency);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#now--;
      this.#nowByMailbox.set(mailbox, (this.#nowByMailbox.get(mailbox) ?? 1) - 1);
    };
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
}
