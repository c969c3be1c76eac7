import type { Part } from "../../../wire/wire.ts";
import { fits, idsOf, isError } from "./place.ts";
import type { Stop } from "../../send/exchange.ts";

/** What route calls; places count from 0 in the order of the batch. */
export interface RouteCalls {
  /** This part answers that operation. */
  deliver(place: number, part: Part): void;
  /** This part belongs to nobody. */
  stray(part: Part): void;
}

/** What the whole answer says of the operations that got no part. */
export interface RouteEnd {
  /** The server stopped at this error; what stands behind it in the batch surely did not run. */
  readonly stop: Stop | undefined;
  /** Why it cannot be told what became of the rest. */
  readonly mismatch: string | undefined;
}

/** What is known of an answer before it comes. */
export interface RouteRules {
  /** How many operations the batch carries. */
  readonly size: number;
  /** The first part may be the first operation's, and so on. */
  readonly isOrdered: boolean;
  /** The server runs a batch in order, and may stop at an error. */
  readonly mayStop: boolean;
  /** How many members the group at each place has; nothing where there is an operation by itself. */
  readonly groupSizes?: readonly (number | undefined)[] | undefined;
}

interface Unplaced {
  readonly position: number;
  readonly part: Part;
}

/**
 * Finds out which operation each place of one answer stands for (design rule 14). Nothing is delivered on a guess: an id
 * is believed at once, everything else waits for the end, where the number of places and their errors prove whose they
 * are, or nothing does.
 */
export class Route {
  readonly #rules: RouteRules;
  readonly #calls: RouteCalls;
  readonly #isNamed: boolean[];
  #count = 0;
  #namedCount = 0;
  #answeredCount = 0;
  /** The operation behind the last one that has a place. */
  #reach = 0;
  /** No id was foreign, none came twice. */
  #trustsIds = true;
  /** Every id so far is that of its position. */
  #isInPlace = true;
  /** No place so far is anything but one answer. */
  #isPlain = true;
  #errorCount = 0;
  /** The latest; where there is one alone, that is it. */
  #lastError = 0;
  #lastErrorPart: Part | undefined = undefined;
  #mismatch: string | undefined = undefined;
  /** Places without an id that is believed. */
  #waiting: Unplaced[] = [];

  constructor(rules: RouteRules, calls: RouteCalls) {
    this.#rules = rules;
    this.#calls = calls;
    this.#isNamed = new Array(rules.size).fill(false);
  }

  /** How many places there were. */
  get count(): number {
    return this.#count;
  }

  part(part: Part): void {
    const position = this.#count++;
    const { index, members, status } = part;
    if (members !== undefined) return this.#holder(position, part);
    if (status === 0) this.#isPlain = false;
    if (index !== undefined && this.#believes(index, position)) this.#settle(index, part);
    else this.#waiting.push({ position, part });
  }

  /** The answer is whole: what the places together say. */
  end(): RouteEnd {
    const { size } = this.#rules;
    const isCountRight = this.#count === size;
    if (isCountRight && this.#trustsIds) {
      this.#byInnerIds();
      if (this.#waiting.length === 1) this.#toTheOneLeft();
    }
    if (isCountRight && this.#isByPosition) this.#byPosition();
    const hasStopped = this.#hasStopped();
    if (hasStopped) this.#byPosition();
    for (const { part } of this.#waiting) this.#calls.stray(part);
    const stop = hasStopped ? { place: this.#count - 1, part: this.#lastErrorPart! } : undefined;
    const isKnown = hasStopped || this.#answeredCount === size;
    return { stop, mismatch: isKnown ? undefined : this.#mismatch ?? this.#found() };
  }

  /** It answers a group, or is no answer; those that it names have no other place. */
  #holder(position: number, part: Part): void {
    const ids = [...new Set(idsOf(part))];
    const place = ids[0] ?? position;
    if (ids.length <= 1 && fits(part, this.#rules.groupSizes?.[place])) {
      if (ids.length === 1 && this.#believes(place, position)) this.#settle(place, part);
      else this.#waiting.push({ position, part });
      return;
    }
    this.#isPlain = false;
    const areBelieved = ids.every((id) => {
      if (!this.#believes(id, position)) return false;
      this.#name(id);
      return true;
    });
    if (ids.length > 0 && areBelieved) this.#calls.stray(part);
    else this.#waiting.push({ position, part });
  }

  /** An id of ours that has not come before; anything else ends the trust in those that follow. */
  #believes(id: number, position: number): boolean {
    if (id !== position) this.#isInPlace = false;
    if (!this.#trustsIds) return false;
    const isForeign = id < 0 || id >= this.#rules.size;
    if (!isForeign && !this.#isNamed[id]) return true;
    this.#trustsIds = false;
    this.#mismatch = isForeign ? "a part with an id that was never sent" : "two parts with one id";
    return false;
  }

  get #isByPosition(): boolean {
    return this.#rules.isOrdered && this.#isInPlace;
  }

  /** Ids in the answers themselves may be the resources' own: they count if each operation is named once. */
  #byInnerIds(): void {
    const waiting = this.#waiting;
    const isNamed = [...this.#isNamed];
    for (const { part: { innerIndex = -1 } } of waiting) {
      if (innerIndex < 0 || isNamed[innerIndex]) return;
      isNamed[innerIndex] = true;
    }
    this.#waiting = [];
    for (const { part } of waiting) this.#settle(part.innerIndex!, part);
  }

  #toTheOneLeft(): void {
    if (this.#namedCount !== this.#rules.size - 1) return;
    const [{ part }] = this.#waiting.splice(0, 1) as [Unplaced];
    this.#settle(this.#isNamed.indexOf(false), part);
  }

  #byPosition(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { position, part } of waiting) this.#settle(position, part);
  }

  /** Its places are those of the first operations, and the last of these, no other, is an error. */
  #hasStopped(): boolean {
    const { size, mayStop } = this.#rules;
    const count = this.#count;
    if (!mayStop || count >= size || !this.#isPlain) return false;
    const areFirst = this.#waiting.length === 0 ? this.#reach === count : this.#isByPosition;
    if (!areFirst) return false;
    const errors = this.#waiting.filter(({ part }) => isError(part));
    const place = errors.length === 0 ? this.#lastError : errors[0]!.position;
    return this.#errorCount + errors.length === 1 && place === count - 1;
  }

  #settle(place: number, part: Part): void {
    this.#name(place);
    if (!fits(part, this.#rules.groupSizes?.[place])) return this.#calls.stray(part);
    if (isError(part)) {
      this.#errorCount++;
      this.#lastError = place;
      this.#lastErrorPart = part;
    }
    this.#answeredCount++;
    this.#calls.deliver(place, part);
  }

  #name(place: number): void {
    this.#isNamed[place] = true;
    this.#namedCount++;
    this.#reach = Math.max(this.#reach, place + 1);
  }

  #found(): string {
    const { size } = this.#rules;
    if (this.#count !== size) return `${this.#count} parts for ${size} operations`;
    const { length } = this.#waiting;
    return length > 0 ? `${length} parts that name no operation` : "a part that holds no answer";
  }
}
