import type { SentOperation } from "../operation/atomic.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Part } from "./wire.ts";

const DIGIT_0 = 48;

/** What the ids in an answer name. */
export interface PartIds {
  /**
   * The place in the batch, from 0, of the operation that an id names, or of its group.
   *
   * @param id as the answer has it, in angle brackets or not; nothing when the part carries none
   * @returns -1 for an id that was never sent; `undefined` without an id
   */
  placeOf(id: string | undefined): number | undefined;
  /** Which member of the group at that place it names, from 0; `undefined` for an operation by itself. */
  memberOf(id: string | undefined): number | undefined;
  /** The places of an answer that has one part for each operation: the parts of one group's members are one place. */
  inPlaces(parts: readonly Part[]): readonly Part[];
}

/** In a batch that carries a group, ids are the operations' own, so that bodies can refer to them; else "1" to "n". */
export function partIdsOf(operations: readonly SentOperation[]): PartIds {
  const hasGroups = operations.some(({ method }) => method === undefined);
  return hasGroups ? new OwnIds(operations) : new PlaceIds(operations.length);
}

/** "1" to "n": no group is among them. */
export class PlaceIds implements PartIds {
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  placeOf(id: string | undefined): number | undefined {
    const number = numberIn(id, this.#count);
    return number === undefined ? undefined : number - 1;
  }

  memberOf(): undefined {
    return undefined;
  }

  inPlaces(parts: readonly Part[]): readonly Part[] {
    return parts;
  }
}

/** Those of operations and of groups' members. */
class OwnIds implements PartIds {
  readonly #places = new Map<number, { readonly place: number; readonly member?: number }>();

  constructor(operations: readonly SentOperation[]) {
    for (const [place, operation] of operations.entries()) {
      if (operation.method !== undefined) this.#places.set(operation.id, { place });
      else operation.members.forEach(({ id }, member) => this.#places.set(id, { place, member }));
    }
  }

  placeOf(id: string | undefined): number | undefined {
    const number = numberIn(id, Number.MAX_SAFE_INTEGER);
    return number === undefined ? undefined : this.#places.get(number)?.place ?? -1;
  }

  memberOf(id: string | undefined): number | undefined {
    return this.#places.get(numberIn(id, Number.MAX_SAFE_INTEGER) ?? 0)?.member;
  }

  inPlaces(parts: readonly Part[]): readonly Part[] {
    const groups = new Map<number, Part[]>();
    const places: Part[] = [];
    for (const part of parts) {
      const members = part.member === undefined ? undefined : groups.get(part.index!);
      if (members !== undefined) {
        members.push(part);
      } else if (part.member === undefined) {
        places.push(part);
      } else {
        groups.set(part.index!, [part]);
        places.push(new NoAnswer(undefined, groups.get(part.index!)!));
      }
    }
    return places;
  }
}

/** 0 for what is no number from 1 to `max`. */
function numberIn(id: string | undefined, max: number): number | undefined {
  if (id === undefined || id === "") return undefined;
  const isBracketed = id.startsWith("<") && id.endsWith(">");
  const end = isBracketed ? id.length - 1 : id.length;
  let number = 0;
  for (let at = isBracketed ? 1 : 0; at < end; at++) {
    const digit = id.charCodeAt(at) - DIGIT_0;
    if (digit < 0 || digit > 9 || (number === 0 && digit === 0)) return 0;
    number = number * 10 + digit;
    // Whatever follows, it only grows.
    if (number > max) return 0;
  }
  return number;
}
