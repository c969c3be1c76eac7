import type { WireAnswer } from "./answer.ts";
import type { WireRequest } from "./request.ts";

/** Longer than that nobody waits for the slower operations of the same message. */
const MAX_HOLD_MS = 60_000;

/** Of two answers to a message the second waits twice as long, so there are few of them. */
export function nextHoldMs(holdMs: number): number {
  return Math.min(2 * holdMs, MAX_HOLD_MS);
}

/** The key of what an early answer to a message left open: both sides know it, so whoever stores it first has stored it. */
export function restKeyOf(key: string): string {
  return `${key}~`;
}

/** The key under which a client asks for the same again, as it has heard nothing. */
export function againKeyOf(key: string): string {
  return `${key}!`;
}

/** The key under which a client first sent what this message has. */
export function firstKeyOf(key: string): string {
  let { length } = key;
  while (key.endsWith("~", length) || key.endsWith("!", length)) length--;
  return key.slice(0, length);
}

/** What an answer left open, if it did. */
export function restOf(
  { isChain, operations }: WireRequest,
  outcomes: WireAnswer["outcomes"],
): WireRequest | undefined {
  const open = operations.filter((_, place) => outcomes[place] === null);
  if (open.length === 0) return undefined;
  return { ...(isChain === undefined ? {} : { isChain }), operations: open };
}
