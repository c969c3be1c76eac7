import { setField } from "../../operation/headers.ts";
import type { BatchContext } from "../wire.ts";

/** No headers. */
export const NONE: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({});

/**
 * Headers that stand on the POST.
 *
 * @param given all that there are
 * @param context of the lane: an Authorization of the operations' own goes in place of any other
 * @param lowerNames of those that do not stand there
 * @returns a copy
 */
export function onPost(
  given: Readonly<Record<string, string>>,
  { authorization }: BatchContext,
  lowerNames: readonly string[],
): Record<string, string> {
  return without(
    given,
    authorization === undefined ? lowerNames : [...lowerNames, "authorization"],
  );
}

/**
 * The others.
 *
 * @param headers all that there are
 * @param lowerNames of those that are left out
 * @returns a copy
 */
export function without(
  headers: Readonly<Record<string, string>>,
  lowerNames: readonly string[],
): Record<string, string> {
  const others: Record<string, string> = {};
  for (const name in headers) {
    if (!lowerNames.includes(name.toLowerCase())) setField(others, name, headers[name]!);
  }
  return others;
}
