/** A server that issues tokens like these for ever must not fill the memory. */
const MAX_REMEMBERED = 1024;

/**
 * Tokens that a server refused with 401, and what came in their place: those who held the same string need no refresh of
 * their own. Accounts are kept apart, for one word that stands for "none yet" may come for many of them.
 */
export class RefusedTokens {
  /** Oldest first. */
  readonly #successors = new Map<string, string | undefined>();

  /** A 401 has answered it; what came in its place before still counts. */
  refuse(account: string | undefined, token: string): void {
    const key = keyOf(account, token);
    if (this.#successors.has(key)) return;
    if (this.#successors.size === MAX_REMEMBERED) {
      this.#successors.delete(this.#successors.keys().next().value!);
    }
    this.#successors.set(key, undefined);
  }

  isRefused(account: string | undefined, token: string): boolean {
    return this.#successors.has(keyOf(account, token));
  }

  /** A refresh gave this one: whoever gave it knows of the refusal, so it may be tried, even if it is the same again. */
  replace(account: string | undefined, token: string, successor: string): void {
    this.#successors.delete(keyOf(account, successor));
    if (token !== successor) this.#successors.set(keyOf(account, token), successor);
  }

  /**
   * What to send in place of a token: itself unless it was refused; `undefined` when a refresh has to say. No chain of
   * successors bites its tail: whatever came as one was no longer refused.
   */
  current(account: string | undefined, token: string): string | undefined {
    let current: string | undefined = token;
    while (current !== undefined && this.isRefused(account, current)) {
      current = this.#successors.get(keyOf(account, current));
    }
    return current;
  }
}

/** No token holds a line end. */
function keyOf(account: string | undefined, token: string): string {
  return account === undefined ? token : `${token}\n${account}`;
}
