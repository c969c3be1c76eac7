import { setField } from "../../operation/headers.ts";
import type { BatchContext } from "../wire.ts";
import { preferencesForParts } from "./prefer.ts";

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

/** Left out of parts: what is the batch's alone (OData 4.01 Protocol §11.7.7.1, protocol E38). */
const POST_ALONE = ["authorization", "accept-encoding", "from", "max-forwards", "range"];
/** The form of a whole batch. */
const BATCH_FORMAT = /^\s*multipart\//i;

/**
 * Headers that stand in each part.
 *
 * @param given all that there are
 * @returns a copy
 */
export function forParts(given: Readonly<Record<string, string>>): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const name in given) {
    const lowerName = name.toLowerCase();
    if (POST_ALONE.includes(lowerName)) continue;
    const value = lowerName === "prefer" ? preferencesForParts(given[name]!) : given[name]!;
    const isOfBatch = lowerName === "accept"
      ? BATCH_FORMAT.test(value)
      : lowerName === "prefer" && value === "";
    if (!isOfBatch) setField(parts, name, value);
  }
  return parts;
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
