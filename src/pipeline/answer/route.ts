import type { Part } from "../../wire/wire.ts";

/** What route calls; places count from 0 in the order of the batch. */
export interface RouteCalls {
  /** This part answers that operation. */
  deliver(place: number, part: Part): void;
  /** Whose part is whose cannot be told any more: say how the answer differs from what it must be. */
  distrust(found: string): void;
}

/**
 * Finds out which operation each part of one answer belongs to (design rule 14). The first part decides: by the id that it
 * echoes, else by position.
 */
export class Route {
  readonly #size: number;
  readonly #holdsBack: boolean;
  readonly #calls: RouteCalls;
  readonly #isMatched: boolean[];
  #by: "id" | "position" | undefined = undefined;
  #count = 0;
  #lastStatus = 0;
  #reach = 0;
  /** Without an id while others have one; or by position where a missing part would shift all that follow. */
  #waiting: Part[] = [];

  /**
   * @param size how many operations the batch carries
   * @param holdsBack the server may reorder and stop at an error: then positions mean nothing until all parts are there
   */
  constructor(size: number, holdsBack: boolean, calls: RouteCalls) {
    this.#size = size;
    this.#holdsBack = holdsBack;
    this.#calls = calls;
    this.#isMatched = new Array(size).fill(false);
  }

  /** How many parts there were. */
  get count(): number {
    return this.#count;
  }

  /** Was the last part an error? A server that runs a batch in order and stops has then run nothing after it. */
  get endsInError(): boolean {
    return this.#lastStatus >= 400;
  }

  /** The place behind the last operation that has a part. */
  get reach(): number {
    return this.#reach;
  }

  part(part: Part): void {
    this.#by ??= part.index === undefined ? "position" : "id";
    const position = this.#count++;
    this.#lastStatus = part.status;
    if (this.#by === "id") this.#byId(part);
    else this.#byPosition(part, position);
  }

  /** The answer is whole. Whatever is not matched now has no part. */
  end(): void {
    if (this.#by === "id") this.#matchTheOneLeft();
    else if (this.#waiting.length === this.#size) {
      for (const [place, part] of this.#waiting.entries()) this.#match(place, part);
    }
  }

  #byId(part: Part): void {
    const place = part.index;
    if (place === undefined) this.#waiting.push(part);
    else if (place < 0 || place >= this.#size) this.#calls.distrust("a part with an unknown id");
    else if (this.#isMatched[place]) this.#calls.distrust("two parts with one id");
    else this.#match(place, part);
  }

  #byPosition(part: Part, position: number): void {
    if (position >= this.#size) this.#calls.distrust(`more than ${this.#size} parts`);
    else if (part.index !== undefined && part.index !== position) {
      this.#calls.distrust("a part whose id contradicts its position");
    } else if (this.#holdsBack) this.#waiting.push(part);
    else this.#match(position, part);
  }

  #matchTheOneLeft(): void {
    if (this.#waiting.length === 0) return;
    const left = this.#isMatched.indexOf(false);
    if (this.#count > this.#size) {
      this.#calls.distrust(`more than ${this.#size} parts`);
    } else if (left !== -1 && this.#isMatched.indexOf(false, left + 1) === -1) {
      this.#match(left, this.#waiting[0]!);
    }
  }

  #match(place: number, part: Part): void {
    this.#isMatched[place] = true;
    this.#reach = Math.max(this.#reach, place + 1);
    this.#calls.deliver(place, part);
  }
}
