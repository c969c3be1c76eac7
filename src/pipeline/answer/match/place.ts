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
  const { members, status } = part;
  return members === undefined ? status >= 400 : members.some(({ status }) => status >= 400);
}

/**
 * A place for one operation holds one answer; that of a group one for each member, or the one error of all (protocol E40).
 *
 * @param part what stands there
 * @param groupSize how many members the group has; nothing for an operation by itself
 */
export function fits(part: Part, groupSize: number | undefined): boolean {
  if (groupSize === undefined) return part.members === undefined;
  const answers = answersIn(part);
  if (answers.length === 1 && isError(part)) return true;
  // What holds none, but an interim status say, is no answer of a member either.
  return answers.length === groupSize && answers.every(({ members }) => members === undefined) &&
    partsOfMembers(part, groupSize) !== undefined;
}

/**
 * Which part is each member's, as the answers to a group may come in any order: by their ids, or by those in the answers
 * themselves if these name every member once. What is left goes to the one left, or stands in its place.
 *
 * @param place of a group
 * @param size how many members the group has
 * @returns nothing for a member without a part; `undefined` where nobody can tell
 */
export function partsOfMembers(
  place: Part,
  size: number,
): readonly (Part | undefined)[] | undefined {
  const parts = answersIn(place);
  const names = namesIn(parts, size);
  const found = new Array<Part | undefined>(size).fill(undefined);
  const unnamed: number[] = [];
  for (const [at, part] of parts.entries()) {
    const name = names[at];
    if (name === undefined) unnamed.push(at);
    else if (found[name] === undefined) found[name] = part;
    else return undefined;
  }
  if (parts.length !== size) return found;
  if (unnamed.length === 1) found[found.indexOf(undefined)] = parts[unnamed[0]!];
  else if (unnamed.some((at) => found[at] !== undefined)) return undefined;
  else for (const at of unnamed) found[at] = parts[at];
  return found;
}

function namesIn(parts: readonly Part[], size: number): readonly (number | undefined)[] {
  const own = parts.map(({ member }) => member);
  const inner = parts.map(({ innerMember }) => innerMember);
  const isNamed = own.some((name) => name !== undefined);
  const areInnerWhole = !inner.includes(undefined) && new Set(inner).size === size;
  return !isNamed && areInnerWhole ? inner : own;
}
