import type { Part } from "../../../wire/wire.ts";

/** The ids that a place carries: its own, or those of all that it holds. */
export function idsOf(part: Part): readonly number[] {
  const { index, members } = part;
  if (index !== undefined) return [index];
  if (members === undefined) return [];
  return members.flatMap(idsOf);
}

/** What stands in a place that answers a group. */
export function answersIn(part: Part): readonly Part[] {
  return part.members ?? [part];
}

/** Does it answer with an error, or any of what it holds? */
export function isError(part: Part): boolean {
  return answersIn(part).some(({ status }) => status >= 400);
}

/**
 * A place for one operation holds one answer; that of a group one for each member, or the one error of all (protocol E40).
 *
 * @param part what stands there
 * @param groupSize how many members the group has; nothing for an operation by itself
 */
export function fits(part: Part, groupSize: number | undefined): boolean {
  if (groupSize === undefined) return part.members === undefined;
  const { length } = answersIn(part);
  return length === groupSize || (length === 1 && isError(part));
}
