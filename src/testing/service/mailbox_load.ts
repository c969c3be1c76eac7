/** How many operations each mailbox works on at this moment, whatever batches they came in. */
export class MailboxLoad {
  readonly #limit: number;
  readonly #now = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns what to call, once, when the operation is done; `undefined` when the mailbox takes no more */
  enter(mailbox: string): (() => void) | undefined {
    const now = this.#now.get(mailbox) ?? 0;
    if (now >= this.#limit) return undefined;
    this.#now.set(mailbox, now + 1);
    return () => {
      this.#now.set(mailbox, (this.#now.get(mailbox) ?? 1) - 1);
    };
  }
}
