import { kindOf } from "../operation/check/kind.ts";

/**
 * Checks what a transport is made of: what it calls with the first batch would fail as if the network did.
 *
 * @param what it is called, and must have or be, as the message says it
 * @param given as the user gave it
 * @param isRight whether it is that
 * @throws {TypeError} when it is not
 */
export function checkGiven(what: string, given: unknown, isRight: boolean): void {
  if (isRight) return;
  throw new TypeError(`Cannot make a transport as ${what}: current value is ${kindOf(given)}`);
}
