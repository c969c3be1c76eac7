import type { Fetch } from "../../mod.ts";

/** A fetch that tells when it has been called. */
export interface Counted {
  readonly fetch: Fetch;
  /** Resolves when that was so often. */
  readonly called: (times: number) => Promise<void>;
}

export function counted(fetch: Fetch): Counted {
  let count = 0;
  const waiting = new Map<number, () => void>();
  return {
    fetch: (input, init) => {
      const answer = fetch(input, init);
      waiting.get(++count)?.();
      return answer;
    },
    called: (times) =>
      times <= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.set(times, () => resolve())),
  };
}
