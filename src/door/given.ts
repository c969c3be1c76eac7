import { kindOf } from "../operation/check/kind.ts";
import { isOperation } from "../operation/identity.ts";
import type { Wire } from "../wire/wire.ts";

/** What helps whoever gave such a value in place of an operation. */
const HINTS: Readonly<Record<string, string>> = {
  "a Promise": "await it",
  "a string": "make it one: get(url)",
  "an array": "give each by itself",
  "an Observable": "flatten it, by mergeAll() for example",
};

/** What a value is refused with that is no operation. */
export function noOperation(value: unknown): TypeError {
  const kind = kindOf(value);
  const hint = Object.hasOwn(HINTS, kind) ? ` (${HINTS[kind]})` : "";
  return new TypeError(
    `Cannot batch a value as it must be an operation made by get, post and their kin: current value is ${kind}${hint}`,
  );
}

/**
 * Types do not reach every caller, and an operation where the batcher belongs would fail far from here.
 *
 * @param task what cannot be done without one, as the message says it
 * @throws {TypeError} when it cannot send
 */
export function checkBatcher(batcher: { readonly send: unknown }, task: string): void {
  if (typeof batcher?.send === "function") return;
  throw new TypeError(
    `Cannot ${task} as batcher must be a batcher: current value is ${
      isOperation(batcher) ? "an operation (the batcher stands first)" : kindOf(batcher)
    }`,
  );
}

/** @throws {TypeError} when it is no dialect, such as the options of somebody who looked for `createGraphBatcher` */
export function checkWire(wire: Wire): void {
  if (typeof wire?.contextOf === "function") return;
  throw new TypeError(
    `Cannot make a batcher as wire must be a Wire: current value is ${
      kindOf(wire)
    } (options alone are for createGraphBatcher and its kin)`,
  );
}

/** @throws {TypeError} when nobody can subscribe to it */
export function checkStream(source: { readonly subscribe: unknown }): void {
  if (typeof source?.subscribe === "function") return;
  throw new TypeError(
    `Cannot batch a source as it must be an Observable: current value is ${
      kindOf(source)
    } (wrap it in from())`,
  );
}
